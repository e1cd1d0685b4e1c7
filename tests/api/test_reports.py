"""One report: charged once, the same bytes for ever, refused for a reason, invisible to others."""

import hashlib
import re
from base64 import b64encode
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
import rfc8785
from httpx import Client
from sqlalchemy import select
from sqlalchemy.orm import Session

from api.database import open_ledger_database
from api.metering.tables import Call, UsageLine
from api.reports import Report
from bureau.settings import Settings
from tests.factories.deployments import Caller, body_of, deployment_of, enrol
from tests.factories.lakes import ACME, BETA, uscc

UNKNOWN = uscc(999)


def calls(settings: Settings) -> list[tuple[str, str | None]]:
    """Outcome and problem of every call on record, oldest first."""
    engine = open_ledger_database(settings.ledger_url)
    with Session(engine) as session:
        rows = session.execute(select(Call.outcome, Call.problem_code).order_by(Call.committed_at, Call.id)).all()
    engine.dispose()
    return [(row.outcome, row.problem_code) for row in rows]


def test_a_report_is_found_charged_and_signed(bank: Caller) -> None:
    answer = bank.report(BETA)
    report = body_of(answer)
    assert answer.status_code == 201
    Report.model_validate(report)
    assert (report["outcome"], report["subject"]["name"]) == ("found", "贝塔制造有限公司")
    assert report["charge"] == {
        "billable": True,
        "outcome": "found",
        "amount_fen": 300,
        "contract_version": 1,
        "basis": "unit",
    }
    assert report["as_of"] == "2025-07-01"
    penalties = next(table for table in report["result"]["tables"] if table["feed"] == "F34")
    assert penalties["records"][0]["record_id"] == f"F34-{BETA}-2025-01-15"
    assert answer.headers["Location"] == f"/v1/reports/{report['report_id']}"
    assert answer.headers["Cache-Control"] == "no-store"


def test_the_digest_is_over_the_answer_without_its_evidence(bank: Caller) -> None:
    report = body_of(bank.report(ACME))
    evidence = report.pop("evidence")
    assert evidence["call_id"] == report["report_id"]
    assert evidence["sha256"] == hashlib.sha256(rfc8785.dumps(report)).hexdigest()


def test_a_retry_gets_the_same_bytes_and_is_not_charged_again(bank: Caller, settings: Settings) -> None:
    before = len(calls(settings))
    first, again = bank.report(ACME, key="retry-1"), bank.report(ACME, key="retry-1")
    assert again.content == first.content
    assert again.headers["X-Bureau-Signature"] == first.headers["X-Bureau-Signature"]
    assert (first.headers.get("Idempotent-Replayed"), again.headers["Idempotent-Replayed"]) == (None, "true")
    assert len(calls(settings)) == before + 1


def test_a_key_belongs_to_one_request(bank: Caller) -> None:
    bank.report(ACME, key="one-request")
    answer = bank.report(BETA, key="one-request")
    assert (answer.status_code, answer.json()["code"]) == (409, "idempotency-key-reused")


def test_a_key_belongs_to_one_institution(bank: Caller, other_bank: Caller) -> None:
    ours, theirs = bank.report(ACME, key="shared-word"), other_bank.report(ACME, key="shared-word")
    assert (ours.status_code, theirs.status_code) == (201, 201)
    assert body_of(ours)["report_id"] != body_of(theirs)["report_id"]


def test_duplicates_in_flight_are_one_call(bank: Caller, settings: Settings) -> None:
    before = len(calls(settings))
    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda _: bank.report(ACME, key="in-flight"), range(8)))
    assert {answer.status_code for answer in answers} == {201}
    assert len({answer.content for answer in answers}) == 1
    assert sum(answer.headers.get("Idempotent-Replayed") == "true" for answer in answers) == 7
    assert len(calls(settings)) == before + 1


@pytest.mark.parametrize("key", ["", "two words", "ü", "k" * 201], ids=["none", "a blank", "not ascii", "too long"])
def test_a_charged_call_needs_a_readable_key(http: Client, bank: Caller, key: str) -> None:
    headers = bank.headers | ({"Idempotency-Key": key.encode()} if key else {})
    answer = http.post(
        "/v1/products/P01/reports", json={"subject": {"uscc": ACME}, "purpose": "pre_loan"}, headers=headers
    )
    assert (answer.status_code, answer.json()["code"]) == (400, "idempotency-key-missing")


