"""What a route hands to the ledger, and what it gets back."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from api.metering.answer_text import AnswerText

ANSWERED = frozenset({"found", "partial", "not_found", "stale"})
"""Outcomes that answer with 201 and bind the idempotency key."""

CREATED = 201
"""The status of every answer, also of one that found nothing."""

UNANSWERED = frozenset({"refused", "source_down"})
"""Outcomes that leave a call and a line of 0 fen, and nothing else."""


@dataclass(frozen=True)
class Draft:
    """One call, with everything that is known before its commit.

    call_id: from `api.identifiers.new_identifier`; a report's id is its call's.
    idempotency_key: None only where no key was sent, which only an unanswered call may do.
    request_sha256: hexadecimal, over the RFC 8785 form of path and body; tells a retry from a reused key.
    body: the answer without `charge` and `evidence`; keys of these names are places to fill. {} if unanswered. Or the
    same as it was written already.
    contract_version_id: the version the route checked. The version in force at the commit is what charges.
    problem_code: of the error that made the call unanswered.
    data_as_of: the day on which the newest record behind the answer became known, as the answer shows it.
    data_age_days: from then to the day it was read as of.
    test: asked in test mode: counted apart, never on a statement, never paid from a wallet.
    definition_hash: of the features its product may read, as they were defined when it answered.
    """

    call_id: str
    institution_id: int
    client_id: str
    idempotency_key: str | None
    request_sha256: str
    kind: str
    product_code: str
    product_version: int
    uscc: str | None
    purpose: str
    consent_id: str | None
    client_serial: str | None
    outcome: str
    body: dict[str, Any] | AnswerText
    contract_version_id: int | None
    consent_required: bool
    snapshot: int | None
    model_name: str | None
    model_version: str | None
    received_at: datetime
    problem_code: str | None = None
    data_as_of: date | None = None
    data_age_days: int | None = None
    test: bool = False
    definition_hash: str | None = None


@dataclass(frozen=True)
class Receipt:
    """A stored answer: its exact bytes and the detached signature over them."""

    call_id: str
    status: int
    body: bytes
    jws: str
    replayed: bool = False
