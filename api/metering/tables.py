"""Tables of money and evidence. Every row is final: triggers refuse UPDATE and DELETE, but of counts and balances.

One call writes one `call`, one `usage_line` and one `audit_leaf` (`api.audit.tables`); one with an answer also
an `answer` and an `idempotency` row; one paid from a wallet two `wallet_entry` rows. All of them in one
transaction (design D7), with the counts and balances that follow from them. An answer that is read again writes one
`reading` each time.
"""

from datetime import date, datetime
from typing import Any

from sqlalchemy import JSON, BigInteger, CheckConstraint, ForeignKey, Index, Integer, text
from sqlalchemy.orm import Mapped, mapped_column

from api.metering.columns import DetachedJws, Hexadecimal
from api.metering.latency import BINS
from api.tables import LedgerTable, Owned


class Call(Owned, LedgerTable):
    """One request that reached a product: who asked about whom, why, under which authority, with which outcome."""

    __tablename__ = "call"
    __table_args__ = (Index("ix_call_institution_id_uscc_committed_at", "institution_id", "uscc", "committed_at"),)
    id: Mapped[str] = mapped_column(primary_key=True)
    institution_id: Mapped[int] = mapped_column(ForeignKey("institution.id"))
    client_id: Mapped[str] = mapped_column(ForeignKey("client.id"))
    idempotency_key: Mapped[str | None]
    request_sha256: Mapped[str] = mapped_column(Hexadecimal)
    kind: Mapped[str]  # report | decision | match
    product_code: Mapped[str]
    product_version: Mapped[int]
    uscc: Mapped[str | None]
    purpose: Mapped[str]
    consent_id: Mapped[str | None]
    client_serial: Mapped[str | None]
    outcome: Mapped[str]  # found partial not_found stale | refused source_down
    problem_code: Mapped[str | None]
    contract_version_id: Mapped[int | None] = mapped_column(ForeignKey("contract_version.id"))
    snapshot: Mapped[int | None] = mapped_column(BigInteger)
    model_name: Mapped[str | None]
    model_version: Mapped[str | None]
    data_as_of: Mapped[date | None]  # the day on which the newest record behind the answer became known
    test: Mapped[bool]
    definition_hash: Mapped[str | None] = mapped_column(Hexadecimal)  # of the features its product may read
    received_at: Mapped[datetime]
    committed_at: Mapped[datetime]


class StoredAnswer(LedgerTable):
    """The bytes of one answer as they were sent, sealed: `api.vault` says how."""

    __tablename__ = "answer"
    call_id: Mapped[str] = mapped_column(ForeignKey("call.id"), primary_key=True)
    status: Mapped[int]
    sealed: Mapped[bytes]
    jws: Mapped[str] = mapped_column(DetachedJws)  # over the bytes that were sent
    signature_alg: Mapped[str]


class Reading(Owned, LedgerTable):
    """Somebody read a stored answer again, or its proof: the row is the reader's, and written before the answer left.

    Of the query log beside `call`, and in no chain: the walk of the audit does not cover it.
    """

    __tablename__ = "reading"
    id: Mapped[str] = mapped_column(primary_key=True)
    line_id: Mapped[str] = mapped_column(ForeignKey("usage_line.id"), index=True)  # the call's; of a proof any line's
    institution_id: Mapped[int] = mapped_column(ForeignKey("institution.id"))  # the reader's
    client_id: Mapped[str] = mapped_column(ForeignKey("client.id"))
    part: Mapped[str]  # answer | page | proof
    read_at: Mapped[datetime]


class BoundKey(Owned, LedgerTable):
    """An idempotency key with the one call that answered it. It belongs to the institution and outlives disputes."""

    __tablename__ = "idempotency"
    __table_args__ = ({"sqlite_with_rowid": False},)
    institution_id: Mapped[int] = mapped_column(ForeignKey("institution.id"), primary_key=True)
    key: Mapped[str] = mapped_column(primary_key=True)
    request_sha256: Mapped[str] = mapped_column(Hexadecimal)
    call_id: Mapped[str] = mapped_column(ForeignKey("call.id"), unique=True)


class UsageLine(Owned, LedgerTable):
    """What one call counts and costs. A correction is a new line that reverses an old one.

    What a latency leaves out, the writing of the group and its commit, is `bureau_ledger_commit_seconds` in /metrics.

    A charge has the id of its call; a reversal has an id of its own, calls = -1 and the amount negated, so
    that sums stay counts and charges. A credit (`api.sla`) is of no call: it has its credit note's id, and calls 0.
    """

    __tablename__ = "usage_line"
    __table_args__ = (
        Index("ix_usage_line_institution_id_committed_at", "institution_id", "committed_at"),
        Index(
            "ix_usage_line_reverses",
            "reverses",
            unique=True,
            sqlite_where=text("reverses IS NOT NULL"),
            postgresql_where=text("reverses IS NOT NULL"),
        ),
    )
    id: Mapped[str] = mapped_column(primary_key=True)
    call_id: Mapped[str | None] = mapped_column(ForeignKey("call.id"))
    kind: Mapped[str]  # charge | reversal | credit
    reverses: Mapped[str | None] = mapped_column(ForeignKey("usage_line.id"))
    reason: Mapped[str | None]  # why it was reversed
    institution_id: Mapped[int] = mapped_column(ForeignKey("institution.id"))
    product_code: Mapped[str]
    product_version: Mapped[int]
    purpose: Mapped[str]
    outcome: Mapped[str]
    contract_version_id: Mapped[int | None] = mapped_column(ForeignKey("contract_version.id"))
    rule: Mapped[int]  # the number of the price rule in its contract version; NO_RULE where nothing is charged
    basis: Mapped[str]  # one of api.metering.charging.BASES
    model_name: Mapped[str | None]
    model_version: Mapped[str | None]
    test: Mapped[bool]
    calls: Mapped[int]
    units: Mapped[int]  # 1 where the call counts in its price rule's month
    amount_fen: Mapped[int] = mapped_column(BigInteger)
    latency_us: Mapped[int] = mapped_column(BigInteger)  # from receipt until its group begins to be written
    data_age_days: Mapped[int | None]  # from the call's data_as_of to the day it was read as of; None without a record
    committed_at: Mapped[datetime] = mapped_column(index=True)


