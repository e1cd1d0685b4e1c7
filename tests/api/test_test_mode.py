"""Test mode: every sample answers as declared by the way of real ones, and no wall between the modes has a hole."""

import asyncio
from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from httpx import Client, Response
from sqlalchemy import select
from sqlalchemy.orm import Session

from api.access.asserting import draw_asserted
from api.access.institutions import TEST_SUFFIX, create_client
from api.access.tables import Consent
from api.answers import CHARGED
from api.billing.months import Month
from api.billing.statements import draw_up
from api.decisions import Decision
from api.deployment import Deployment
from api.matching.offers import market
from api.matching.tables import LoanProduct
from api.metering.tables import Call, UsageHour, UsageLine, WalletEntry
from api.replaying import replay_call
from api.reports import Report
from api.tenancy import EVERYONE
from api.test_mode import PROBLEMS
from api.webhooks.sending import pick_up
from bureau.clock import now, shanghai_day
from bureau.errors import InvalidInput, WrongCredentials
from bureau.settings import Settings
from bureau.uscc import sample_uscc
from products.desk import Desk
from products.samples.declared import Sample, declared
from tests.factories.deployments import Caller, body_of, enrol, own_terms
from tests.factories.lakes import ACME, BETA
from tests.factories.ledger import Bank, draft

SAMPLES = {sample.shows: sample for sample in declared().samples if sample.problem is None}
SOUND = SAMPLES["approve"].uscc
APPLICATION = {"amount_fen": 30_000_000, "term_months": 12, "use": "working_capital", "secured": "credit"}
OFFER = {
    "name": "税易贷",
    "amount_fen": {"least": 1, "most": 300_000_000},
    "term_months": {"least": 3, "most": 24},
    "rate_bps": 450,
    "secured": ["credit"],
}
NEED = {"amount_fen": 1_000_000, "term_months": 12}
NATURAL = {"impossible-uscc", "idempotency-key-missing", "idempotency-key-reused"}
"""Problems a developer brings about with any sample."""


@pytest.fixture(scope="module")
def tester(settings: Settings, http: Client) -> Caller:
    """A client in test mode of the bank that also has a live one."""
    return enrol(settings, http, "农商银行", test=True)


@pytest.fixture(scope="module")
def deployment(http: Client) -> Deployment:
    opened: Deployment = http.app.state.deployment  # type: ignore[attr-defined]
    return opened


def asked(caller: Caller, uscc: str, product: str = "P07") -> Response:
    return caller.report(uscc, product, consent_id=caller.consent(uscc, [product])["consent_id"])


def decided(caller: Caller, uscc: str) -> Response:
    consent = caller.consent(uscc, ["P07"])["consent_id"]
    body = {"subject": {"uscc": uscc}, "purpose": "pre_loan", "consent_id": consent, "application": APPLICATION}
    return caller.post("/v1/decisions", body)


@pytest.mark.parametrize("sample", declared().samples, ids=lambda sample: sample.problem or sample.shows)
def test_a_sample_answers_as_declared(tester: Caller, sample: Sample) -> None:
    answer = (
        decided(tester, sample.uscc) if sample.shows in ("approve", "decline", "refer") else asked(tester, sample.uscc)
    )
    found = answer.json()
    assert answer.headers["X-Bureau-Test"] == "true"
    if sample.problem:
        assert found["code"] == sample.problem
        assert ("Retry-After" in answer.headers) == (answer.status_code in (429, 503))
    elif "decision" in found:
        assert (found["decision"], found["outcome"]) == (sample.shows, "found")
        Decision.model_validate(found)
    elif sample.shows == "under_objection":
        assert [mark["code"] for mark in found["marks"]] == ["UNDER-OBJECTION"]
        page = tester.get(f"{answer.headers['Location']}/html").text
        assert f"<code>{found['marks'][0]['record_id']}</code>" in page, "which record, where there are several"
    else:
        assert found["outcome"] == sample.shows
        Report.model_validate(found)


