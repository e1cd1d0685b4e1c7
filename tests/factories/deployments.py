"""Small homes to serve: real records landed in a real lake, and institutions that may call."""

import json
from dataclasses import dataclass, field
from datetime import UTC, datetime
from itertools import count
from pathlib import Path
from typing import Any, cast
from uuid import uuid4

import httpx
from fastapi import FastAPI
from pydantic import SecretStr
from starlette.testclient import TestClient

from api.access.institutions import create_client
from api.access.roles import ROLES
from api.contracts.agreeing import ListPrice
from api.database import open_ledger_database
from api.deployment import Deployment
from bureau.db import transaction
from bureau.settings import Settings
from features.contracts.contract import Contract
from features.contracts.court_case import COURT_CASE
from features.contracts.dishonest_debtor import DISHONEST_DEBTOR
from features.contracts.enforcement import ENFORCEMENT
from features.contracts.penalty import PENALTY
from features.contracts.registration import REGISTRATION
from features.contracts.registration_change import REGISTRATION_CHANGE
from features.contracts.tax_arrears import TAX_ARREARS
from features.contracts.tax_declaration import TAX_DECLARATION
from features.contracts.tax_grade import TAX_GRADE
from features.lake.lake import open_lake
from features.sources.source import claim_source
from products.product import on_sale
from tests.factories.courts import court_case, dishonest_debtor, enforcement
from tests.factories.desks import TODAY, city_desk, city_rows, release_tiny_model
from tests.factories.lakes import ACME, BETA, GAMMA, Row, land_rows
from tests.factories.once import copy_made_once
from tests.factories.penalties import penalty
from tests.factories.postgres import served_database
from tests.factories.registrations import registration, registration_change

_OFFICERS = count(1)


def public_home(folder: Path, database_url: str | None = None) -> Settings:
    """A home with every public feed: nothing against ACME, one fine of BETA, the rest about GAMMA."""
    database_url = database_url or served_database()
    settings = _settings(folder, database_url)
    if database_url is None:
        copy_made_once("public home", lambda made: _fill_public(_settings(made)), folder)
    else:
        _fill_public(settings)
    return settings


def _fill_public(settings: Settings) -> None:
    lake = open_lake(settings.home, settings.catalogue_url)
    firms = {ACME: "阿克美贸易有限公司", BETA: "贝塔制造有限公司", GAMMA: "伽马物流有限公司"}
    landed: list[tuple[Contract, list[Row]]] = [
        (REGISTRATION, [registration(code, name) for code, name in firms.items()]),
        (REGISTRATION_CHANGE, [registration_change(GAMMA)]),
        (COURT_CASE, [court_case(GAMMA)]),
        (ENFORCEMENT, [enforcement(GAMMA)]),
        (DISHONEST_DEBTOR, [dishonest_debtor(GAMMA)]),
        (PENALTY, [penalty(BETA)]),
    ]
    for contract, rows in landed:
        land_rows(lake, contract, rows, "2025-06-25")
    claim_source(settings.home, "city", TODAY)
    lake.catalogue.dispose()
    open_ledger_database(settings.ledger_url).dispose()


def tax_home(folder: Path, database_url: str | None = None) -> Settings:
    """A home of names and taxes, with a released model of tax behaviour: an answer costs milliseconds."""
    settings = _settings(folder, database_url or served_database())
    lake = open_lake(settings.home, settings.catalogue_url)
    for contract, rows in city_rows():
        if contract in (REGISTRATION, TAX_DECLARATION, TAX_ARREARS, TAX_GRADE):
            land_rows(lake, contract, rows, "2025-06-25")
    claim_source(settings.home, "city", TODAY)
    release_tiny_model(settings.home, lake, "tax_behaviour")
    return settings


def scored_home(folder: Path, database_url: str | None = None) -> Settings:
    """A home of the small made-up city of `tests.factories.desks`, with a released model."""
    database_url = database_url or served_database()
    return _settings(city_desk(folder, database_url).home, database_url)


def _settings(home: Path, database_url: str | None = None) -> Settings:
    secret = SecretStr("a secret of the tests")
    return Settings(home=home, database_url=database_url, today=TODAY, secret_key=secret, _env_file=None)


