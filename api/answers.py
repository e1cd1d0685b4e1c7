"""The shape around every stored answer, and how its bytes are sent."""

from datetime import date
from typing import Annotated, Any, Literal

from pydantic import BaseModel, Field
from starlette.responses import Response

from api.errors import problems
from api.metering.draft import Receipt
from api.subjects import Subject
from bureau.errors import (
    ConsentExpired,
    ConsentMissing,
    ConsentRevoked,
    ImpossibleUscc,
    KeyMissing,
    KeyReused,
    LedgerUnavailable,
    ModelNotReleased,
    ProductNotContracted,
    QuotaUsedUp,
    RateExceeded,
    WalletEmpty,
    WrongPurpose,
)

Purpose = Literal["pre_loan", "post_loan", "guarantee", "dispute", "supervision", "self"]
Outcome = Literal["found", "partial", "not_found", "stale"]

_TEXT = {"schema": {"type": "string"}}
SIGNED: dict[str, Any] = {
    "X-Bureau-Signature": {
        "description": "Detached JWS over the body's bytes (RFC 7515 appendix F); `kid` names the key.",
        **_TEXT,
    }
}
"""Headers of every stored answer."""
CREATED: dict[str, Any] = SIGNED | {
    "Idempotent-Replayed": {"description": "`true` where the key was answered before.", **_TEXT},
    "Location": {"description": "Where the same bytes can be read again.", **_TEXT},
    "RateLimit-Policy": {"description": "How often you may call: `q` in `w` seconds, `burst` at once.", **_TEXT},
    "RateLimit": {"description": "`r` calls may come at once; the whole burst again in `t` seconds.", **_TEXT},
}
CHARGED = problems(
    ImpossibleUscc,
    KeyMissing,
    KeyReused,
    ConsentMissing,
    ConsentExpired,
    ConsentRevoked,
    WrongPurpose,
    ProductNotContracted,
    QuotaUsedUp,
    WalletEmpty,
    RateExceeded,
    ModelNotReleased,
    LedgerUnavailable,
)
"""How a charged call may fail."""


class ProductUsed(BaseModel):
    """The catalogue line that answered."""

    code: str
    version: int


class ChargeMade(BaseModel):
    """What the answer cost under the contract, in fen; below zero where it reaches a price that lowers earlier ones."""

    billable: bool
    outcome: Outcome
    amount_fen: int
    contract_version: int
    basis: Annotated[
        Literal["unit", "repeat", "same_entity", "free", "not_billable"],
        Field(description="Why: a unit of its price rule; a repeat of a charged call; counted this month; free."),
    ]


class EvidenceOfAnswer(BaseModel):
    """`sha256` is over the RFC 8785 form of the answer without `evidence`; `leaf` is its place in the audit log."""

    sha256: str
    call_id: str
    leaf: int


class Answered(BaseModel):
    """What every stored answer holds around its content."""

    report_id: Annotated[str, Field(description="Read it again with GET /v1/reports/{id}.")]
    product: ProductUsed
    subject: Subject
    as_of: Annotated[date, Field(description="The day whose knowledge it rests on.")]
    outcome: Annotated[Outcome, Field(description="found and partial are hits.")]
    test: Annotated[bool, Field(description="True in test mode, and left out otherwise.")] = False
    charge: ChargeMade
    evidence: EvidenceOfAnswer


class Csv(Response):
    """A table as text, for a spreadsheet; UTF-8."""

    media_type = "text/csv"


def created(receipt: Receipt, location: str, rate: dict[str, str]) -> Response:
    """The stored bytes of a charged call, marked when they were stored before. rate: what `Rates.take` said."""
    return Response(receipt.body, receipt.status, headers_of(receipt, location, rate), media_type="application/json")


def headers_of(receipt: Receipt, location: str, rate: dict[str, str]) -> dict[str, str]:
    """What stands above the bytes of a charged call."""
    headers = signature(receipt) | rate | {"Location": location}
    if receipt.replayed:
        headers["Idempotent-Replayed"] = "true"
    return headers


def read_again(receipt: Receipt, rate: dict[str, str] | None = None) -> Response:
    """The same bytes, for a reading that is never charged."""
    return Response(receipt.body, headers=signature(receipt) | (rate or {}), media_type="application/json")


def signature(receipt: Receipt) -> dict[str, str]:
    """The detached signature over the body's bytes; its key is in /.well-known/jwks.json."""
    return {"X-Bureau-Signature": receipt.jws}
