"""Tables of contracts. Every row is final: a change is a new version, which two people agreed to."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from api.tables import LedgerTable, Owned


class ContractProposal(Owned, LedgerTable):
    """Terms one person wrote down; they bind nobody until another approves them."""

    __tablename__ = "contract_proposal"
    id: Mapped[str] = mapped_column(primary_key=True)
    institution_id: Mapped[int] = mapped_column(ForeignKey("institution.id"), index=True)
    terms: Mapped[dict[str, Any]] = mapped_column(JSON)  # api.contracts.terms.Terms
    in_force_from: Mapped[datetime]
    proposed_by: Mapped[str]
    proposed_at: Mapped[datetime]


class ContractVersion(Owned, LedgerTable):
    """What an institution may call and what it costs, from one instant until its next version."""

    __tablename__ = "contract_version"
    __table_args__ = (UniqueConstraint("institution_id", "version"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    institution_id: Mapped[int] = mapped_column(ForeignKey("institution.id"))
    version: Mapped[int]
    terms: Mapped[dict[str, Any]] = mapped_column(JSON)
    in_force_from: Mapped[datetime]
    proposal_id: Mapped[str | None] = mapped_column(ForeignKey("contract_proposal.id"), unique=True)
    agreed_by: Mapped[str]  # who approved, or LIST_PRICES: terms that nobody negotiated need no second person
    agreed_at: Mapped[datetime]
