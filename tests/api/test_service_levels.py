"""Service levels over HTTP: a bank reads its own, officers decide in twos, nobody else."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from fastapi import FastAPI
from sqlalchemy import select
from sqlalchemy.orm import Session
from starlette.testclient import TestClient

from api.access.institutions import find_client
from api.access.tables import Institution
from api.access.tokens import Identity
from api.billing.months import Month
from api.contracts.agreeing import approve_terms, propose_terms
from api.contracts.in_force import contract_in_force
from api.contracts.terms import Terms
from api.database import open_ledger_database
from api.metering.tables import FailedMinute
from api.service_levels import _told_name
from api.sla.tables import CreditNote
from bureau.clock import now, shanghai_day
from bureau.db import transaction
from bureau.settings import Settings
from tests.factories.deployments import Caller, enrol
from tests.factories.lakes import ACME, GAMMA

MONTH = Month(shanghai_day(datetime.now(UTC)).replace(day=1))
PRESENT = str(MONTH)
PROMISES = [
    {"product": "P01", "measure": "latency", "share_bp": 10_000, "limit_ms": 1, "credit_percent": 10},
    {"product": "P01", "measure": "availability", "share_bp": 9_999, "credit_percent": 5},
]


@pytest.fixture(scope="module")
def promised(settings: Settings, bank: Caller) -> None:
    """The bank's contract promises what no server keeps; one report."""
    promise(settings, bank)
    bank.sign_in()
    assert bank.report(ACME).status_code == 201


def promise(settings: Settings, caller: Caller) -> None:
    engine = open_ledger_database(settings.ledger_url)
    with transaction(engine) as session:
        owner, at = find_client(session, caller.client_id).institution_id, now()
        contract = contract_in_force(session, owner, at)
        assert contract is not None
        terms = Terms.model_validate(contract.terms.model_dump() | {"service_levels": PROMISES})
        proposal = propose_terms(session, owner, terms, by="Li Wei", in_force_from=at, at=at)
        approve_terms(session, proposal, by="Zhang Min", at=at)
    engine.dispose()


@pytest.fixture(scope="module")
def officers(settings: Settings, http: TestClient) -> tuple[Caller, Caller]:
    first, second = (enrol(settings, http, "平台", role="pricing_officer") for _ in range(2))
    return first, second


@pytest.fixture
def note(settings: Settings, bank: Caller, promised: None) -> str:
    """A proposed note of the bank, of a month of its own each time."""
    return propose(settings, bank)


def propose(settings: Settings, caller: Caller) -> str:
    engine = open_ledger_database(settings.ledger_url)
    with transaction(engine) as session:
        owner = find_client(session, caller.client_id).institution_id
        contract = contract_in_force(session, owner, now())
        assert contract is not None
        months = session.scalars(select(CreditNote.month)).all()
        made = CreditNote(
            id=f"note-{len(months)}",
            institution_id=owner,
            month=(MONTH.first - timedelta(days=40 * (1 + len(months)))).replace(day=1),
            product_code="P01",
            contract_version_id=contract.id,
            verdicts=[],
            charged_fen=1_000,
            percent=10,
            amount_fen=100,
            proposed_at=now(),
        )
        session.add(made)
    engine.dispose()
    return made.id


def test_a_bank_reads_its_own_verdicts_and_the_platform_all(
    promised: None, bank: Caller, other_bank: Caller, manager: Caller
) -> None:
    mine = bank.get(f"/v1/service-levels/{PRESENT}").json()
    assert (mine["month"], mine["over"]) == (PRESENT, False)
    told = {(one["institution"], one["measure"]): one["kept"] for one in mine["verdicts"]}
    assert told == {("农商银行", "latency"): False, ("农商银行", "availability"): True}
    assert other_bank.get(f"/v1/service-levels/{PRESENT}").json()["verdicts"] == []
    assert manager.get(f"/v1/service-levels/{PRESENT}").json()["verdicts"] == mine["verdicts"]
    assert ACME not in manager.get(f"/v1/service-levels/{PRESENT}").text
    assert bank.get("/v1/service-levels/2026-13").status_code == 422


