"""Two banks and every operation with an id: of the other's objects each one knows nothing."""

import asyncio
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from fastapi import FastAPI
from sqlalchemy import select
from starlette.testclient import TestClient

from api.access.consents import find_consent
from api.app import create_app
from api.caller import ConsentReader, PlatformSession
from api.deployment import Deployment
from api.matching.demand import find_need, keep_matches, match_id
from api.matching.tables import LoanProduct
from api.tenancy import EVERYONE
from bureau.clock import now
from bureau.db import transaction
from bureau.settings import Settings
from tests.factories.deployments import Caller, public_home
from tests.factories.lakes import ACME
from tests.factories.ledger import Bank, draft

MONTHS = "/v1/statements/{month}"
NO_OBJECTS = {
    "/v1/products/{code}",
    "/v1/products/{code}/reports",
    "/verify/{code}",
    "/v1/contract-proposals/{proposal_id}",
    "/v1/contract-proposals/{proposal_id}/approval",
    *(f"/v1/credit-notes/{{note_id}}/{step}" for step in ("confirmation", "approval", "refusal")),
    "/v1/service-levels/{month}",
    MONTHS,
    *(
        f"{MONTHS}/{part}"
        for part in ("csv", "pdf", "lines/{number}/calls", "reconciliation", "signature", "signatures")
    ),
}
"""Paths whose parameter names no institution's object: a product of the catalogue, a report anybody may verify, a
month, which is the caller's own, a proposal or credit note's step, which only pricing officers reach (test_roles)."""
NEED = {"amount_fen": 1_000_000, "term_months": 12}
OFFER = {
    "name": "税易贷",
    "amount_fen": {"least": 1, "most": 300_000_000},
    "term_months": {"least": 3, "most": 24},
    "rate_bps": 450,
    "secured": ["credit"],
}

HOOK = {"url": "https://10.0.0.1/hook", "topics": ["statement.issued"]}


class Objects:
    """One object of every kind, made by a bank; each once."""

    def __init__(self, app: FastAPI, bank: Caller) -> None:
        self.deployment: Deployment = app.state.deployment
        self.bank = bank
        consent = bank.consent(ACME, ["P07", "P31"])["consent_id"]
        asked = {"subject": {"uscc": ACME}, "consent_id": consent, "need": NEED}
        need = bank.post("/v1/needs", asked).json()["need_id"]
        offer = bank.post("/v1/loan-products", OFFER).json()["loan_product_id"]
        self.ids: dict[str, Any] = {
            "consent_id": consent,
            "need_id": need,
            "loan_product_id": offer,
            "match_id": self._match(need, offer),
            "report_id": bank.report(ACME).json()["report_id"],
            "decision_id": self._decision(consent),
            "contract_id": bank.get("/v1/contracts").json()["items"][0]["contract_id"],
            "webhook_id": bank.post("/v1/webhooks", HOOK).json()["webhook_id"],
        }

    def _match(self, need_id: str, offer_id: str) -> str:
        with transaction(self.deployment.rows_of(EVERYONE)) as session:
            offers = session.scalars(select(LoanProduct).where(LoanProduct.id == offer_id)).all()
            keep_matches(session, find_need(session, need_id), offers, now())
        return match_id(need_id, offer_id)

    def _decision(self, consent: str) -> str:
        with transaction(self.deployment.rows_of(EVERYONE)) as session:
            institution = find_consent(session, consent).institution_id
        mine = Bank(institution, "", self.bank.client_id, "", consent)
        decided = draft(mine, "decision", kind="decision", uscc=ACME, received_at=now())
        return asyncio.run(self.deployment.ledger.submit(decided)).call_id


@pytest.fixture(scope="module")
def app(tmp_path_factory: pytest.TempPathFactory) -> FastAPI:
    return create_app(public_home(Path(tmp_path_factory.mktemp("home"))))


@pytest.fixture(scope="module")
def settings(app: FastAPI, http: TestClient) -> Settings:
    settings: Settings = app.state.deployment.settings
    return settings


