"""Every problem there is, with the request that a caller meets it by: none is only a line in a table."""

import re
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from httpx import Client, Response
from sqlalchemy import select, text, update

from api.access.asserting import record_abuse
from api.access.guessing import WRONG_CODES
from api.deployment import Deployment
from api.errors import STATUS, Problem
from api.metering.tables import StoredAnswer
from api.pages.documentation import known_problems
from api.tenancy import EVERYONE
from bureau.clock import now
from bureau.db import transaction
from bureau.settings import Settings
from products.samples.declared import declared
from tests.factories.deployments import Caller, deployment_of, enrol, own_terms
from tests.factories.desks import TODAY
from tests.factories.lakes import ACME, BETA

ROOT = Path(__file__).parents[2]
FAMILIES = {"error", "not-permitted", "not-found", "conflict"}
"""Codes of the parents, by which their children's statuses are found. Nothing raises them."""
BY_COMMAND = {
    "UnreadableFile": "tests/features/lake/test_cli.py",
    "WrongFeed": "tests/features/lake/test_delivery.py",
    "SchemaDrift": "tests/features/lake/test_stops.py",
    "FeedStopped": "tests/features/lake/test_stops.py",
    "SourceConflict": "tests/features/sources/test_source.py",
    "TooFewLabels": "tests/models/test_loan_training.py",
    "SuspectColumns": "tests/models/invoice_default/test_train.py",
    "ReleaseRefused": "tests/models/test_releasing.py",
    "SignatureRefused": "tests/models/test_releasing.py",
    "RetentionNotOver": "tests/api/test_retention.py",
    "UnknownSubject": "tests/features/lake/test_registry.py",
    "FieldNotGranted": "tests/api/access/test_consents.py",
}
"""Errors that no request leads to, only a command or a fault of ours: where a test raises each."""
BY_MACHINE = {"FontMissing": "tests/api/prints/test_fonts.py"}
"""What depends on what is installed."""


class Scene:
    """Two banks, officers, an enterprise and a bank in test mode, each made when it is first needed."""

    def __init__(self, settings: Settings, http: Client) -> None:
        self.settings, self.http = settings, http
        self._known: dict[str, Caller] = {}

    def caller(self, name: str, role: str = "bank", **more: Any) -> Caller:
        place = f"{name} {role} {more}"
        if place not in self._known:
            self._known[place] = enrol(self.settings, self.http, name, role, **more)
        return self._known[place]

    @property
    def bank(self) -> Caller:
        return self.caller("农商银行")

    @property
    def deployment(self) -> Deployment:
        opened: Deployment = deployment_of(self.http)
        return opened

    def sample(self, code: str) -> Response:
        """The problem a sample enterprise stands for, in test mode."""
        tester = self.caller("农商银行", test=True)
        uscc = next(sample.uscc for sample in declared().samples if sample.problem == code)
        return tester.report(uscc, "P07", consent_id=tester.consent(uscc, ["P07"])["consent_id"])

    def agreed(self, name: str, **terms: Any) -> Caller:
        """A bank with terms that two officers agreed to."""
        bank, first, second = (
            self.caller(name),
            self.caller("平台", "pricing_officer"),
            self.caller("平台", "pricing_officer", products=()),
        )
        rules = [{"product": "P01", "per": "hit", "price": {"model": "flat", "unit_fen": 300}}]
        body = {"institution": name, "terms": {"rules": rules} | terms}
        proposal = first.post("/v1/contract-proposals", body).json()["proposal_id"]
        assert second.post(f"/v1/contract-proposals/{proposal}/approval", {}).status_code == 201
        return bank

    def consented(self, **changes: Any) -> Response:
        """A report by a consent of ACME to P07 for pre_loan, with changes."""
        consent = self.bank.consent(ACME, **({"products": ["P07"]} | changes))["consent_id"]
        return self.bank.report(ACME, "P07", consent_id=consent)


def revoked(scene: Scene) -> Response:
    consent = scene.bank.consent(ACME, ["P07"])["consent_id"]
    scene.bank.delete(f"/v1/consents/{consent}")
    return scene.bank.report(ACME, "P07", consent_id=consent)


def reused(scene: Scene) -> Response:
    scene.bank.report(ACME, key="reused")
    return scene.bank.report(BETA, key="reused")


def above_quota(scene: Scene) -> Response:
    bank = scene.agreed("限额银行", quotas={"P01": 1})
    assert bank.report(BETA).status_code == 201
    return bank.report(BETA)


def own_proposal(scene: Scene) -> Response:
    officer, name = scene.caller("平台", "pricing_officer"), "提议银行"
    scene.caller(name)
    terms = {"rules": [{"product": "P01", "price": {"model": "free"}}]}
    proposal = officer.post("/v1/contract-proposals", {"institution": name, "terms": terms}).json()["proposal_id"]
    return officer.post(f"/v1/contract-proposals/{proposal}/approval", {})


def wrong_code(scene: Scene, name: str = "阿克美") -> Response:
    firm = scene.caller(name, "enterprise", uscc=ACME)
    terms = own_terms(ACME)
    assert scene.bank
    signed = firm.post("/v1/consents/text", terms).json()["document_sha256"]
    return firm.post("/v1/consents", terms | {"document_sha256": signed, "one_time_code": "000000"})