def test_an_unknown_enterprise_is_an_answer_that_costs_nothing(bank: Caller) -> None:
    report = body_of(bank.report(UNKNOWN))
    assert (report["outcome"], report["result"]) == ("not_found", None)
    assert report["charge"] == {
        "billable": False,
        "outcome": "not_found",
        "amount_fen": 0,
        "contract_version": 1,
        "basis": "not_billable",
    }


def test_a_report_is_read_again_byte_for_byte(bank: Caller) -> None:
    sent = bank.report(ACME)
    read = bank.get(sent.headers["Location"])
    assert (read.status_code, read.content) == (200, sent.content)
    assert read.headers["X-Bureau-Signature"] == sent.headers["X-Bureau-Signature"]


@pytest.mark.parametrize("part", ["", "/html", "/proof"])
def test_another_institution_cannot_read_it(bank: Caller, other_bank: Caller, part: str) -> None:
    place = bank.report(ACME).headers["Location"]
    assert bank.get(place + part).status_code == 200
    answer = other_bank.get(place + part)
    assert (answer.status_code, answer.json()["code"]) == (404, "unknown-object")


def test_a_proof_leads_from_the_answer_to_the_signed_root(bank: Caller) -> None:
    report = body_of(bank.report(ACME))
    proof = bank.get(f"/v1/reports/{report['report_id']}/proof").json()
    assert (proof["hash_alg"], proof["digest"]) == ("SHA-256", report["evidence"]["sha256"])
    leaf = b"\x00" + report["report_id"].encode() + bytes.fromhex(proof["digest"])
    node = hashlib.sha256(leaf + proof["committed_micros"].to_bytes(8, "big")).digest()
    assert node.hex() == proof["leaf"]
    assert root_of(node, proof["number"], proof["root"]["size"], proof["path"]).hex() == proof["root"]["root"]


def root_of(node: bytes, number: int, size: int, path: list[str]) -> bytes:
    """RFC 9162 section 2.1.3.2, written apart from the platform's own."""
    last = size - 1
    for sibling in map(bytes.fromhex, path):
        if number % 2 or number == last:
            node = hashlib.sha256(b"\x01" + sibling + node).digest()
            while not number % 2 and number:
                number, last = number // 2, last // 2
        else:
            node = hashlib.sha256(b"\x01" + node + sibling).digest()
        number, last = number // 2, last // 2
    return node


REFUSALS = [
    pytest.param({}, "consent-missing", id="no consent"),
    pytest.param({"products": ["P11"]}, "consent-missing", id="a consent to another product"),
    pytest.param({"subject": {"uscc": BETA}}, "consent-missing", id="a consent of another enterprise"),
    pytest.param({"valid_to": "2020-01-02"}, "consent-expired", id="an expired consent"),
    pytest.param({"revoked": True}, "consent-revoked", id="a revoked consent"),
    pytest.param({"purposes": ["post_loan"]}, "wrong-purpose", id="a consent to another purpose"),
]


@pytest.mark.parametrize(("changes", "code"), REFUSALS)
def test_a_refusal_is_on_record_and_binds_no_key(
    bank: Caller, settings: Settings, changes: dict[str, Any], code: str
) -> None:
    revoked = changes.pop("revoked", False)
    consent = bank.consent(ACME, **({"products": ["P07"]} | changes)) if changes or revoked else None
    if revoked and consent:
        bank.delete(f"/v1/consents/{consent['consent_id']}")
    more = {"consent_id": consent["consent_id"]} if consent else {}
    before = calls(settings)
    key = f"refused-{code}-{len(before)}"
    answer = bank.report(ACME, "P07", key=key, **more)
    assert (answer.status_code, answer.json()["code"]) == (403, code)
    assert calls(settings)[len(before) :] == [("refused", code)]
    assert bank.report(ACME, "P01", key=key).status_code == 201


def test_another_institutions_consent_is_none(bank: Caller, other_bank: Caller) -> None:
    theirs = other_bank.consent(ACME, ["P07"])["consent_id"]
    answer = bank.report(ACME, "P07", consent_id=theirs)
    assert (answer.status_code, answer.json()["code"]) == (403, "consent-missing")


def test_a_model_that_was_never_trained_is_source_down_and_on_record(bank: Caller, settings: Settings) -> None:
    consent = bank.consent(ACME, ["P07"])["consent_id"]
    answer = bank.report(ACME, "P07", consent_id=consent)
    assert (answer.status_code, answer.json()["code"]) == (503, "model-not-released")
    assert "Retry-After" in answer.headers
    assert calls(settings)[-1] == ("source_down", "model-not-released")


