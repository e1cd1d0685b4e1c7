"""The ledger database's one list of tables: every module of tables in `api` declares onto this.

A table whose rows belong to somebody says so by inheriting `Owned` or its kin; `api.tenancy` keeps its rows apart,
and its migration calls `api.migrations.isolation.isolate`. `tests/api/test_tenancy.py` asks every table.
"""

from datetime import datetime
from typing import ClassVar

from sqlalchemy import JSON
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

from bureau.db import Instant


class LedgerTable(DeclarativeBase):
    """A table of the ledger. `datetime` is an instant (UTC microseconds), `list[str]` a JSON array."""

    type_annotation_map: ClassVar = {datetime: Instant, list[str]: JSON}


class Owned:
    """Rows of one institution, which nobody else sees."""

    institution_id: Mapped[int] = mapped_column()


class OwnedByTwo:
    """Rows that two institutions share."""

    institution_id: Mapped[int] = mapped_column()
    other_institution_id: Mapped[int] = mapped_column()


class Concerning:
    """Rows that one institution wrote about an enterprise; both see them."""

    institution_id: Mapped[int] = mapped_column()
    uscc: Mapped[str] = mapped_column()
