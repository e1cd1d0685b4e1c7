"""Which roles reach which operation: every one of the OpenAPI document, and nobody else's."""

from collections.abc import Iterator

import pytest
from fastapi import FastAPI
from httpx import Client

from api.access.roles import ROLES, SCOPES
from api.app import create_app
from bureau.settings import Settings
from tests.factories.deployments import Caller, enrol
from tests.factories.lakes import ACME, BETA

PUBLIC = {
    "post /oauth/token",
    "get /.well-known/certificates.pem",
    "get /.well-known/jwks.json",
    "get /verify/{code}",
    "get /v1/audit/roots",
    "get /v1/audit/roots/latest",
    "get /v1/audit/consistency",
    "get /v1/audit/offline.py",
    "get /healthz",
    "get /readyz",
}
ANYBODY = set(ROLES)
ASKING = {"bank", "enterprise"}
REGISTERING = {"bank", "enterprise", "partner"}
SEEING_ANSWERS = {"bank", "auditor", "enterprise", "supervisor"}
SEEING_CONSENTS = SEEING_ANSWERS | {"partner"}
SEEING_DECISIONS = {"bank", "auditor", "supervisor"}
HEARING = {"bank", "enterprise", "partner"}
BILLED = {"bank", "auditor", "enterprise", "partner"}
PRICING = {"pricing_officer"}
SEEING_CONTRACTS = BILLED | PRICING
SEEING_USAGE = ANYBODY - {"operator"}
REACHED_BY = {
    "post /v1/consents": REGISTERING,
    "post /v1/consents/text": REGISTERING,
    "get /v1/notices": {"enterprise"},
    "get /v1/consents": SEEING_CONSENTS,
    "get /v1/consents/{consent_id}": SEEING_CONSENTS,
    "delete /v1/consents/{consent_id}": REGISTERING,
    "get /v1/samples": ANYBODY,
    "get /v1/products": ANYBODY,
    "get /v1/products/{code}": ANYBODY,
    "post /v1/products/{code}/reports": ASKING,
    "get /v1/reports/{report_id}": SEEING_ANSWERS,
    "get /v1/reports/{report_id}/html": SEEING_ANSWERS,
    "get /v1/reports/{report_id}/proof": SEEING_ANSWERS,
    "post /v1/decisions": {"bank"},
    "post /v1/decisions/{decision_id}/outcome": {"bank"},
    "get /v1/decisions/{decision_id}/outcome": SEEING_DECISIONS,
    "post /v1/loan-products": {"bank"},
    "get /v1/loan-products": {"bank"},
    "get /v1/loan-products/{loan_product_id}": {"bank"},
    "delete /v1/loan-products/{loan_product_id}": {"bank"},
    "post /v1/needs": REGISTERING,
    "get /v1/needs": REGISTERING,
    "get /v1/needs/{need_id}": REGISTERING,
    "get /v1/needs/{need_id}/matches": REGISTERING,
    "get /v1/matches/{match_id}": REGISTERING,
    "post /v1/matches/{match_id}/events": {"bank"},
    "get /v1/usage": SEEING_USAGE,
    "get /v1/contracts": SEEING_CONTRACTS,
    "get /v1/contracts/{contract_id}": SEEING_CONTRACTS,
    "post /v1/contract-proposals": PRICING,
    "get /v1/contract-proposals": PRICING,
    "get /v1/contract-proposals/{proposal_id}": PRICING,
    "post /v1/contract-proposals/{proposal_id}/approval": PRICING,
    "post /v1/price-previews": SEEING_CONTRACTS,
    "get /v1/service-levels/{month}": SEEING_USAGE,
    "get /v1/credit-notes": SEEING_USAGE,
    "post /v1/credit-notes/{note_id}/confirmation": PRICING,
    "post /v1/credit-notes/{note_id}/approval": PRICING,
    "post /v1/credit-notes/{note_id}/refusal": PRICING,
    "get /v1/usage/csv": SEEING_USAGE,
    "get /v1/usage/parquet": SEEING_USAGE,
    "get /v1/usage/forecast": SEEING_USAGE,
    "post /v1/webhooks": HEARING,
    "get /v1/webhooks": HEARING,
    "delete /v1/webhooks/{webhook_id}": HEARING,
    "get /v1/webhooks/{webhook_id}/deliveries": HEARING,
    "post /v1/webhooks/{webhook_id}/replay": HEARING,
    "get /v1/statements/{month}": BILLED,
    "get /v1/statements/{month}/csv": BILLED,
    "get /v1/statements/{month}/pdf": BILLED,
    "get /v1/statements/{month}/lines/{number}/calls": BILLED,
    "post /v1/statements/{month}/reconciliation": BILLED,
    "post /v1/statements/{month}/signature": BILLED - {"auditor"},
    "get /v1/statements/{month}/signatures": BILLED,
}
"""A new route states here who reaches it."""


