"""What becomes of records whose time is over: they leave the lake, and live on for training as nobody's."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import polars as pl
from sqlalchemy import Connection

from features.contracts.contract import Contract
from features.contracts.feeds import FEEDS
from features.engine.day_sql import OneDay
from features.engine.duckdb_rows import row_sql
from features.engine.rows import Condition, legal_days
from features.lake.anonymity import Anonymity, de_identify
from features.lake.archive import deposit
from features.lake.erasure import Erased, Erasure, erase
from features.lake.lake import Lake
from features.lake.layout import rows_sql
from features.lake.marks import refuse_marked
from features.lake.reading import READ_COLUMNS, closing_join, visible_sql
from features.lake.stored import numbers_of_ids
from features.law.usability import in_term, open_to_use
from features.store.connections import build_connection

_FOUND: dict[str, pl.DataType] = {"enterprise_id": pl.Int32(), "record_no": pl.Int64(), "open_to_use": pl.Boolean()}
"""What `expired` tells of a record beside the columns of its contract."""
_NOBODY = pl.Series("record_no", dtype=pl.Int64)


@dataclass(frozen=True)
class Archived:
    """erased: what left the lake. rows: what lives on, of so many that could have."""

    erased: Erased
    rows: int
    offered: int


@dataclass(frozen=True)
class Offer:
    """What would become of records whose term is over: so many erased, and rows of them archived as `report` says."""

    records: int
    offered: int
    report: Anonymity


def has_term(contract: Contract) -> bool:
    """Whether the law or the contract ever ends the time of a feed's records."""
    return in_term(contract) is not None and not contract.derived_from


def expired(lake: Lake, contract: Contract, used_on: date) -> pl.DataFrame:
    """The newest versions of records whose term is over on a day, with `open_to_use`: whether nothing else ended it.

    So too of records that are nobody's now, withdrawn or their link undone: earlier views still tell of them. Their
    last version decides, and they are not open to use.
    """
    if in_term(contract) is None:
        return pl.DataFrame(schema=contract.dtypes | _FOUND)
    over = _Over(lake, contract, used_on)
    standing = over.ask(f"SELECT f.*, {over.others} AS open_to_use FROM {over.visible} f WHERE {over.stand}")
    nobodys = over.nobodys("*, FALSE AS open_to_use", over.ended()[1])
    return pl.concat([standing, nobodys.select(standing.columns)]).sort("enterprise_id", "record_no")


def count_expired(lake: Lake, day: date) -> dict[str, int]:
    """How many records of each feed are over their term on a day, without feeds that have none.

    A record of two owners counts twice: to tell which are the same would keep a city's record numbers in memory.
    """
    counts = {}
    for contract in FEEDS:
        if has_term(contract):
            over = _Over(lake, contract, day)
            standing, ended = over.ended()
            counts[contract.code] = standing + int(over.nobodys("count(*) AS n", ended)["n"].sum())
    return {feed: count for feed, count in counts.items() if count}