def too_many_codes(scene: Scene) -> Response:
    for _ in range(WRONG_CODES):
        wrong_code(scene, "猜码企业")
    return wrong_code(scene, "猜码企业")


def suspended(scene: Scene) -> Response:
    bank = scene.caller("失信银行")
    consent = bank.consent(ACME, ["P07"])
    with transaction(scene.deployment.rows_of(EVERYONE)) as session:
        record_abuse(session, consent["consent_id"], "没有授权书", now())
    told = {"document_sha256": "0" * 64, "granted_by": "asserted", "products": ["P07"], "purposes": ["pre_loan"]}
    return bank.post(
        "/v1/consents", told | {"subject": {"uscc": ACME}, "valid_from": "2020-01-01", "valid_to": "2099-12-31"}
    )


def damaged_answer(scene: Scene) -> Response:
    """By somebody who has the database: no trigger stands in the way."""
    place = scene.bank.report(BETA).headers["Location"]
    with scene.deployment.rows_of(EVERYONE).begin() as connection:
        if connection.dialect.name == "postgresql":
            connection.execute(text("SET LOCAL session_replication_role = replica"))
        else:
            for (name,) in connection.execute(text("SELECT name FROM sqlite_master WHERE type = 'trigger'")).all():
                connection.execute(text(f"DROP TRIGGER {name}"))
        mine = StoredAnswer.call_id == place.rpartition("/")[2]
        sealed = connection.scalars(select(StoredAnswer.sealed).where(mine)).one()
        connection.execute(update(StoredAnswer).where(mine).values(sealed=sealed[:-1] + bytes([sealed[-1] ^ 1])))
    return scene.bank.get(place)


def overdue(scene: Scene) -> Response:
    """Years after the last delivery there is nothing fresh to answer from."""
    before = scene.deployment.settings
    scene.deployment.settings = before.model_copy(update={"today": TODAY + timedelta(days=2_000)})
    try:
        return scene.http.get("/readyz")
    finally:
        scene.deployment.settings = before


def without_a_model_for_it(scene: Scene) -> Response:
    """A firm that is known, asked for a product that no model serves from this source."""
    consent = scene.bank.consent(ACME, ["P11"])["consent_id"]
    return scene.bank.report(ACME, "P11", consent_id=consent)


REQUESTS: dict[str, Callable[[Scene], Response]] = {
    "invalid-input": lambda scene: scene.bank.report(
        ACME, "P31", consent_id=scene.bank.consent(ACME, ["P31"])["consent_id"]
    ),
    "impossible-uscc": lambda scene: scene.bank.report("91440300MA5FJ4XH10"),
    "impossible-date": lambda scene: scene.bank.get("/v1/statements/2026-13"),
    "unknown-name": lambda scene: scene.bank.get("/v1/usage", params={"by": "colour"}),
    "malformed-request": lambda scene: scene.bank.post("/v1/products/P01/reports", {}),
    "body-too-large": lambda scene: scene.bank.report(ACME, client_serial="x" * 300_000),
    "idempotency-key-missing": lambda scene: scene.bank.post(
        "/v1/products/P01/reports", {"subject": {"uscc": ACME}, "purpose": "pre_loan"}, key=""
    ),
    "idempotency-key-reused": reused,
    "wrong-mode": lambda scene: scene.bank.report(declared().samples[0].uscc),
    "wrong-credentials": lambda scene: scene.http.get(
        "/v1/products", headers={"Authorization": "Bearer made.up.token"}
    ),
    "consent-missing": lambda scene: scene.bank.report(ACME, "P07"),
    "consent-expired": lambda scene: scene.consented(valid_to="2020-01-02"),
    "consent-revoked": revoked,
    "wrong-purpose": lambda scene: scene.consented(purposes=["post_loan"]),
    "product-not-contracted": lambda scene: scene.caller("小额贷款公司", products=("P07",)).report(ACME),
    "quota-used-up": above_quota,
    "wallet-empty": lambda scene: scene.agreed("预付银行", prepaid=True).report(BETA),
    "role-not-permitted": lambda scene: scene.caller("平台", "product_manager").report(ACME),
    "wrong-one-time-code": wrong_code,
    "too-many-requests": too_many_codes,
    "rate-exceeded": lambda scene: scene.sample("rate-exceeded"),
    "assertion-suspended": suspended,
    "unknown-product": lambda scene: scene.bank.report(ACME, "P99"),
    "unknown-object": lambda scene: scene.bank.get("/v1/reports/none"),
    "state-conflict": lambda scene: scene.bank.get(f"/v1/statements/{now():%Y-%m}/csv"),
    "second-person-needed": own_proposal,
    "source-down": lambda scene: scene.sample("source-down"),
    "model-not-released": lambda scene: scene.consented(),
    "product-not-served": without_a_model_for_it,
    "damaged-model": lambda scene: scene.sample("damaged-model"),
    "contributions-disagree": lambda scene: scene.sample("contributions-disagree"),
    "ledger-unavailable": lambda scene: scene.sample("ledger-unavailable"),
    "not-ready": overdue,
    "answer-damaged": damaged_answer,
}
"""By code. The last one takes the guards off the database and so comes last."""