def deployment_of(http: httpx.Client) -> Deployment:
    """What the application behind a client of the tests runs on."""
    assert isinstance(http, TestClient)
    found: Deployment = cast(FastAPI, http.app).state.deployment
    return found


def own_terms(uscc: str, institution: str = "农商银行") -> dict[str, Any]:
    """What an enterprise signs itself: a bank may read P07 before a loan."""
    return {
        "subject": {"uscc": uscc},
        "products": ["P07"],
        "purposes": ["pre_loan"],
        "valid_from": "2020-01-01",
        "valid_to": "2099-12-31",
        "granted_by": "enterprise",
        "institution": institution,
    }


@dataclass
class Caller:
    """One client of an institution as its own system: a token, and keys that are never used twice."""

    http: httpx.Client
    client_id: str
    client_secret: str
    headers: dict[str, str] = field(default_factory=dict)

    def sign_in(self) -> "Caller":
        answer = self.http.post(
            "/oauth/token",
            data={
                "grant_type": "client_credentials",
                "client_id": self.client_id,
                "client_secret": self.client_secret,
            },
        )
        self.headers = {"Authorization": f"Bearer {answer.json()['access_token']}"}
        return self

    def expired(self) -> dict[str, str]:
        """The headers of its token as they read when its ten minutes are over."""
        tokens = deployment_of(self.http).tokens
        claims = tokens.verified(self.headers["Authorization"].removeprefix("Bearer ")).claims
        return {"Authorization": f"Bearer {tokens.sign(claims | {'exp': claims['iat']})}"}

    def get(self, path: str, **options: Any) -> httpx.Response:
        return self.http.get(path, headers=self.headers | options.pop("headers", {}), **options)

    def delete(self, path: str) -> httpx.Response:
        return self.http.delete(path, headers=self.headers)

    def post(
        self, path: str, body: Any, *, key: str | None = None, headers: dict[str, str] | None = None
    ) -> httpx.Response:
        """One call. key: "" sends none."""
        keyed = {} if key == "" else {"Idempotency-Key": key or uuid4().hex}
        return self.http.post(path, json=body, headers=self.headers | keyed | (headers or {}))

    def report(self, uscc: str, product: str = "P01", *, key: str | None = None, **more: Any) -> httpx.Response:
        body = {"subject": {"uscc": uscc}, "purpose": "pre_loan"} | more
        return self.post(f"/v1/products/{product}/reports", body, key=key)

    def consent(self, uscc: str, products: list[str], **changes: Any) -> dict[str, Any]:
        body = {
            "subject": {"uscc": uscc},
            "products": products,
            "purposes": ["pre_loan"],
            "valid_from": "2020-01-01",
            "valid_to": "2099-12-31",
            "granted_by": "asserted",
            "document_sha256": "0" * 64,
        }
        answer = self.post("/v1/consents", body | changes)
        assert answer.status_code == 201, answer.text
        return dict(answer.json())


def enrol(
    settings: Settings,
    http: httpx.Client,
    name: str,
    role: str = "bank",
    products: tuple[str, ...] | None = None,
    uscc: str | None = None,
    *,
    test: bool = False,
    person: str | None = None,
    since: datetime | None = None,
) -> Caller:
    """A signed-in client of an institution; products: codes at list price, every one on sale without. person: of a
    client that agrees to prices another each time. since: when its contract began, now without."""
    if person is None and "prices" in ROLES[role].scopes:
        person = f"定价员{next(_OFFICERS)}"
    lines = [
        ListPrice(line.code, line.list_price.amount_fen, line.list_price.per)
        for line in on_sale(TODAY)
        if products is None or line.code in products
    ]
    engine = open_ledger_database(settings.ledger_url)
    with transaction(engine) as session:
        contracted = lines if ROLES[role].calls else []
        at = since or datetime.now(UTC)
        made = create_client(session, name, role, contracted, at, uscc=uscc, test=test, person=person)
    engine.dispose()
    return Caller(http, made.client_id, made.client_secret).sign_in()


def body_of(response: httpx.Response) -> dict[str, Any]:
    """The JSON of an answer, as sent."""
    return dict(json.loads(response.content))
