"""Tables of credit notes. Every row is final: what becomes of a note is a row of its own."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import JSON, BigInteger, ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from api.tables import LedgerTable, Owned


class CreditNote(Owned, LedgerTable):
    """What a product's missed promises of a month are worth; proposed by the meter, once a product and month.

    A confirmed and approved one has a usage line of its id, kind `credit`, with the amount negated.
    """

    __tablename__ = "credit_note"
    __table_args__ = (UniqueConstraint("institution_id", "month", "product_code"),)
    id: Mapped[str] = mapped_column(primary_key=True)
    institution_id: Mapped[int] = mapped_column(ForeignKey("institution.id"))
    month: Mapped[date]  # its first day, in Shanghai
    product_code: Mapped[str]
    contract_version_id: Mapped[int] = mapped_column(ForeignKey("contract_version.id"))
    verdicts: Mapped[list[dict[str, Any]]] = mapped_column(JSON)  # api.sla.measuring.Verdict, the missed ones
    charged_fen: Mapped[int] = mapped_column(BigInteger)  # what the product's calls of the month cost
    percent: Mapped[int]  # of it that is credited: the sum over the missed promises, 100 at most
    amount_fen: Mapped[int] = mapped_column(BigInteger)
    proposed_at: Mapped[datetime]


class CreditStep(Owned, LedgerTable):
    """What somebody did with a credit note: confirmed and approved by two people, or declined by one."""

    __tablename__ = "credit_step"
    note_id: Mapped[str] = mapped_column(ForeignKey("credit_note.id"), primary_key=True)
    step: Mapped[str] = mapped_column(primary_key=True)  # confirmed | approved | declined
    institution_id: Mapped[int] = mapped_column(ForeignKey("institution.id"))
    by: Mapped[str]
    reason: Mapped[str | None]  # why it was declined
    at: Mapped[datetime]
