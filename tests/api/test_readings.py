"""Who read a stored answer again: one row of the query log each time, and none where nothing was given out."""

import pytest
from httpx import Client
from sqlalchemy import select
from sqlalchemy.orm import Session

from api.access.tables import Client as StoredClient
from api.metering.reversal import reverse
from api.metering.tables import Reading, UsageLine
from api.tenancy import EVERYONE, Tenant
from bureau.clock import now
from bureau.settings import Settings
from tests.factories.deployments import Caller, body_of, deployment_of, enrol
from tests.factories.lakes import BETA

PARTS = {"": "answer", "/html": "page", "/proof": "proof"}


@pytest.fixture
def report_id(bank: Caller) -> str:
    return str(body_of(bank.report(BETA))["report_id"])


def readings(http: Client, report_id: str) -> list[tuple[str, str]]:
    """By whom what of an answer was read, oldest first; each row names the institution of its client."""
    with Session(deployment_of(http).rows_of(EVERYONE)) as session:
        rows = session.scalars(select(Reading).where(Reading.line_id == report_id).order_by(Reading.id)).all()
        for row in rows:
            client = session.get(StoredClient, row.client_id)
            assert client is not None
            assert client.institution_id == row.institution_id
        return [(row.client_id, row.part) for row in rows]


@pytest.mark.parametrize("part", PARTS)
def test_each_reading_leaves_who_read_what_and_when(http: Client, bank: Caller, report_id: str, part: str) -> None:
    began = now()
    for _ in range(2):
        assert bank.get(f"/v1/reports/{report_id}{part}").status_code == 200
    assert readings(http, report_id) == [(bank.client_id, PARTS[part])] * 2
    with Session(deployment_of(http).rows_of(EVERYONE)) as session:
        read_at = session.scalars(select(Reading.read_at).where(Reading.line_id == report_id)).all()
    assert all(began <= at <= now() for at in read_at)


@pytest.mark.parametrize(
    ("institution", "role"),
    [
        pytest.param("农商银行", "auditor", id="the bank's auditor"),
        pytest.param("监管局", "supervisor", id="the supervisor, of another's answer"),
    ],
)
def test_who_reads_beside_its_caller_is_on_record(
    settings: Settings, http: Client, bank: Caller, report_id: str, institution: str, role: str
) -> None:
    reader = enrol(settings, http, institution, role)
    for part in PARTS:
        assert reader.get(f"/v1/reports/{report_id}{part}").status_code == 200
    bank.get(f"/v1/reports/{report_id}")
    told = [*((reader.client_id, part) for part in PARTS.values()), (bank.client_id, "answer")]
    assert readings(http, report_id) == told


def test_readings_are_their_institutions(settings: Settings, http: Client, bank: Caller, report_id: str) -> None:
    supervisor = enrol(settings, http, "监管局", "supervisor")
    for caller in (bank, supervisor):
        caller.get(f"/v1/reports/{report_id}")
    with Session(deployment_of(http).rows_of(EVERYONE)) as session:
        owner = session.scalars(select(StoredClient.institution_id).where(StoredClient.id == bank.client_id)).one()
    with Session(deployment_of(http).rows_of(Tenant(owner))) as session:
        seen = session.scalars(select(Reading.client_id).where(Reading.line_id == report_id)).all()
    assert seen == [bank.client_id]


@pytest.mark.parametrize("part", PARTS)
def test_a_refused_reading_leaves_none(
    settings: Settings, http: Client, other_bank: Caller, report_id: str, part: str
) -> None:
    place = f"/v1/reports/{report_id}{part}"
    manager = enrol(settings, http, "平台", "product_manager")
    assert other_bank.get(place).status_code == 404
    assert manager.get(place).status_code == 403
    assert http.get(place).status_code == 401
    assert readings(http, report_id) == []


def test_a_proof_against_a_root_that_is_not_there_leaves_none(http: Client, bank: Caller, report_id: str) -> None:
    assert bank.get(f"/v1/reports/{report_id}/proof", params={"root_size": 10**6}).status_code == 404
    assert readings(http, report_id) == []


def test_what_cannot_be_recorded_as_read_is_not_given_out(
    http: Client, bank: Caller, report_id: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def _failing(*_: object) -> None:
        raise RuntimeError

    monkeypatch.setattr("api.reports.record_reading", _failing)
    for part in PARTS:
        assert bank.get(f"/v1/reports/{report_id}{part}").status_code == 500


def test_the_proof_of_a_reversal_is_a_reading_too(http: Client, bank: Caller, report_id: str) -> None:
    deployment = deployment_of(http)
    reverse(deployment.rows_of(EVERYONE), report_id, reason="wrong enterprise", at=now())
    with Session(deployment.rows_of(EVERYONE)) as session:
        reversal = session.scalars(select(UsageLine.id).where(UsageLine.reverses == report_id)).one()
    assert bank.get(f"/v1/reports/{reversal}/proof").status_code == 200
    assert readings(http, reversal) == [(bank.client_id, "proof")]


def test_asking_is_no_reading(http: Client, bank: Caller) -> None:
    answers = [bank.report(BETA, key="asked-twice") for _ in range(2)]
    assert answers[0].content == answers[1].content
    assert readings(http, body_of(answers[0])["report_id"]) == []