@pytest.fixture(scope="module")
def scene(settings: Settings, http: Client) -> Scene:
    return Scene(settings, http)


def replayed_since(scene: Scene, since: Any) -> Response:
    hook = scene.bank.post("/v1/webhooks", {"url": "https://10.0.0.1/hook", "topics": ["statement.issued"]}).json()
    return scene.bank.post(f"/v1/webhooks/{hook['webhook_id']}/replay", {"since": since})


def proposed(scene: Scene, terms: Any, **more: Any) -> Response:
    assert scene.bank, "whose terms they would be"
    body = {"institution": "农商银行", "terms": terms} | more
    return scene.caller("平台", "pricing_officer").post("/v1/contract-proposals", body)


def compared(scene: Scene, line: dict[str, Any]) -> Response:
    return scene.bank.post("/v1/statements/2026-10/reconciliation", {"lines": [line]})


PACKAGE = {"model": "package", "size": 10**25, "package_fen": 1}
BEYOND_SENSE: dict[str, Callable[[Scene], Response]] = {
    "an instant without a zone": lambda scene: replayed_since(scene, "2026-01-01T00:00:00"),
    "a month before the calendar": lambda scene: scene.bank.get("/v1/statements/0001-01/pdf"),
    "a month after it": lambda scene: scene.bank.get("/v1/statements/9999-12"),
    "a month in wide digits": lambda scene: scene.bank.get("/v1/statements/２０２６-01"),
    "more fen than there are": lambda scene: compared(scene, {"amount_fen": 10**30, "call_id": "x"}),
    "terms from the end of time": lambda scene: proposed(scene, {}, in_force_from="9999-12-31T23:59:59-14:00"),
    "a quota without end": lambda scene: proposed(
        scene, {"rules": [{"product": "P01", "price": {"model": "free"}}], "quotas": {"P01": 10**25}}
    ),
    "a package without end": lambda scene: proposed(scene, {"rules": [{"product": "P01", "price": PACKAGE}]}),
    "an alert without end": lambda scene: proposed(scene, {"alerts_fen": [10**25]}),
}
"""What a schema may let through and no calendar, no ledger and no canonical form holds."""


@pytest.mark.parametrize("what", BEYOND_SENSE)
def test_what_nobody_can_mean_is_told_as_such(scene: Scene, what: str) -> None:
    answer = BEYOND_SENSE[what](scene)
    assert answer.status_code in (400, 422), answer.text
    assert Problem.model_validate(answer.json()).code in ("invalid-input", "impossible-date", "malformed-request")


@pytest.mark.parametrize("code", REQUESTS)
def test_the_problem_is_reached_by_its_request(scene: Scene, code: str) -> None:
    answer = REQUESTS[code](scene)
    problem = Problem.model_validate(answer.json())
    (status,) = {status for kind, status in STATUS.items() if kind.code == code}
    assert (problem.code, problem.status, answer.status_code) == (code, status, status)
    assert problem.type == f"/docs#{code}"
    assert f'id="{code}"' in scene.http.get("/docs").text


def test_every_code_has_its_request_or_the_test_that_raises_it() -> None:
    elsewhere = {kind.code for kind in STATUS if kind.__name__ in BY_COMMAND | BY_MACHINE}
    assert {kind.code for kind in STATUS} == REQUESTS.keys() | elsewhere | FAMILIES
    assert not REQUESTS.keys() & elsewhere


@pytest.mark.parametrize(("name", "place"), (BY_COMMAND | BY_MACHINE).items())
def test_what_no_request_leads_to_is_raised_where_it_is_said(name: str, place: str) -> None:
    assert re.search(rf"raises\(\s*{name}\b", (ROOT / place).read_text("utf-8"))


def test_nothing_raises_a_parent() -> None:
    parents = [kind.__name__ for kind in STATUS if kind.code in FAMILIES]
    raised = re.compile(rf"raise (errors\.)?({'|'.join(parents)})\b")
    for layer in ("bureau", "features", "models", "products", "api"):
        for path in (ROOT / layer).rglob("*.py"):
            assert not raised.search(path.read_text("utf-8")), path


def test_codes_that_no_error_has_are_reached_too(scene: Scene) -> None:
    assert scene.bank.get("/v1/nowhere").json()["code"] == "unknown-route"
    assert scene.bank.delete("/v1/usage").json()["code"] == "method-not-allowed"


def test_every_code_is_explained_in_words_of_its_own(http: Client) -> None:
    assert [kind.__name__ for kind in STATUS if not kind.__dict__.get("__doc__")] == []
    known = known_problems()
    assert len({meaning for _, _, meaning in known}) == len(known)
    page = http.get("/docs").text
    for _, code, _ in known:
        assert f'id="{code}"' in page
    assert {"unknown-route", "method-not-allowed", "internal-error"} <= {code for _, code, _ in known}
