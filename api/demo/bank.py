"""A bank's side of the demonstration: nothing but HTTP calls, as its own system would make them."""

import hashlib
from dataclasses import dataclass, field
from typing import Any
from uuid import uuid4

import httpx

from bureau.errors import SourceDown

JSON = dict[str, Any]
PURPOSE = "pre_loan"
APPLICATION = {"amount_fen": 30_000_000, "term_months": 12, "use": "working_capital", "secured": "credit"}


@dataclass
class Bank:
    """One institution with a token; `billed` counts its metered calls and what their answers say they cost."""

    client: httpx.Client
    calls: int = 0
    charged_fen: int = 0
    serial: str = field(default_factory=lambda: uuid4().hex[:12])

    def post(self, path: str, body: JSON) -> JSON:
        return _answer(self.client.post(path, json=body))

    def get(self, path: str, **query: str) -> JSON:
        return _answer(self.client.get(path, params=query))

    def metered(self, path: str, body: JSON) -> JSON:
        """A billable call under a key of its own, and once more as a retry, which must cost nothing."""
        self.calls += 1
        body = body | {"client_serial": f"{self.serial}-{self.calls}"}
        key = {"Idempotency-Key": f"demo-{self.serial}-{self.calls}"}
        first = self.client.post(path, json=body, headers=key)
        again = self.client.post(path, json=body, headers=key)
        answer = _answer(first)
        if again.content != first.content or again.headers.get("Idempotent-Replayed") != "true":
            raise SourceDown(f"A retry of POST {path} did not return the first answer's bytes.")
        self.charged_fen += answer["charge"]["amount_fen"]
        return answer

    def consent(self, uscc: str, products: list[str], valid_from: str, valid_to: str) -> str:
        """Register an enterprise's signed authorisation; the id to call with."""
        body = {
            "subject": {"uscc": uscc},
            "products": products,
            "purposes": [PURPOSE],
            "valid_from": valid_from,
            "valid_to": valid_to,
            "granted_by": "asserted",
            "document_sha256": hashlib.sha256(f"demonstration {uscc}".encode()).hexdigest(),
        }
        return str(self.post("/v1/consents", body)["consent_id"])

    def report(self, product: str, uscc: str, consent_id: str | None) -> JSON:
        body: JSON = {"subject": {"uscc": uscc}, "purpose": PURPOSE, "inputs": {}}
        return self.metered(
            f"/v1/products/{product}/reports", body | ({"consent_id": consent_id} if consent_id else {})
        )

    def matches(self, uscc: str, consent_id: str) -> list[JSON]:
        """Write a need down and read its matches twice: the second reading must cost nothing."""
        body = {"subject": {"uscc": uscc}, "purpose": PURPOSE, "consent_id": consent_id, "need": APPLICATION}
        path = f"/v1/needs/{self.post('/v1/needs', body)['need_id']}/matches"
        self.calls += 1
        answer, again = self.get(path), self.get(path)
        if again != answer:
            raise SourceDown(f"Reading {path} again did not return the first answer.")
        self.charged_fen += answer["charge"]["amount_fen"]
        return list(answer["result"]["matches"])

    def decision(self, uscc: str, consent_id: str) -> JSON:
        subject = {"subject": {"uscc": uscc}, "purpose": PURPOSE, "consent_id": consent_id}
        return self.metered("/v1/decisions", subject | {"application": APPLICATION, "policy": "default"})


def sign_in(base: str, client_id: str, client_secret: str) -> Bank:
    """A bank with a fresh token."""
    client = httpx.Client(base_url=base, timeout=60, trust_env=False)
    token = _answer(
        client.post("/oauth/token", data={"grant_type": "client_credentials"}, auth=(client_id, client_secret))
    )
    client.headers["Authorization"] = f"Bearer {token['access_token']}"
    return Bank(client)


def _answer(response: httpx.Response) -> JSON:
    if response.is_success:
        return dict(response.json())
    raise SourceDown(
        f"{response.request.method} {response.request.url.path} answered {response.status_code}: {response.text}"
    )