def test_every_problem_of_a_charged_call_has_its_sample() -> None:
    codes = {code for found in CHARGED.values() for media in found["content"].values() for code in media["examples"]}
    assert codes - NATURAL <= PROBLEMS.keys()
    assert PROBLEMS.keys() == {sample.problem for sample in declared().samples if sample.problem}


def test_an_answer_of_test_mode_says_so_and_is_else_as_a_live_one(tester: Caller, bank: Caller) -> None:
    tested, live = tester.report(SOUND), bank.report(BETA)
    first, second = body_of(tested), body_of(live)
    assert [name for name in first if name != "test"] == list(second)
    assert first["test"] is True
    assert first["charge"] == second["charge"]
    assert tested.headers.keys() - live.headers.keys() == {"x-bureau-test"}
    assert bank.get(live.headers["Location"]).headers.get("X-Bureau-Test") is None
    again = tester.get(tested.headers["Location"])
    assert (again.content, again.headers["X-Bureau-Test"]) == (tested.content, "true")


def test_pages_of_test_mode_say_so(tester: Caller, bank: Caller) -> None:
    place = tester.report(SOUND).headers["Location"]
    number = place.rpartition("/")[2]
    assert "测试模式" in tester.get(f"{place}/html").text
    assert tester.http.get(f"/verify/{number}").json()["test"] is True
    assert "测试模式" in tester.http.get(f"/verify/{number}", headers={"Accept": "text/html"}).text
    live = bank.report(BETA).headers["Location"]
    page = bank.get(f"{live}/html")
    assert (page.status_code, "测试模式" in page.text) == (200, False)
    assert bank.http.get(f"/verify/{live.rpartition('/')[2]}").json()["test"] is False


def test_a_sample_answers_the_same_every_day(tester: Caller) -> None:
    first, again = (body_of(asked(tester, SOUND)) for _ in range(2))
    for answer in (first, again):
        for name in ("report_id", "evidence", "charge"):
            answer.pop(name)
    assert first == again
    assert first["as_of"] == declared().day.isoformat()
    assert first["model"] == {"name": "sample-P07", "version": "1"}


def everything(caller: Caller, uscc: str) -> list[Response]:
    """Every call that names an enterprise."""
    consent = {
        "subject": {"uscc": uscc},
        "products": ["P07"],
        "purposes": ["pre_loan"],
        "valid_from": "2020-01-01",
        "valid_to": "2099-12-31",
        "granted_by": "asserted",
        "document_sha256": "0" * 64,
    }
    decision = {"subject": {"uscc": uscc}, "purpose": "pre_loan", "application": APPLICATION}
    return [
        caller.post("/v1/consents", consent),
        caller.report(uscc),
        caller.report(uscc, "P07"),
        caller.post("/v1/decisions", decision),
        caller.post("/v1/needs", {"subject": {"uscc": uscc}, "need": NEED}),
    ]


@pytest.mark.parametrize("uscc", [ACME, BETA, sample_uscc(99)], ids=["recorded", "fined", "a sample nobody declared"])
def test_in_test_mode_nobody_else_is_asked_about(tester: Caller, uscc: str) -> None:
    for answer in everything(tester, uscc):
        assert (answer.status_code, answer.json()["code"]) == (400, "wrong-mode")


@pytest.mark.parametrize("uscc", [SOUND, sample_uscc(99)], ids=["declared", "not declared"])
def test_live_nobody_asks_about_a_sample(bank: Caller, uscc: str) -> None:
    for answer in everything(bank, uscc):
        assert (answer.status_code, answer.json()["code"]) == (400, "wrong-mode")


def test_a_key_of_one_mode_is_none_of_the_other(tester: Caller, bank: Caller) -> None:
    tested = tester.report(SOUND, key="the-same-key")
    live = bank.report(BETA, key="the-same-key")
    assert (tested.status_code, live.status_code) == (201, 201)
    assert "Idempotent-Replayed" not in live.headers


