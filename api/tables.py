"""The ledger database's one list of tables: every module of tables in `api` declares onto this."""

from datetime import datetime
from typing import ClassVar

from sqlalchemy import JSON
from sqlalchemy.orm import DeclarativeBase

from bureau.db import Instant


class LedgerTable(DeclarativeBase):
    """A table of the ledger. `datetime` is an instant (UTC microseconds), `list[str]` a JSON array."""

    type_annotation_map: ClassVar = {datetime: Instant, list[str]: JSON}
