"""Requests nobody thought of, made from the OpenAPI document: none is our own fault, every answer is as declared."""

import copy
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import httpx
import pytest
import schemathesis
from hypothesis import HealthCheck, given
from hypothesis import settings as bounded
from hypothesis import strategies as st
from schemathesis import GenerationMode
from schemathesis.checks import CHECKS, load_all_checks
from schemathesis.schemas import APIOperation

from api.access.roles import roles_with
from api.app import create_app
from api.errors import STATUS, Problem
from bureau.clock import now, shanghai_day
from bureau.settings import Settings
from products.samples.declared import declared
from tests.factories.deployments import Caller, enrol, public_home
from tests.factories.server_process import serving

load_all_checks()
DOCUMENT = create_app(Settings(home=Path("never-opened"), _env_file=None)).openapi()
OPERATIONS = sorted(
    (found.ok() for found in schemathesis.openapi.from_dict(DOCUMENT).get_all_operations()),
    key=lambda operation: operation.method == "delete",  # what others ask for goes last
)
EXAMPLES = 10
"""For each of some seventy routes, well-formed and malformed ones: a few seconds in all."""
WAIT_SECONDS = 120
"""The first call in test mode makes the lake of samples; on a busy machine that takes long."""
CONFORMANCE = CHECKS.get_by_names(
    [
        "status_code_conformance",
        "content_type_conformance",
        "response_headers_conformance",
        "response_schema_conformance",
    ]
)
UNTOLD = {"internal-error", "method-not-allowed", "unknown-route"}
"""Codes the router has without an error type; `internal-error` is what no request may bring about."""
CODES = {kind.code for kind in STATUS} | UNTOLD - {"internal-error"}
SUBJECT = declared().samples[0].uscc
NEED = {"amount_fen": 1_000_000, "term_months": 12}
APPLICATION = {"amount_fen": 30_000_000, "term_months": 12, "use": "working_capital", "secured": "credit"}
OFFER = {
    "name": "税易贷",
    "amount_fen": {"least": 1, "most": 300_000_000},
    "term_months": {"least": 3, "most": 24},
    "rate_bps": 450,
    "secured": ["credit"],
}
CONSENT = {
    "subject": {"uscc": SUBJECT},
    "products": ["P07"],
    "purposes": ["pre_loan"],
    "valid_from": "2020-01-01",
    "valid_to": "2099-12-31",
    "granted_by": "asserted",
    "document_sha256": "0" * 64,
}


