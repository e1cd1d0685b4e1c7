"""The table of what became of decisions."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from api.access.tables import Client, Institution
from api.metering.tables import Call
from api.tables import LedgerTable, Owned


class DecisionOutcome(Owned, LedgerTable):
    """One thing a bank told us about a decision it got. Append-only."""

    __tablename__ = "decision_outcome"
    id: Mapped[str] = mapped_column(primary_key=True)
    decision_id: Mapped[str] = mapped_column(ForeignKey(Call.id), index=True)
    institution_id: Mapped[int] = mapped_column(ForeignKey(Institution.id))
    kind: Mapped[str]  # action | performance
    content: Mapped[dict[str, Any]] = mapped_column(JSON)
    recorded_by: Mapped[str] = mapped_column(ForeignKey(Client.id))
    recorded_at: Mapped[datetime]
