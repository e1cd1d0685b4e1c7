"""Table of what jobs have done."""

from datetime import datetime

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from api.tables import LedgerTable, Owned


class JobEffect(Owned, LedgerTable):
    """Something a job did for an institution, written with it: a job that runs again does it no second time."""

    __tablename__ = "job_effect"
    job: Mapped[str] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(primary_key=True)
    institution_id: Mapped[int] = mapped_column(ForeignKey("institution.id"), primary_key=True)
    done_at: Mapped[datetime]
