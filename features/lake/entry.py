"""One act of writing: the transaction it happens in, the feed it writes, the snapshot it makes."""

from dataclasses import dataclass
from datetime import datetime

import polars as pl
from sqlalchemy import Connection, func, insert, select

from features.contracts.contract import Contract
from features.lake.lake import Lake
from features.lake.tables import Snapshot


@dataclass(frozen=True)
class Entry:
    """Rows of one feed on their way into one snapshot. One entry writes one delta file at most.

    portion: which of a delivery's portions it is.
    """

    lake: Lake
    connection: Connection
    contract: Contract
    snapshot: int
    portion: int = 0

    @property
    def stem(self) -> str:
        """What the names of its files begin with."""
        return f"s{self.snapshot:06d}" + (f".p{self.portion:04d}" if self.portion else "")

    @property
    def first_row(self) -> int:
        """The number of its first row. No two rows of a feed have one number."""
        return self.snapshot * 2**32 + self.portion * 2**20


def stored_in(row_no: pl.Expr) -> pl.Expr:
    """The snapshot that stored a row, from its number."""
    return row_no // 2**32


def make_snapshot(connection: Connection, act: str, at: datetime, feed: str | None = None) -> int:
    """Begin the next snapshot; others see it when the transaction commits. Numbers have no gaps."""
    number = (connection.scalar(select(func.max(Snapshot.id))) or 0) + 1
    connection.execute(insert(Snapshot).values(id=number, act=act, made_at=at, feed=feed))
    return number
