"""The two demonstrations, each run once for all tests that want a home with records and a released model."""

from pathlib import Path

import pytest
from hypothesis import settings

from tests.factories.cumcm import write_cumcm_directory
from tests.factories.demonstrations import Demonstration, demonstrate

settings.register_profile("without a clock", deadline=None)
settings.load_profile("without a clock")
"""How long an example takes is the machine's matter, not the property's."""


@pytest.fixture(scope="session")
def city_demo(tmp_path_factory: pytest.TempPathFactory) -> Demonstration:
    """The small city."""
    return demonstrate(tmp_path_factory.mktemp("city"), "--source", "city", "--enterprises", "2000")


@pytest.fixture(scope="session")
def city_home(city_demo: Demonstration) -> Path:
    """A home with the small city, sme_default in service and a few metered calls."""
    return city_demo.home


@pytest.fixture(scope="session")
def cumcm_demo(tmp_path_factory: pytest.TempPathFactory) -> Demonstration:
    """Made-up invoices in the shape of the real ones."""
    data = tmp_path_factory.mktemp("invoices")
    write_cumcm_directory(data, firms=60)
    return demonstrate(tmp_path_factory.mktemp("cumcm"), "--source", "cumcm", "--data", str(data))