def operations(settings: Settings) -> Iterator[tuple[str, list[str]]]:
    """Every operation with the scopes it needs; None of them for a public one."""
    app: FastAPI = create_app(settings)
    for path, methods in app.openapi()["paths"].items():
        for method, operation in methods.items():
            needed = [scope for scheme in operation.get("security", []) for names in scheme.values() for scope in names]
            yield f"{method} {path}", needed


@pytest.fixture(scope="module")
def callers(settings: Settings, http: Client) -> dict[str, Caller]:
    """One client of each role, each of an institution of its own."""
    return {
        role: enrol(settings, http, f"institution of {role}", role, uscc=ACME if role == "enterprise" else None)
        for role in ROLES
    }


def test_the_table_is_the_document(settings: Settings) -> None:
    found = {name for name, _ in operations(settings)}
    assert found == PUBLIC | REACHED_BY.keys()


def test_every_operation_but_the_public_ones_names_one_scope_that_a_role_holds(settings: Settings) -> None:
    for name, needed in operations(settings):
        assert len(needed) == (0 if name in PUBLIC else 1), name
        assert set(needed) <= set(SCOPES), name


@pytest.mark.parametrize("role", ROLES)
def test_a_role_reaches_what_the_table_says_and_nothing_else(role: str, callers: dict[str, Caller]) -> None:
    caller = callers[role]
    for name, roles in REACHED_BY.items():
        method, path = name.split()
        answer = caller.http.request(method, path.replace("{", "").replace("}", ""), json={}, headers=caller.headers)
        refused = answer.status_code == 403 and answer.json()["code"] == "role-not-permitted"
        assert refused == (role not in roles), (name, answer.text)


def test_nobody_reaches_anything_but_the_public_operations_without_a_token(http: Client) -> None:
    for name in REACHED_BY:
        method, path = name.split()
        answer = http.request(method, path.replace("{", "").replace("}", ""), json={})
        assert answer.status_code == 401, (name, answer.text)


@pytest.mark.parametrize(
    ("role", "scopes"),
    [
        pytest.param("product_manager", {"reports:read", "consents:read", "decisions:read"}, id="product manager"),
        pytest.param("operator", {"usage", "usage:all"}, id="government operator"),
        pytest.param("auditor", {"reports", "decisions", "consents", "needs", "loan-products"}, id="bank auditor"),
        pytest.param("supervisor", {"reports", "decisions", "consents", "clients", "prices"}, id="supervisor"),
        pytest.param("partner", {"reports", "decisions", "reports:read"}, id="partner platform"),
    ],
)
def test_what_a_role_must_never_hold(role: str, scopes: set[str]) -> None:
    assert not scopes & set(ROLES[role].scopes)


def test_an_enterprise_asks_only_about_itself_and_needs_no_consent_for_it(callers: dict[str, Caller]) -> None:
    enterprise = callers["enterprise"]
    assert enterprise.report(ACME, purpose="self").status_code == 201
    other = enterprise.report(BETA, purpose="self")
    pretended = enterprise.report(ACME, purpose="pre_loan")
    for answer in (other, pretended):
        assert (answer.status_code, answer.json()["code"]) == (403, "role-not-permitted")
    scored = enterprise.report(ACME, "P07", purpose="self")
    assert scored.json()["code"] == "model-not-released", "past every check of rights"


def test_the_supervisor_reads_every_institutions_answers_with_proof(callers: dict[str, Caller]) -> None:
    bank, supervisor = callers["bank"], callers["supervisor"]
    report = bank.report(BETA)
    consent = bank.consent(BETA, ["P07"])["consent_id"]
    place = report.headers["Location"]
    assert supervisor.get(place).content == report.content
    assert supervisor.get(f"{place}/html").status_code == 200
    assert supervisor.get(f"{place}/proof").json()["call_id"] == report.json()["report_id"]
    assert supervisor.get(f"/v1/consents/{consent}").json()["consent_id"] == consent


def test_a_banks_auditor_reads_its_answers_and_no_other_banks(
    settings: Settings, http: Client, callers: dict[str, Caller], other_bank: Caller
) -> None:
    auditor = enrol(settings, http, "institution of bank", "auditor")
    own, foreign = callers["bank"].report(BETA), other_bank.report(BETA)
    assert auditor.get(own.headers["Location"]).content == own.content
    assert auditor.get(foreign.headers["Location"]).status_code == 404
    assert auditor.report(BETA).json()["code"] == "role-not-permitted"