def test_objects_of_one_mode_are_none_of_the_other(tester: Caller, bank: Caller) -> None:
    consent = tester.consent(SOUND, ["P07"])["consent_id"]
    place = tester.report(SOUND).headers["Location"]
    for path in (place, f"{place}/html", f"{place}/proof", f"/v1/consents/{consent}"):
        assert tester.get(path).status_code == 200
        assert bank.get(path).json()["code"] == "unknown-object"
    assert all(item["subject"]["uscc"] != SOUND for item in bank.get("/v1/consents").json()["items"])
    live = bank.report(BETA).headers["Location"]
    assert tester.get(live).json()["code"] == "unknown-object"


def market_of(deployment: Deployment, *, test: bool) -> Sequence[LoanProduct]:
    with Session(deployment.rows_of(EVERYONE)) as session:
        return market(session, test=test)


def test_a_need_meets_the_loan_products_of_its_own_mode(tester: Caller, bank: Caller, deployment: Deployment) -> None:
    def found(caller: Caller, uscc: str) -> set[str]:
        consent = caller.consent(uscc, ["P31"])["consent_id"]
        asked = {"subject": {"uscc": uscc}, "consent_id": consent, "need": NEED}
        need = caller.post("/v1/needs", asked).json()["need_id"]
        matches = caller.get(f"/v1/needs/{need}/matches").json()["result"]["matches"]
        return {match["loan_product"] for match in matches}

    tested = tester.post("/v1/loan-products", OFFER).json()["loan_product_id"]
    live = bank.post("/v1/loan-products", OFFER).json()["loan_product_id"]
    assert found(tester, SOUND) == {tested}
    with_live_only = [offer.id for offer in market_of(deployment, test=False)]
    assert (live in with_live_only, tested in with_live_only) == (True, False)


def test_what_is_tried_out_is_counted_apart_and_on_no_statement(
    tester: Caller, bank: Caller, deployment: Deployment
) -> None:
    def sums(caller: Caller) -> tuple[int, int]:
        rows = caller.get("/v1/usage").json()["rows"]
        return sum(row["calls"] for row in rows), sum(row["charged_fen"] for row in rows)

    live, tested = sums(bank), sums(tester)
    paid = body_of(tester.report(SOUND))["charge"]["amount_fen"]
    assert sums(bank) == live
    assert sums(tester) == (tested[0] + 1, tested[1] + paid)
    month = shanghai_day(now()).strftime("%Y-%m")
    assert tester.get(f"/v1/statements/{month}").json()["lines"] == []
    with Session(deployment.rows_of(EVERYONE)) as session:
        lines = session.execute(select(UsageLine.institution_id, UsageLine.test).distinct()).all()
        twins = {row.institution_id for row in lines if row.test}
        assert len(lines) == len({row.institution_id for row in lines}), "no institution has lines of both modes"
        assert {draw_up(session, twin, Month.parse(month))["total_fen"] for twin in twins} == {0}
        assert all(session.scalars(select(UsageHour.test).where(UsageHour.institution_id.in_(twins))).all())
        assert session.scalars(select(WalletEntry)).all() == []
        assert all(session.scalars(select(Call.test).where(Call.institution_id.in_(twins))).all())


def test_a_months_sum_is_told_to_the_webhooks_of_its_own_mode(
    settings: Settings, http: Client, deployment: Deployment
) -> None:
    hook = {"url": "https://10.0.0.1/hook", "topics": ["usage.threshold_reached"]}
    live, tester = enrol(settings, http, "阈值银行"), enrol(settings, http, "阈值银行", test=True)
    heard_by = {caller.client_id: caller.post("/v1/webhooks", hook).json() for caller in (live, tester)}
    assert [hooked["test"] for hooked in heard_by.values()] == [False, True]
    for _ in range(4):
        assert tester.report(SOUND).json()["charge"]["amount_fen"] == 300
    pick_up(deployment.rows_of(EVERYONE), now() + timedelta(seconds=1))
    heard = [
        caller.get(f"/v1/webhooks/{heard_by[caller.client_id]['webhook_id']}/deliveries").json()["items"]
        for caller in (live, tester)
    ]
    assert [len(events) for events in heard] == [0, 1], "the fourth call reached 10 yuan"


