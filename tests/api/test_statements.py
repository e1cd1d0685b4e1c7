"""Statements over HTTP: the month so far, its calls, what is refused; each institution sees its own."""

import json
from datetime import UTC, datetime

import pytest
from cryptography.x509 import load_pem_x509_certificates
from starlette.testclient import TestClient

from api.billing.months import Month
from api.body_size import BODY_LIMIT_BYTES, UPLOAD_LIMIT_BYTES
from bureau.clock import now, shanghai_day
from bureau.errors import FontMissing
from bureau.settings import Settings
from tests.factories.deployments import Caller, enrol
from tests.factories.documents import attached_files, is_genuine
from tests.factories.lakes import ACME, BETA

MONTH = f"{shanghai_day(now()):%Y-%m}"


@pytest.fixture(scope="module")
def bank(settings: Settings, http: TestClient) -> Caller:
    """Under contract since the middle of January 2020."""
    return enrol(settings, http, "农商银行", since=datetime(2020, 1, 15, tzinfo=UTC))


@pytest.fixture(scope="module", autouse=True)
def some_calls(bank: Caller, other_bank: Caller) -> None:
    bank.report(ACME)
    bank.report(BETA)
    bank.report(ACME, "P07")
    other_bank.report(ACME)


def test_the_month_so_far_equals_usage(bank: Caller) -> None:
    statement = bank.get(f"/v1/statements/{MONTH}").json()
    (usage,) = bank.get("/v1/usage", params={"by": ""}).json()["rows"]
    assert statement["issued_at"] is None
    assert statement["total_fen"] == usage["charged_fen"] == 600
    assert sum(line["calls"] for line in statement["lines"]) == usage["calls"] == 3


def test_lines_lead_to_their_calls(bank: Caller, other_bank: Caller) -> None:
    for line in bank.get(f"/v1/statements/{MONTH}").json()["lines"]:
        calls = bank.get(f"/v1/statements/{MONTH}/lines/{line['number']}/calls").json()["calls"]
        assert (len(calls), sum(call["amount_fen"] for call in calls)) == (line["calls"], line["amount_fen"])
    assert len(other_bank.get(f"/v1/statements/{MONTH}/lines/1/calls").json()["calls"]) == 1
    assert bank.get(f"/v1/statements/{MONTH}/lines/99/calls").json()["code"] == "unknown-object"


def test_own_lines_that_match_leave_no_difference(bank: Caller) -> None:
    numbers = [line["number"] for line in bank.get(f"/v1/statements/{MONTH}").json()["lines"] if line["amount_fen"]]
    calls = [c for n in numbers for c in bank.get(f"/v1/statements/{MONTH}/lines/{n}/calls").json()["calls"]]
    lines = [{"call_id": call["call_id"], "amount_fen": call["amount_fen"]} for call in calls]
    answer = bank.post(f"/v1/statements/{MONTH}/reconciliation", {"lines": lines}).json()
    assert (answer["matched"], answer["differences"], answer["ours_fen"]) == (2, [], 600)
    lines[0]["amount_fen"] += 1
    answer = bank.post(f"/v1/statements/{MONTH}/reconciliation", {"lines": lines}).json()
    assert [one["outcome"] for one in answer["differences"]] == ["amount_differs"]


def test_a_month_that_lasts_is_not_issued(bank: Caller) -> None:
    assert bank.get(f"/v1/statements/{MONTH}/csv").json()["code"] == "state-conflict"
    said = bank.post(f"/v1/statements/{MONTH}/signature", {"sha256": "0" * 64})
    assert (said.status_code, said.json()["code"]) == (404, "unknown-object")


def test_a_month_that_has_not_begun_has_no_statement(bank: Caller) -> None:
    answer = bank.get(f"/v1/statements/{Month.of(now()).next}")
    assert (answer.status_code, answer.json()["code"]) == (409, "state-conflict")


def test_a_month_that_is_over_is_issued_to_the_same_bytes(bank: Caller) -> None:
    """No call was made in it: a statement of nothing is one too."""
    first, again = bank.get("/v1/statements/2020-01"), bank.get("/v1/statements/2020-01")
    assert (first.status_code, first.content) == (200, again.content)
    assert first.headers["X-Bureau-Signature"]
    assert (first.json()["total_fen"], first.json()["lines"]) == (0, [])
    assert bank.get("/v1/statements/2020-01/csv").text.splitlines()[1:] == [",,,,,,,total,,,,0"]


@pytest.mark.parametrize("form", ["", "/csv", "/pdf"])
def test_a_month_before_the_first_contract_has_no_statement(bank: Caller, other_bank: Caller, form: str) -> None:
    for caller, month in ((bank, "2019-12"), (other_bank, "2020-01")):
        answer = caller.get(f"/v1/statements/{month}{form}")
        assert (answer.status_code, answer.json()["code"]) == (404, "unknown-object")
        assert "had no contract by then" in answer.json()["detail"]
        assert caller.get(f"/v1/statements/{month}/signatures").status_code == 404, "none was issued"