class _Over:
    """The rows of a feed whose term is over on a day, asked in SQL."""

    def __init__(self, lake: Lake, contract: Contract, used_on: date) -> None:
        term, others = in_term(contract), open_to_use(contract)
        day = OneDay((), [one.rule for part in (term, others) if part is not None for one in legal_days(part)])
        self._lake, self._contract, self._parameters = lake, contract, day.parameters(used_on)
        self._is_over = f"NOT {_sql(term, day)}"
        self.others = _sql(others, day)
        self.visible, self.stand = visible_sql(lake, contract), f"f.known_to IS NULL AND {self._is_over}"

    def ask(self, query: str, **frames: pl.DataFrame) -> pl.DataFrame:
        """What a query over these rows and some frames tells."""
        given = {name: value for name, value in self._parameters.items() if f"${name}" in query}
        with build_connection(self._lake) as connection:
            for name, frame in frames.items():
                connection.register(name, frame)
            found: pl.DataFrame = connection.sql(query, params=given).pl()
        return found

    def ended(self) -> tuple[int, pl.Series]:
        """In one reading of the feed: how many rows stand, and the records that have one which does not."""
        if self._contract.derived_from or not self._lake.files(self._contract.code):
            return int(self.ask(f"SELECT count(*) AS n FROM {self.visible} f WHERE {self.stand}")["n"][0]), _NOBODY
        files = self._lake.files(self._contract.code)
        told = self.ask(
            "SELECT count(*) FILTER (WHERE stands) AS n, list(DISTINCT record_no) FILTER (WHERE NOT stands) AS ended"
            f" FROM ({self._stored(rows_sql(self._contract, files))}) f WHERE {self._is_over}"
        )
        return int(told["n"][0]), told["ended"].cast(pl.List(pl.Int64)).explode().drop_nulls().sort()

    def nobodys(self, told: str, ended: pl.Series) -> pl.DataFrame:
        """The last versions, where their term is over, of those of some records of which no version stands.

        Of one version the row that was ever visible is the last. told: what is selected of them. ended: in order.
        """
        files = self._lake.files_of_records(self._contract.code, ended)
        wanted = f"(SELECT * FROM {rows_sql(self._contract, files)} SEMI JOIN ended USING (record_no))" if files else ""
        if not wanted:
            return self.ask(f"SELECT {told} FROM {self.visible} f WHERE false")
        return self.ask(
            f"WITH stored AS NOT MATERIALIZED ({self._stored(wanted)}),"
            " newest AS (SELECT record_no, max(seniority) AS seniority FROM stored GROUP BY record_no"
            " HAVING NOT bool_or(stands))"
            f" SELECT {told} FROM (SELECT f.* EXCLUDE (stands, seniority) FROM stored f"
            f" SEMI JOIN newest USING (record_no, seniority) WHERE {self._is_over})",
            ended=ended.to_frame("record_no"),
        )

    def _stored(self, rows: str) -> str:
        ended, join = closing_join(self._lake.closings(self._contract.code))
        columns = ", ".join(f"r.{column}" for column in (*self._contract.own_columns, *READ_COLUMNS))
        return (
            f"SELECT {columns}, r.known_at AS known_from, {ended} AS known_to,"
            f" r.op <> 'D' AND {ended} IS NULL AS stands,"
            f" 2 * r.version::BIGINT + ({ended} IS NULL OR {ended} > r.known_at)::BIGINT AS seniority"
            f" FROM {rows} r{join}"
        )


def erase_expired(
    lake: Lake, contract: Contract, used_on: date, basis: str, *, at: datetime, although_marked: bool = False
) -> Erased:
    """Erase every record of a feed whose term is over, of all who ever had it.

    Raises `StateConflict` where one is marked, unless told.
    """

    def find() -> Erasure:
        over = expired(lake, contract, used_on)
        return _erasure(lake, contract, over, basis, unmarked_on=None if although_marked else used_on)

    return erase(lake, find, at=at)


def archive_expired(
    lake: Lake, contract: Contract, used_on: date, basis: str, *, at: datetime, although_marked: bool = False
) -> Archived:
    """Take over de-identified what may serve training, and erase all of it from the lake, in one transaction.

    What was revoked, repaired, refused or withdrawn serves nothing: it is only erased. Raises as `erase_expired`.
    """
    offered, kept = [pl.DataFrame()], [0]

    def find() -> Erasure:
        over = expired(lake, contract, used_on)
        offered[0] = over.filter("open_to_use")
        return _erasure(lake, contract, over, basis, unmarked_on=None if although_marked else used_on)

    def also(connection: Connection, snapshot: int) -> dict[str, Any]:
        report = deposit(lake, connection, contract, offered[0], snapshot, at)
        kept[0] = report.rows
        return {"archive": report.told()}

    erased = erase(lake, find, at=at, also=also)
    return Archived(erased, kept[0], offered[0].height)


def offer_expired(lake: Lake, contract: Contract, used_on: date) -> Offer:
    """What `archive_expired` would do; nothing is written or erased."""
    over = expired(lake, contract, used_on)
    offered = over.filter("open_to_use")
    return Offer(over["record_no"].n_unique(), offered.height, de_identify(contract, offered)[1])


def _erasure(lake: Lake, contract: Contract, over: pl.DataFrame, basis: str, *, unmarked_on: date | None) -> Erasure:
    """The erasure of expired records. unmarked_on: the day on which none of them may be marked; None: any may."""
    erasure = Erasure(contract, "expired", basis, _of_all_owners(lake, contract, over))
    if unmarked_on is not None:
        refuse_marked(lake, contract.code, erasure.records["record_id"], unmarked_on)
    return erasure


def _of_all_owners(lake: Lake, contract: Contract, rows: pl.DataFrame) -> pl.DataFrame:
    """The records of some rows as an erasure wants them: those who had one before lose their rows too."""
    return numbers_of_ids(lake, contract, rows["record_id"].unique())


def _sql(condition: Condition | None, day: OneDay) -> str:
    return "TRUE" if condition is None else row_sql(condition, day)
