"""A record as evidence of a value, and the own records that stand for what is said of related firms."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from features.contracts.contract import Contract
from features.contracts.officer import OFFICER
from features.contracts.shareholder import SHAREHOLDER
from features.engine.day_sql import OneDay
from features.engine.feed_scan import visible
from features.lake.derived import tied_by
from features.lake.lake import Lake
from features.lake.reading import visible_sql
from features.store.connections import live_connection

TIES: tuple[tuple[Contract, str], ...] = ((SHAREHOLDER, "holder_type"), (OFFICER, "role"))
"""The feeds whose records tie a firm to others, and what of them is shown."""


@dataclass(frozen=True)
class Evidence:
    """One record that entered a value; `values`: the columns that the feature read."""

    record_id: str
    feed: str
    department: str
    event_date: date
    values: dict[str, Any]


def own_ties(lake: Lake, enterprise_id: int, ties: Iterable[int], as_of: date, snapshot: int) -> list[Evidence]:
    """An enterprise's own shareholder and officer records, by the numbers they are cited by, as known on a day."""
    cited = sorted(map(tied_by, set(ties)))
    found = []
    for contract, shown in TIES:
        numbers = [number for feed, number in cited if feed == contract.code]
        if not numbers:
            continue
        day = OneDay(())
        query = (
            f"SELECT f.record_id, f.event_date, f.{shown} FROM {visible_sql(lake, contract, snapshot)} f"
            f" WHERE f.enterprise_id = {enterprise_id:d} AND f.record_no IN ({', '.join(map(str, numbers))})"
            f" AND {visible(contract, day)}"
        )
        rows = live_connection().execute(query, day.parameters(as_of)).fetchall()
        found += [Evidence(row[0], contract.code, contract.department, row[1], {shown: row[2]}) for row in rows]
    return found