def test_what_is_not_contracted_is_refused(settings: Settings, http: Client) -> None:
    small = enrol(settings, http, "小额贷款公司", products=("P07",))
    answer = small.report(ACME, "P01")
    assert (answer.status_code, answer.json()["code"]) == (403, "product-not-contracted")
    assert calls(settings)[-1] == ("refused", "product-not-contracted")


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        pytest.param({}, 422, "malformed-request", id="empty"),
        pytest.param({"subject": ACME, "purpose": "pre_loan"}, 422, "malformed-request", id="subject as text"),
        pytest.param(
            {"subject": {"uscc": ACME}, "purpose": "curiosity"}, 422, "malformed-request", id="no such purpose"
        ),
        pytest.param(
            {"subject": {"uscc": ACME}, "purpose": "pre_loan", "inputs": {"x": 1}},
            422,
            "malformed-request",
            id="an input that the product does not take",
        ),
        pytest.param(
            {"subject": {"uscc": "91440300MA5FJ4XH10"}, "purpose": "pre_loan"}, 422, "impossible-uscc", id="bad code"
        ),
        pytest.param(
            {"subject": {"uscc": ACME}, "purpose": "pre_loan", "client_serial": "a\x00b"},
            422,
            "malformed-request",
            id="a control character",
        ),
    ],
)
def test_malformed_requests_are_no_calls(
    bank: Caller, settings: Settings, body: dict[str, Any], status: int, code: str
) -> None:
    before = len(calls(settings))
    answer = bank.post("/v1/products/P01/reports", body)
    assert (answer.status_code, answer.json()["code"]) == (status, code)
    assert len(calls(settings)) == before


def test_a_body_too_large_is_refused_before_it_is_read(bank: Caller) -> None:
    answer = bank.report(ACME, client_serial="x" * 300_000)
    assert (answer.status_code, answer.json()["code"]) == (413, "body-too-large")


def test_a_product_that_is_not_sold_is_unknown(bank: Caller) -> None:
    answer = bank.report(ACME, "P99")
    assert (answer.status_code, answer.json()["code"]) == (404, "unknown-product")


def test_a_matching_product_gives_no_report(bank: Caller) -> None:
    consent = bank.consent(ACME, ["P31"])["consent_id"]
    answer = bank.report(ACME, "P31", consent_id=consent)
    assert (answer.status_code, answer.json()["code"]) == (400, "invalid-input")


def test_a_product_manager_calls_no_product(manager: Caller) -> None:
    answer = manager.report(ACME)
    assert (answer.status_code, answer.json()["code"]) == (403, "role-not-permitted")


def test_every_call_has_one_line(bank: Caller, settings: Settings) -> None:
    bank.report(ACME)
    engine = open_ledger_database(settings.ledger_url)
    with Session(engine) as session:
        assert set(session.scalars(select(Call.id))) == set(session.scalars(select(UsageLine.call_id)))
    engine.dispose()


def test_the_page_shows_what_was_answered(bank: Caller) -> None:
    place = bank.report(BETA).headers["Location"]
    page = bank.get(f"{place}/html")
    assert page.headers["content-type"].startswith("text/html")
    assert "default-src 'none'" in page.headers["Content-Security-Policy"]
    for text in ("贝塔制造有限公司", "行政处罚", "5,000.00", "农商银行", "贷前", "仅供参考"):
        assert text in page.text
    english = bank.get(f"{place}/html", params={"lang": "en"}).text
    assert '<html lang="en">' in english
    assert "Administrative penalties" in english
    assert "Department: All departments · F34" in english


def test_the_page_carries_its_style_and_allows_no_other(bank: Caller) -> None:
    page = bank.get(f"{bank.report(BETA).headers['Location']}/html")
    (style,) = re.findall(r"<style>(.*?)</style>", page.text, re.DOTALL)
    assert style == bank.get("/assets/bureau.css").text
    digest = b64encode(hashlib.sha256(style.encode()).digest()).decode()
    assert f"style-src 'self' 'sha256-{digest}';" in page.headers["Content-Security-Policy"]
    assert "/assets/" not in page.text


def test_the_page_says_to_verify_it_where_callers_reach_the_server(
    http: Client, bank: Caller, monkeypatch: pytest.MonkeyPatch
) -> None:
    place = bank.report(BETA).headers["Location"]
    number = place.rpartition("/")[2]
    assert f">http://testserver/verify/{number}<" in bank.get(f"{place}/html").text
    deployment = deployment_of(http)
    told = deployment.settings.model_copy(update={"public_url": "https://bureau.example/"})
    monkeypatch.setattr(deployment, "settings", told)
    assert f">https://bureau.example/verify/{number}<" in bank.get(f"{place}/html").text