@pytest.fixture(scope="module")
def http(app: FastAPI) -> Iterator[TestClient]:
    with TestClient(app, raise_server_exceptions=False, follow_redirects=False) as client:
        yield client


@pytest.fixture(scope="module")
def objects(app: FastAPI, http: TestClient, bank: Caller) -> Objects:
    return Objects(app, bank)


def operations(app: FastAPI) -> Iterator[tuple[str, str, Any]]:
    """Method, path and a body, of every operation with a parameter in its path that may name an object."""
    document = app.openapi()
    for path, methods in document["paths"].items():
        for method, operation in methods.items():
            if "{" in path and path not in NO_OBJECTS:
                yield method, path, _example(document, operation)


def _example(document: dict[str, Any], operation: dict[str, Any]) -> Any:
    media = operation.get("requestBody", {}).get("content", {}).get("application/json", {})
    schema = media.get("schema", {})
    schema = next(iter(schema.get("oneOf", [schema])))
    named = document["components"]["schemas"].get(schema.get("$ref", "").rpartition("/")[2], {})
    return next(iter(schema.get("examples") or named.get("examples") or [{}]))


def found_by(caller: Caller, app: FastAPI, ids: dict[str, Any], wanted: Callable[[str], bool] = bool) -> list[str]:
    """The operations through which a caller finds these objects: what answers anything but 404 unknown-object."""
    found = []
    for method, path, body in operations(app):
        if not wanted(method):
            continue
        answer = caller.http.request(method, path.format(**ids), json=body, headers=caller.headers)
        if answer.status_code != 404 or answer.json()["code"] != "unknown-object":
            found.append(f"{method} {path}")
    return found


def test_every_parameter_is_the_id_of_an_object_that_is_made_here(app: FastAPI, objects: Objects) -> None:
    for method, path, _ in operations(app):
        assert path.format(**objects.ids), f"{method} {path}: make its object in Objects, or name it in NO_OBJECTS"


def test_the_other_bank_finds_nothing(app: FastAPI, objects: Objects, other_bank: Caller) -> None:
    assert found_by(other_bank, app, objects.ids) == []


def test_the_owner_finds_all_of_it(app: FastAPI, objects: Objects, bank: Caller) -> None:
    reading = [f"{method} {path}" for method, path, _ in operations(app) if method == "get"]
    assert len(reading) > 6
    assert found_by(bank, app, objects.ids, lambda method: method == "get") == reading


def test_lists_hold_none_of_it(objects: Objects, other_bank: Caller, app: FastAPI) -> None:
    for path, methods in app.openapi()["paths"].items():
        parameters = methods.get("get", {}).get("parameters", ())
        ours = "/v1/audit/" not in path  # signed roots are everybody's, and hold nobody's data
        if ours and "{" not in path and any(parameter["name"] == "cursor" for parameter in parameters):
            answer = other_bank.get(path)
            listed = [] if answer.status_code == 403 else answer.json()["items"]
            found = [item for item in listed if any(item.get(name) == known for name, known in objects.ids.items())]
            assert found == [], path


def test_a_new_route_that_forgets_whose_it_is_is_found(
    app: FastAPI, objects: Objects, other_bank: Caller, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(app.router, "routes", [*app.router.routes])  # others may look at this application
    monkeypatch.setattr(app, "openapi_schema", None)

    @app.get("/v1/leaks/{consent_id}")
    def leak(consent_id: str, _caller: ConsentReader, session: PlatformSession) -> dict[str, str]:
        return {"consent_id": find_consent(session, consent_id).id}

    assert found_by(other_bank, app, objects.ids) == ["get /v1/leaks/{consent_id}"]


def test_only_what_has_no_caller_opens_the_platforms_session() -> None:
    """A route with a token takes `DbSession`; these have none, or show sums that are everybody's to their role."""
    pages = {f"console/{name}.py" for name in ("login", "usage_page", "statements_page")}
    allowed = {"caller.py", "oauth.py", "verify.py"} | pages
    using = {
        str(path.relative_to("api")) for path in Path("api").rglob("*.py") if "PlatformSession" in path.read_text()
    }
    assert using == allowed