class Fuzzed:
    """A real server as over the network, a caller of each role that is needed, and one object of every kind.

    The bank is in test mode: so it also gets scores and decisions, by the way of live ones. It has a contract for long
    enough to have a statement of last month.
    """

    def __init__(self, settings: Settings, http: httpx.Client) -> None:
        self.base = str(http.base_url)
        self.callers = {
            "bank": enrol(settings, http, "农商银行", test=True, since=now() - timedelta(days=70)),
            "enterprise": enrol(settings, http, "样例甲", "enterprise", uscc=SUBJECT, test=True),
            "pricing_officer": enrol(settings, http, "平台", "pricing_officer"),
        }
        self._http, self._settings = http, settings
        self.ids = self._objects()

    def caller_of(self, operation: APIOperation) -> Caller | None:
        """A caller whose role reaches an operation; None for a public one."""
        scopes = [
            scope for need in operation.definition.raw.get("security", []) for found in need.values() for scope in found
        ]
        if not scopes:
            return None
        roles = roles_with(scopes[0])
        known = next((role for role in self.callers if role in roles), None)
        if known is None:
            known = roles[0]
            self.callers[known] = enrol(self._settings, self._http, f"institution of {known}", known)
        return self.callers[known]

    def _objects(self) -> dict[str, Any]:
        bank, officer = self.callers["bank"], self.callers["pricing_officer"]
        consent = bank.consent(SUBJECT, ["P01", "P07", "P31"])["consent_id"]
        named = {"subject": {"uscc": SUBJECT}, "consent_id": consent}
        offer = bank.post("/v1/loan-products", OFFER).json()["loan_product_id"]
        need = bank.post("/v1/needs", named | {"need": NEED}).json()["need_id"]
        matches = bank.get(f"/v1/needs/{need}/matches").json()["result"]["matches"]
        decision = bank.post("/v1/decisions", named | {"purpose": "pre_loan", "application": APPLICATION})
        hook = {"url": "https://10.0.0.1/hook", "topics": ["statement.issued"]}
        contract = bank.get("/v1/contracts").json()["items"][0]
        proposal = {"institution": contract["institution"], "terms": contract["terms"]}
        return {
            "consent_id": consent,
            "loan_product_id": offer,
            "need_id": need,
            "match_id": matches[0]["match_id"],
            "decision_id": decision.json()["report_id"],
            "report_id": bank.report(SUBJECT).json()["report_id"],
            "code": "P07",
            "month": f"{shanghai_day(now()).replace(day=1) - timedelta(days=1):%Y-%m}",
            "number": 1,
            "webhook_id": bank.post("/v1/webhooks", hook).json()["webhook_id"],
            "contract_id": contract["contract_id"],
            "bodies": {
                ("post", "/v1/consents"): CONSENT,
                ("post", "/v1/contract-proposals"): proposal,
                ("post", "/v1/matches/{match_id}/events"): {"event": "contacted"},
                ("post", "/v1/statements/{month}/reconciliation"): {"lines": [{"amount_fen": 300, "call_id": "none"}]},
                ("post", "/v1/webhooks"): hook,
            },
            "proposal_id": officer.post("/v1/contract-proposals", proposal).json()["proposal_id"],
        }


@pytest.fixture(scope="module")
def fuzzed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Fuzzed]:
    settings = public_home(Path(tmp_path_factory.mktemp("fuzzed")))
    with serving(settings) as server, httpx.Client(base_url=server.base, timeout=WAIT_SECONDS) as http:
        yield Fuzzed(settings, http)


@pytest.mark.parametrize("operation", OPERATIONS, ids=lambda operation: operation.label)
@bounded(max_examples=EXAMPLES, suppress_health_check=list(HealthCheck), derandomize=True)
@given(data=st.data())
def test_every_answer_is_as_declared(operation: APIOperation, fuzzed: Fuzzed, data: st.DataObject) -> None:
    mode = data.draw(st.sampled_from(list(GenerationMode)))
    case = data.draw(operation.as_strategy(generation_mode=mode))
    if data.draw(st.booleans()):  # about something that is there
        about_what_is_there(case, fuzzed.ids)
    caller = fuzzed.caller_of(operation)
    headers = {"Idempotency-Key": uuid4().hex} | (caller.headers if caller else {})
    answer = case.call(base_url=fuzzed.base, headers=headers, timeout=WAIT_SECONDS)
    assert answer.status_code != 500, answer.text
    assert answer.headers["x-request-id"]
    case.validate_response(answer, checks=CONFORMANCE)
    if answer.status_code >= 400 and operation.path not in ("/oauth/token", "/readyz"):
        assert Problem.model_validate(answer.json()).code in CODES


def about_what_is_there(case: schemathesis.Case, ids: dict[str, Any]) -> None:
    """Put objects that are there in the place of those made up; where only one body can be meant, that body."""
    there = ids | ({"code": ids["report_id"]} if case.operation.path == "/verify/{code}" else {})
    case.path_parameters = {name: there.get(name, value) for name, value in (case.path_parameters or {}).items()}
    known = ids["bodies"].get((case.operation.method, case.operation.path))
    if known is not None:
        case.body = copy.deepcopy(known)
    elif isinstance(case.body, dict) and "subject" in case.body:
        consent = {"consent_id": ids["consent_id"]} if "consent_id" in case.body else {}
        case.body = copy.deepcopy(case.body) | {"subject": {"uscc": SUBJECT}, "purpose": "pre_loan"} | consent


def test_every_route_is_tried() -> None:
    assert {operation.path for operation in OPERATIONS} == DOCUMENT["paths"].keys()
