"""Tables of the loan market. Offers and needs are never changed; a match's life is the list of its events."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import JSON, BigInteger, ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from api.access.tables import Client, Consent, Institution
from api.tables import LedgerTable, Owned, OwnedByTwo


class LoanProduct(Owned, LedgerTable):
    """What one institution offers. New terms are a new loan product; the old one is withdrawn."""

    __tablename__ = "loan_product"
    __table_args__ = (Index("ix_loan_product_institution_id_id", "institution_id", "id"),)
    id: Mapped[str] = mapped_column(primary_key=True)
    institution_id: Mapped[int] = mapped_column(ForeignKey(Institution.id))
    terms: Mapped[dict[str, Any]] = mapped_column(JSON)
    created_by: Mapped[str] = mapped_column(ForeignKey(Client.id))
    created_at: Mapped[datetime]
    withdrawn_at: Mapped[datetime | None]


class FinancingNeed(Owned, LedgerTable):
    """Money one enterprise looks for, as an institution wrote it down with the enterprise's authorisation."""

    __tablename__ = "financing_need"
    __table_args__ = (Index("ix_financing_need_institution_id_id", "institution_id", "id"),)
    id: Mapped[str] = mapped_column(primary_key=True)
    institution_id: Mapped[int] = mapped_column(ForeignKey(Institution.id))
    uscc: Mapped[str] = mapped_column(index=True)
    purpose: Mapped[str]
    consent_id: Mapped[str | None] = mapped_column(ForeignKey(Consent.id))  # none where the enterprise asks itself
    terms: Mapped[dict[str, Any]] = mapped_column(JSON)
    created_by: Mapped[str] = mapped_column(ForeignKey(Client.id))
    created_at: Mapped[datetime]


class Match(OwnedByTwo, LedgerTable):
    """One need met one loan product. It belongs to the need's institution and to the loan product's.

    The id follows from the two, so that matching again finds the same match.
    """

    __tablename__ = "match"
    __table_args__ = (UniqueConstraint("need_id", "loan_product_id"),)
    id: Mapped[str] = mapped_column(primary_key=True)
    need_id: Mapped[str] = mapped_column(ForeignKey(FinancingNeed.id))
    loan_product_id: Mapped[str] = mapped_column(ForeignKey(LoanProduct.id), index=True)
    institution_id: Mapped[int] = mapped_column(ForeignKey(Institution.id))  # whose need it is
    other_institution_id: Mapped[int] = mapped_column(ForeignKey(Institution.id))  # whose loan product
    created_at: Mapped[datetime]


class MatchEvent(LedgerTable):
    """One step of a match through the bank's funnel. Append-only."""

    __tablename__ = "match_event"
    match_id: Mapped[str] = mapped_column(ForeignKey(Match.id), primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)  # from 1; two steps cannot both be next
    event: Mapped[str]  # contacted | applied | approved | drawn | rejected
    happened_on: Mapped[date]
    amount_fen: Mapped[int | None] = mapped_column(BigInteger)
    recorded_by: Mapped[str] = mapped_column(ForeignKey(Client.id))
    recorded_at: Mapped[datetime]
