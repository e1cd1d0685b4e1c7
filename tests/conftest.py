"""The two demonstrations, each run once for all tests that want a home with records and a released model."""

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import settings

from tests.factories.cumcm import write_cumcm_directory
from tests.factories.demonstrations import Demonstration, demonstrated
from tests.factories.once import share

settings.register_profile("without a clock", deadline=None)
settings.load_profile("without a clock")
"""How long an example takes is the machine's matter, not the property's."""


@pytest.fixture(scope="session", autouse=True)
def _made_once(tmp_path_factory: pytest.TempPathFactory) -> None:
    """What is made once a run lies where all workers find it."""
    own = tmp_path_factory.getbasetemp()
    share(own.parent if "PYTEST_XDIST_WORKER" in os.environ else own)


@pytest.fixture(scope="session", autouse=True)
def _compiled() -> Iterator[None]:
    """On a clean checkout the kernel is compiled beside the first tests: all workers would do so at once, and long."""
    if os.environ.get("PYTEST_XDIST_WORKER") != "gw0":
        yield
        return
    command = "from features.store.live_kernel import warm_up; warm_up()"
    with subprocess.Popen([sys.executable, "-c", command], cwd=Path(__file__).parents[1]):
        yield


@pytest.fixture(scope="session")
def city_demo(tmp_path_factory: pytest.TempPathFactory) -> Demonstration:
    """The small city."""
    return demonstrated(tmp_path_factory.mktemp("city"), "--source", "city", "--enterprises", "2000")


@pytest.fixture(scope="session")
def city_home(city_demo: Demonstration) -> Path:
    """A home with the small city, sme_default in service and a few metered calls."""
    return city_demo.home


@pytest.fixture(scope="session")
def cumcm_demo(tmp_path_factory: pytest.TempPathFactory) -> Demonstration:
    """Made-up invoices in the shape of the real ones."""
    data = tmp_path_factory.mktemp("invoices")
    write_cumcm_directory(data, firms=60)
    return demonstrated(tmp_path_factory.mktemp("cumcm"), "--source", "cumcm", "--data", str(data))