@pytest.mark.parametrize("text", ["2026-13", "today", "2026-1"])
def test_what_is_no_month(bank: Caller, text: str) -> None:
    answer = bank.get(f"/v1/statements/{text}")
    assert (answer.status_code, answer.json()["code"]) == (422, "impossible-date")


def test_a_bank_uploads_all_its_lines(bank: Caller, other_bank: Caller) -> None:
    lines = [{"call_id": f"of theirs {n}", "amount_fen": 1} for n in range(8_000)]
    assert len(json.dumps(lines)) > BODY_LIMIT_BYTES
    answer = bank.post("/v1/statements/2020-02/reconciliation", {"lines": lines})
    assert (answer.status_code, answer.json()["only_theirs"], answer.json()["theirs_fen"]) == (200, 8_000, 8_000)


@pytest.mark.parametrize(
    ("path", "token", "size"),
    [
        pytest.param("/v1/statements/2020-02/reconciliation", "made.up.token", BODY_LIMIT_BYTES, id="a stranger"),
        pytest.param("/v1/statements/2020-02/signature", None, BODY_LIMIT_BYTES, id="another call"),
        pytest.param("/v1/statements/2020-02/reconciliation", None, UPLOAD_LIMIT_BYTES, id="without end"),
    ],
)
@pytest.mark.parametrize("announced", [True, False], ids=["announced", "streamed"])
def test_nobody_else_and_nowhere_else(bank: Caller, path: str, token: str | None, size: int, announced: bool) -> None:
    portion = b" " * (1 << 16)
    body = b" " * (size + 1) if announced else (portion for _ in range(size // len(portion) + 1))
    headers = {"Authorization": f"Bearer {token}"} if token else bank.headers
    answer = bank.http.post(path, content=body, headers=headers | {"Content-Type": "application/json"})
    assert (answer.status_code, answer.json()["code"]) == (413, "body-too-large")
    assert f"{size:,}" in answer.json()["detail"]


def test_a_token_that_has_expired_sends_no_more_than_a_stranger(bank: Caller) -> None:
    headers = bank.expired() | {"Content-Type": "application/json"}
    path = "/v1/statements/2020-02/reconciliation"
    answer = bank.http.post(path, content=b" " * (BODY_LIMIT_BYTES + 1), headers=headers)
    assert (answer.status_code, answer.json()["code"]) == (413, "body-too-large")
    assert bank.http.post(path, content=b"{}", headers=headers).json()["code"] == "wrong-credentials"


def test_a_month_that_is_over_is_printed_and_signed(bank: Caller) -> None:
    answer = bank.get("/v1/statements/2020-01/pdf")
    assert (answer.status_code, answer.headers["Content-Type"]) == (200, "application/pdf")
    pem = bank.http.get("/.well-known/certificates.pem").content
    assert is_genuine(answer.content, load_pem_x509_certificates(pem))
    assert attached_files(answer.content)["2020-01.json"] == bank.get("/v1/statements/2020-01").content
    assert bank.get(f"/v1/statements/{MONTH}/pdf").json()["code"] == "state-conflict"


def test_both_signatures_are_read_together(bank: Caller, other_bank: Caller) -> None:
    path = "/v1/statements/2020-03"
    assert bank.get(f"{path}/signatures").json()["code"] == "unknown-object"
    issued = bank.get(path)
    read = bank.get(f"{path}/signatures").json()
    assert (read["platform"]["jws"], read["institution"]) == (issued.headers["X-Bureau-Signature"], None)
    agreed = bank.post(f"{path}/signature", {"sha256": read["sha256"]}).json()
    assert (agreed["client_id"], agreed["jws"]) == (bank.client_id, None)
    assert bank.get(f"{path}/signatures").json()["institution"] == agreed
    assert other_bank.get(f"{path}/signatures").json()["code"] == "unknown-object"


def test_calls_do_not_wait_for_a_print_and_a_statement_outlives_it(
    bank: Caller, other_bank: Caller, monkeypatch: pytest.MonkeyPatch
) -> None:
    called = []

    def no_font(*_: object) -> None:
        called.append(other_bank.report(BETA).status_code)
        raise FontMissing

    monkeypatch.setattr("api.statements.signed_print", no_font)
    answer = bank.get("/v1/statements/2020-04/pdf")
    assert (answer.status_code, answer.json()["code"], called) == (503, "font-missing", [201])
    assert bank.get("/v1/statements/2020-04/signatures").is_success, "it was issued"
