"""A served home with public records, and two banks that may call it."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy.orm import Session
from starlette.testclient import TestClient

from api.app import create_app
from api.database import open_ledger_database
from bureau.db import transaction
from bureau.settings import Settings
from tests.factories.deployments import Caller, enrol, public_home
from tests.factories.ledger import Books, open_books, sqlite_ledger
from tests.factories.postgres import postgres_ledger_url, served_database

__all__ = ["postgres_ledger_url"]


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def ledger_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """An empty ledger."""
    if request.param == "postgresql":
        url: str = request.getfixturevalue("postgres_ledger_url")
        return url
    return sqlite_ledger(tmp_path)


@pytest.fixture
def books(ledger_url: str, tmp_path: Path) -> Iterator[Books]:
    opened = open_books(ledger_url, tmp_path)
    yield opened
    opened.ledger.close()
    opened.engine.dispose()


@pytest.fixture
def session(tmp_path: Path) -> Iterator[Session]:
    """An empty ledger database with one session."""
    engine = open_ledger_database(served_database() or sqlite_ledger(tmp_path))
    with transaction(engine) as opened:
        yield opened
    engine.dispose()


@pytest.fixture(scope="module")
def settings(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    """A home of its own for each test module."""
    return public_home(Path(tmp_path_factory.mktemp("home")))


@pytest.fixture(scope="module")
def http(settings: Settings) -> Iterator[TestClient]:
    """The running application, spoken to as over the wire."""
    with TestClient(create_app(settings), raise_server_exceptions=False, follow_redirects=False) as client:
        yield client


@pytest.fixture(scope="module")
def bank(settings: Settings, http: TestClient) -> Caller:
    return enrol(settings, http, "农商银行")


@pytest.fixture(scope="module")
def other_bank(settings: Settings, http: TestClient) -> Caller:
    return enrol(settings, http, "城市银行")


@pytest.fixture(scope="module")
def manager(settings: Settings, http: TestClient) -> Caller:
    return enrol(settings, http, "平台", role="product_manager")
