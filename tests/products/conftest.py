"""Two served homes for every test of this layer: built once, read only."""

import pytest

from products.desk import Desk
from tests.factories.desks import city_desk, contest_desk


@pytest.fixture(scope="session")
def city(tmp_path_factory: pytest.TempPathFactory) -> Desk:
    """A home of the city: P07, P08 and P10 are served."""
    return city_desk(tmp_path_factory.mktemp("city"))


@pytest.fixture(scope="session")
def contest(tmp_path_factory: pytest.TempPathFactory) -> Desk:
    """A home of the contest: P11 is served, and only invoices are received."""
    return contest_desk(tmp_path_factory.mktemp("contest"))