def test_two_officers_give_a_credit_and_the_bank_reads_it(
    note: str, bank: Caller, other_bank: Caller, officers: tuple[Caller, Caller]
) -> None:
    first, second = officers
    path = f"/v1/credit-notes/{note}"
    assert bank.post(f"{path}/confirmation", {}).status_code == 403
    assert first.post(f"{path}/confirmation", {}).json()["confirmed_by"] == first.client_id
    alone = first.post(f"{path}/approval", {})
    assert (alone.status_code, alone.json()["code"]) == (409, "second-person-needed")
    given = second.post(f"{path}/approval", {}).json()
    assert (given["state"], given["approved_by"], given["amount_fen"]) == ("approved", second.client_id, 100)
    assert bank.get("/v1/credit-notes").json()["items"] == [given]
    assert other_bank.get("/v1/credit-notes").json()["items"] == []
    statement = bank.get(f"/v1/statements/{PRESENT}").json()
    assert statement["credits_fen"] == -100
    (number,) = [line["number"] for line in statement["lines"] if line["kind"] == "credit"]
    (traced,) = bank.get(f"/v1/statements/{PRESENT}/lines/{number}/calls").json()["calls"]
    assert (traced["id"], traced["call_id"]) == (note, None)


def test_a_declined_note_tells_the_bank_why(note: str, bank: Caller, officers: tuple[Caller, Caller]) -> None:
    path = f"/v1/credit-notes/{note}/refusal"
    assert officers[0].post(path, {"reason": "  "}).status_code in (400, 422)
    assert officers[0].post(path, {"reason": "机构自身网络中断"}).json()["state"] == "declined"
    told = bank.get("/v1/credit-notes", params={"limit": 1}).json()
    assert told["items"][0]["declined_because"] == "机构自身网络中断"
    assert officers[1].post("/v1/credit-notes/unknown/approval", {}).status_code == 404


def test_a_full_queue_is_counted_against_availability(
    settings: Settings, http: TestClient, bank: Caller, promised: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    app = http.app
    assert isinstance(app, FastAPI)
    with monkeypatch.context() as full:
        full.setattr(app.state.deployment.ledger._writer, "_limit", 0)
        assert bank.report(ACME).status_code == 503
    assert bank.report(ACME).status_code == 201
    engine = open_ledger_database(settings.ledger_url)
    with Session(engine) as session:
        (failed,) = session.scalars(select(FailedMinute)).all()
    engine.dispose()
    assert (failed.product_code, failed.problem_code, failed.requests) == ("P01", "ledger-unavailable", 1)
    verdicts = bank.get(f"/v1/service-levels/{PRESENT}").json()["verdicts"]
    (availability,) = [one for one in verdicts if one["measure"] == "availability"]
    assert (availability["kept"], availability["counted"] - availability["within"]) == (False, 1)


def test_an_enterprise_is_named_to_itself_and_to_officers_alone(
    settings: Settings, http: TestClient, manager: Caller, officers: tuple[Caller, Caller], promised: None
) -> None:
    name = "伽马物流有限公司"
    firm = enrol(settings, http, name, "enterprise", uscc=GAMMA)
    promise(settings, firm)
    note = propose(settings, firm)
    for reader, told in ((firm, name), (officers[0], name), (manager, "(enterprises)")):
        verdicts = reader.get(f"/v1/service-levels/{PRESENT}").json()["verdicts"]
        (credit,) = [one for one in reader.get("/v1/credit-notes").json()["items"] if one["note_id"] == note]
        assert told in {verdict["institution"] for verdict in verdicts}
        assert credit["institution"] == told
    texts = [manager.get(path).text for path in (f"/v1/service-levels/{PRESENT}", "/v1/credit-notes")]
    assert [text for text in texts if name in text or GAMMA in text] == []
    assert officers[0].post(f"/v1/credit-notes/{note}/confirmation", {}).json()["institution"] == name


@pytest.mark.parametrize("role", ["product_manager", "pricing_officer", "supervisor", "administrator"])
def test_a_token_narrowed_to_usage_shows_no_more(
    settings: Settings, http: TestClient, note: str, bank: Caller, role: str
) -> None:
    whole = enrol(settings, http, "平台", role=role)
    asked = {"grant_type": "client_credentials", "scope": "usage"}
    token = http.post("/oauth/token", data=asked, auth=(whole.client_id, whole.client_secret)).json()["access_token"]
    narrow = replace(whole, headers={"Authorization": f"Bearer {token}"})
    assert note in {one["note_id"] for one in whole.get("/v1/credit-notes").json()["items"]}
    assert narrow.get("/v1/credit-notes").json()["items"] == []
    assert narrow.get(f"/v1/service-levels/{PRESENT}").json()["verdicts"] == []


@pytest.mark.parametrize(("role", "by_name"), [("product_manager", False), ("pricing_officer", False), ("bank", True)])
def test_names_are_told_by_the_role_and_not_for_want_of_a_scope(role: str, by_name: bool) -> None:
    narrow = Identity("client-0", 1, "平台", role, frozenset({"usage"}), frozenset(), 1)
    assert (_told_name(narrow) is Institution.name) == by_name