def test_the_ledger_refuses_a_draft_of_the_other_mode(tester: Caller, bank: Caller, deployment: Deployment) -> None:
    for caller, wrong in ((tester, False), (bank, True)):
        with Session(deployment.rows_of(EVERYONE)) as session:
            found = session.scalars(select(Call).where(Call.client_id == caller.client_id)).first()
        assert found is not None
        mine = Bank(found.institution_id, "", caller.client_id, "", "none")
        forged = replace(draft(mine, f"forged-{wrong}", received_at=now()), test=wrong, consent_required=False)
        with pytest.raises(WrongCredentials, match="other mode"):
            asyncio.run(deployment.ledger.submit(forged))


def test_asserted_consents_of_test_mode_are_not_drawn_for_audit(tester: Caller, deployment: Deployment) -> None:
    consent = tester.consent(SOUND, ["P07"])["consent_id"]
    with Session(deployment.rows_of(EVERYONE)) as session:
        made = session.get_one(Consent, consent).created_at
        assert draw_asserted(session, deployment.vault, "2026-11", made, made + timedelta(microseconds=1)) == []


@pytest.mark.parametrize("shows", ["approve", "partial", "stale", "not_found", "under_objection"])
def test_an_answer_of_test_mode_is_given_again(tester: Caller, deployment: Deployment, shows: str) -> None:
    """To the byte, and from the samples: the desk of the city is not asked for."""
    uscc = SAMPLES[shows].uscc
    given = decided(tester, uscc) if shows == "approve" else asked(tester, uscc)
    with Session(deployment.rows_of(EVERYONE)) as session:
        found = replay_call(
            session, deployment.vault, lambda test: only_samples(deployment, test), given.json()["report_id"]
        )
    assert (found.differing, found.body) == ((), given.content)


def only_samples(deployment: Deployment, test: bool) -> Desk:
    assert test
    return deployment.desk_of(test=True)


def test_a_sample_grants_a_consent_itself_and_only_in_its_mode(
    settings: Settings, http: Client, tester: Caller
) -> None:
    firm = enrol(settings, http, "样例甲", "enterprise", uscc=SOUND, test=True)
    assert firm.report(SOUND, purpose="self").status_code == 201
    tester.consent(SOUND, ["P07"])
    assert {item["institution"] for item in firm.get("/v1/notices").json()["items"]} == {f"农商银行{TEST_SUFFIX}"}
    granted = own_terms(SOUND) | {
        "one_time_code": "123456",
        "document_sha256": "0" * 64,
    }
    refused = firm.post("/v1/consents", granted)
    assert (refused.status_code, refused.json()["code"]) == (400, "invalid-input")
    assert "other mode" in refused.json()["detail"]


@pytest.mark.parametrize(
    ("name", "role", "uscc", "test"),
    [
        pytest.param("平台", "product_manager", None, True, id="a role that sees all"),
        pytest.param("平台", "operator", None, True, id="a role of feeds"),
        pytest.param(f"农商银行{TEST_SUFFIX}", "bank", None, False, id="a live client under a twin's name"),
        pytest.param("阿克美", "enterprise", ACME, True, id="a real enterprise in test mode"),
        pytest.param("样例甲", "enterprise", SOUND, False, id="a sample in live mode"),
    ],
)
def test_clients_that_would_stand_in_both_modes(
    deployment: Deployment, name: str, role: str, uscc: str | None, test: bool
) -> None:
    with Session(deployment.rows_of(EVERYONE)) as session, pytest.raises(InvalidInput):
        create_client(session, name, role, [], now(), uscc=uscc, test=test)


def test_the_samples_are_listed_for_machines_and_people(tester: Caller) -> None:
    listed: list[dict[str, Any]] = tester.get("/v1/samples").json()["items"]
    assert [item["uscc"] for item in listed] == [sample.uscc for sample in declared().samples]
    page = tester.http.get("/docs").text
    for item in listed:
        assert item["uscc"] in page
        assert item["text_en"].replace("'", "&#39;") in page
