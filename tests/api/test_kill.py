"""Servers and databases are killed under 64 callers, again and again; no answer is lost, none is charged twice."""

from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import httpx
import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from api.access.institutions import find_client
from api.audit.verification import verify_ledger
from api.database import open_ledger_database
from api.metering.recount import recount
from api.metering.tables import BoundKey, UsageLine
from api.signing import open_signer
from api.vault import home_vault
from bureau.settings import Settings
from tests.factories.callers import Callers
from tests.factories.deployments import enrol, tax_home
from tests.factories.desks import CROWD
from tests.factories.postgres import Cluster, own_cluster
from tests.factories.warm_servers import Forge, forging

KILLS = 10
DATABASE_KILLS = 3
LEFT = 100
"""Keys that wait for an answer before each kill; 64 of them are on their way when it strikes."""
PRODUCT = "P10"
FIRMS = CROWD[:3]


@pytest.fixture(scope="module")
def forge() -> Iterator[Forge]:
    with forging() as opened:
        yield opened


@pytest.fixture(scope="module")
def cluster() -> Iterator[Cluster]:
    with own_cluster() as opened:
        yield opened


@pytest.fixture(scope="module")
def on_postgres(cluster: Cluster, tmp_path_factory: pytest.TempPathFactory) -> Settings:
    """A home whose catalogue and ledger are on PostgreSQL."""
    return tax_home(tmp_path_factory.mktemp("postgres"), cluster.url)


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def settings(request: pytest.FixtureRequest, tmp_path: Path) -> Settings:
    """A home on either database."""
    if request.param == "sqlite":
        return tax_home(tmp_path)
    found: Settings = request.getfixturevalue("on_postgres")
    return found


def open_bank(settings: Settings, base: str, name: str) -> Callers:
    """64 callers of a new bank, which asks about firms that agreed to it."""
    with httpx.Client(base_url=base, timeout=60) as http:
        caller = enrol(settings, http, name)
        bodies = [
            {"subject": {"uscc": firm}, "purpose": "pre_loan", "consent_id": consent["consent_id"]}
            for firm, consent in [(firm, caller.consent(firm, [PRODUCT])) for firm in FIRMS]
        ]
    path = f"/v1/products/{PRODUCT}/reports"
    return Callers(path, caller.client_id, caller.headers, lambda key: bodies[int(key.partition("-")[2]) % len(FIRMS)])


def fresh(kill: int, count: int) -> list[str]:
    """Keys that were never used."""
    return [f"{kill}-{number}" for number in range(count)]


def stored_keys(settings: Settings) -> set[str]:
    engine = open_ledger_database(settings.ledger_url)
    with Session(engine) as session:
        keys = set(session.scalars(select(BoundKey.key)))
    engine.dispose()
    return keys


def check_books(settings: Settings, bank: Callers) -> None:
    """Every key has one line and one charge, the one its answer shows; chain and tree hold."""
    charged = sum(answer.json()["charge"]["amount_fen"] for answer in bank.answers.values())
    assert charged > 0
    engine = open_ledger_database(settings.ledger_url)
    with Session(engine) as session:
        owner = find_client(session, bank.client_id).institution_id
        sums = select(func.count(), func.sum(UsageLine.amount_fen)).where(UsageLine.institution_id == owner)
        assert tuple(session.execute(sums).one()) == (len(bank.answers), charged)
        keys = set(session.scalars(select(BoundKey.key).where(BoundKey.institution_id == owner)))
        assert keys == bank.answers.keys()
        checked = verify_ledger(session, open_signer(settings.home, "answers"), home_vault(settings))
        assert (checked.fault, checked.leaves) == (None, session.scalar(select(func.count()).select_from(UsageLine)))
        assert list(recount(session)) == []
    engine.dispose()


def check_replays(bank: Callers, port: int) -> None:
    """Every key gives the bytes that its caller got, and no other charge."""
    again = replace(bank, answers={})
    again.call_all(port, bank.answers)
    assert {key: answer.content for key, answer in again.answers.items()} == {
        key: answer.content for key, answer in bank.answers.items()
    }
    assert all(answer.headers["Idempotent-Replayed"] == "true" for answer in again.answers.values())


def test_a_server_killed_ten_times_loses_and_doubles_nothing(settings: Settings, forge: Forge) -> None:
    bank = None
    for kill in range(KILLS):
        with forge.serving(settings) as server:
            bank = bank or open_bank(settings, server.base, "农商银行")
            bank.call_all(server.port, fresh(kill, LEFT - len(bank.left)), strike=server.kill, after=1 + kill)
        assert bank.left, "it was killed too late"
        assert bank.answers.keys() <= stored_keys(settings), "an answer left before it was stored"
    assert bank
    with forge.serving(settings) as server:
        bank.call_all(server.port)
        assert (list(bank.left), bank.refused) == ([], [])
        check_replays(bank, server.port)
    check_books(settings, bank)


@pytest.mark.postgres
def test_a_database_killed_under_its_server_loses_and_doubles_nothing(
    on_postgres: Settings, cluster: Cluster, forge: Forge
) -> None:
    """The server stays up: what cannot be committed is answered 503 with Retry-After, and may be asked again."""
    restarts: list[Future[None]] = []
    with forge.serving(on_postgres) as server, ThreadPoolExecutor(1) as pool:
        bank = open_bank(on_postgres, server.base, "城市银行")

        def strike() -> None:
            cluster.kill()
            restarts.append(pool.submit(cluster.start))

        for kill in range(DATABASE_KILLS):
            bank.call_all(server.port, fresh(kill, LEFT), strike=strike, after=1 + 10 * kill)
            restarts[kill].result()
            assert bank.answers.keys() <= stored_keys(on_postgres), "an answer left before it was stored"
        assert len(bank.answers) == DATABASE_KILLS * LEFT
        assert {answer.status for answer in bank.refused} == {503}
        assert all("Retry-After" in answer.headers for answer in bank.refused)
        assert {answer.headers["Content-Type"] for answer in bank.refused} == {"application/problem+json"}
        check_replays(bank, server.port)
    check_books(on_postgres, bank)
