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
    return _over(lake, contract, used_on, "*").sort("enterprise_id", "record_no")


def count_expired(lake: Lake, day: date) -> dict[str, int]:
    """How many records of each feed are over their term on a day, without feeds that have none.

    A record of two owners counts twice: to tell which are the same would keep a city's record numbers in memory.
    """
    counts = {
        contract.code: int(_over(lake, contract, day, "count(*) AS n")["n"][0])
        for contract in FEEDS
        if has_term(contract)
    }
    return {feed: count for feed, count in counts.items() if count}


def _over(lake: Lake, contract: Contract, used_on: date, told: str) -> pl.DataFrame:
    """A query over what `expired` finds. told: what it selects, as SQL."""
    term, others = in_term(contract), open_to_use(contract)
    rules = [day.rule for part in (term, others) if part is not None for day in legal_days(part)]
    day = OneDay((), rules)
    over = f"NOT {_sql(term, day)}"
    found = [
        f"SELECT f.*, {_sql(others, day)} AS open_to_use FROM {visible_sql(lake, contract)} f"
        f" WHERE f.known_to IS NULL AND {over}"
    ]
    if lake.files(contract.code) and not contract.derived_from:
        found.append(_nobodys_sql(lake, contract, over))
    query = f"SELECT {told} FROM ({' UNION ALL BY NAME '.join(f'({part})' for part in found)})"
    given = {name: value for name, value in day.parameters(used_on).items() if f"${name}" in query}
    with build_connection(lake) as connection:
        rows: pl.DataFrame = connection.sql(query, params=given).pl()
    return rows


def _nobodys_sql(lake: Lake, contract: Contract, over: str) -> str:
    """The last versions of records without one that is open, as a query. over: when the term of a row `f` is over.

    Only records with a row that ended over its term are looked at, so that few numbers are held in memory. Of one
    version the row that was ever visible is the last. The rows are read anew for each step: kept, those of a whole city
    would not fit.
    """
    ended, join = closing_join(lake.closings(contract.code))
    columns = ", ".join(f"r.{column}" for column in (*contract.own_columns, *READ_COLUMNS))
    return (
        f"WITH stored AS NOT MATERIALIZED (SELECT {columns}, r.known_at AS known_from, {ended} AS known_to,"
        f" r.op <> 'D' AND {ended} IS NULL AS stands,"
        f" 2 * r.version::BIGINT + ({ended} IS NULL OR {ended} > r.known_at)::BIGINT AS seniority"
        f" FROM {rows_sql(contract, lake.files(contract.code))} r{join}),"
        f" ended AS (SELECT DISTINCT record_no FROM stored f WHERE NOT stands AND {over}),"
        " newest AS (SELECT record_no, max(seniority) AS seniority FROM stored SEMI JOIN ended USING (record_no)"
        " GROUP BY record_no HAVING NOT bool_or(stands))"
        " SELECT f.* EXCLUDE (stands, seniority), FALSE AS open_to_use"
        f" FROM stored f SEMI JOIN newest USING (record_no, seniority) WHERE {over}"
    )


def erase_expired(
    lake: Lake, contract: Contract, used_on: date, basis: str, *, at: datetime, although_marked: bool = False
) -> Erased:
    """Erase every record of a feed whose term is over, of all who ever had it.

    Raises `StateConflict` where one is marked, unless told.
    """
    erasure = Erasure(contract, "expired", basis, _of_all_owners(lake, contract, expired(lake, contract, used_on)))
    if not although_marked:
        refuse_marked(lake, contract.code, erasure.records["record_id"], used_on)
    return erase(lake, erasure, at=at)


def archive_expired(
    lake: Lake, contract: Contract, used_on: date, basis: str, *, at: datetime, although_marked: bool = False
) -> Archived:
    """Take over de-identified what may serve training, and erase all of it from the lake, in one transaction.

    What was revoked, repaired, refused or withdrawn serves nothing: it is only erased. Raises as `erase_expired`.
    """
    over = expired(lake, contract, used_on)
    erasure = Erasure(contract, "expired", basis, _of_all_owners(lake, contract, over))
    offered, kept = over.filter("open_to_use"), [0]
    if not although_marked:
        refuse_marked(lake, contract.code, erasure.records["record_id"], used_on)

    def also(connection: Connection, snapshot: int) -> dict[str, Any]:
        report = deposit(lake, connection, contract, offered, snapshot, at)
        kept[0] = report.rows
        return {"archive": report.told()}

    erased = erase(lake, erasure, at=at, also=also)
    return Archived(erased, kept[0], offered.height)


def offer_expired(lake: Lake, contract: Contract, used_on: date) -> Offer:
    """What `archive_expired` would do; nothing is written or erased."""
    over = expired(lake, contract, used_on)
    offered = over.filter("open_to_use")
    return Offer(over["record_no"].n_unique(), offered.height, de_identify(contract, offered)[1])


def _of_all_owners(lake: Lake, contract: Contract, rows: pl.DataFrame) -> pl.DataFrame:
    """The records of some rows as an erasure wants them: those who had one before lose their rows too."""
    return numbers_of_ids(lake, contract, rows["record_id"].unique())


def _sql(condition: Condition | None, day: OneDay) -> str:
    return "TRUE" if condition is None else row_sql(condition, day)