class UsageMonth(Owned, LedgerTable):
    """How far a price rule, a quota and a cap are used up: what the next charge depends on.

    Follows from the usage lines; `api.metering.recount` checks it against them. Versions that say the same one after
    the other use up the same: the units of a rule are kept under the version in which it began, and its number there.
    """

    __tablename__ = "usage_month"
    institution_id: Mapped[int] = mapped_column(ForeignKey("institution.id"), primary_key=True)
    month: Mapped[date] = mapped_column(primary_key=True)  # its first day, in Shanghai
    test: Mapped[bool] = mapped_column(primary_key=True)
    contract_version_id: Mapped[int] = mapped_column(primary_key=True)
    product_code: Mapped[str] = mapped_column(primary_key=True)
    rule: Mapped[int] = mapped_column(primary_key=True)
    calls: Mapped[int]
    units: Mapped[int]
    charged_fen: Mapped[int] = mapped_column(BigInteger)


class UsageHour(Owned, LedgerTable):
    """What product managers look at: counts, charges and latencies of an hour. Follows from the usage lines.

    A reversal takes its call and charge away in the hour it is written. The columns `BINS` (`api.metering.latency`)
    count the answered calls by their latency; those of reversed calls stay, as they took as long.
    """

    __tablename__ = "usage_hour"
    institution_id: Mapped[int] = mapped_column(ForeignKey("institution.id"), primary_key=True)
    hour: Mapped[datetime] = mapped_column(primary_key=True, index=True)  # its first instant
    test: Mapped[bool] = mapped_column(primary_key=True)
    product_code: Mapped[str] = mapped_column(primary_key=True)
    product_version: Mapped[int] = mapped_column(primary_key=True)
    purpose: Mapped[str] = mapped_column(primary_key=True)
    outcome: Mapped[str] = mapped_column(primary_key=True)
    basis: Mapped[str] = mapped_column(primary_key=True)
    calls: Mapped[int]
    units: Mapped[int]
    charged_fen: Mapped[int] = mapped_column(BigInteger)


for _bin in BINS:
    setattr(UsageHour, _bin, mapped_column(Integer, nullable=False))


class FailedMinute(Owned, LedgerTable):
    """Requests of one minute that failed on our side and left no row; `api.metering.failures` says which.

    What several groups took along of one minute are several rows, counted from 0.
    """

    __tablename__ = "failed_minute"
    institution_id: Mapped[int] = mapped_column(ForeignKey("institution.id"), primary_key=True)
    minute: Mapped[datetime] = mapped_column(primary_key=True)  # its first instant
    test: Mapped[bool] = mapped_column(primary_key=True)
    product_code: Mapped[str] = mapped_column(primary_key=True)
    problem_code: Mapped[str] = mapped_column(primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True)
    requests: Mapped[int]


class Wallet(Owned, LedgerTable):
    """What an institution has paid in advance and not used: the sum of its entries on the account `prepaid`."""

    __tablename__ = "wallet"
    __table_args__ = (CheckConstraint("balance_fen >= 0", name="never_below_zero"),)
    institution_id: Mapped[int] = mapped_column(ForeignKey("institution.id"), primary_key=True)
    balance_fen: Mapped[int] = mapped_column(BigInteger)


class WalletEntry(Owned, LedgerTable):
    """One side of a posting. The entries of a posting add up to zero.

    posting: a usage line's id, or of a payment, or of one taken back, the institution, how often the payment of its
    transfer was taken back before, and the transfer's reference.
    """

    __tablename__ = "wallet_entry"
    posting: Mapped[str] = mapped_column(primary_key=True)
    account: Mapped[str] = mapped_column(primary_key=True)  # received | prepaid | revenue
    institution_id: Mapped[int] = mapped_column(ForeignKey("institution.id"), index=True)
    amount_fen: Mapped[int] = mapped_column(BigInteger)
    reason: Mapped[str | None]  # why a payment was taken back, and by whom
    posted_at: Mapped[datetime]


class Event(Owned, LedgerTable):
    """Something an institution or the platform is told of: the outbox, written with what it tells of."""

    __tablename__ = "event"
    id: Mapped[str] = mapped_column(primary_key=True)
    institution_id: Mapped[int] = mapped_column(ForeignKey("institution.id"), index=True)
    topic: Mapped[str]
    payload: Mapped[dict[str, Any]] = mapped_column(JSON)
    test: Mapped[bool]
    occurred_at: Mapped[datetime]
