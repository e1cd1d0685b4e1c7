"""Who is meant: keys to enterprise numbers in bulk, numbers to codes, and since when each enterprise is known."""

from functools import lru_cache

import duckdb
import polars as pl
from sqlalchemy import select

from bureau.errors import UnknownSubject
from bureau.uscc import clean, is_uscc
from features.contracts.feeds import FEEDS
from features.lake.lake import Lake
from features.lake.reading import parquet
from features.lake.tables import Alias, EnterpriseRow

_CHUNK = 10_000


def code_of(lake: Lake, enterprise_id: int) -> str:
    """The unified social credit code of an enterprise number."""
    with lake.catalogue.connect() as connection:
        code = connection.scalar(select(EnterpriseRow.uscc).where(EnterpriseRow.id == enterprise_id))
    if code is None:
        raise UnknownSubject(str(enterprise_id))
    return code


def numbers_of(lake: Lake, keys: pl.Series) -> pl.Series:
    """Enterprise numbers (int32) of codes or outside keys, row by row; null for a key nobody is known by."""
    distinct = keys.drop_nulls().unique().to_list()
    codes = {key: clean(key) for key in distinct}
    by_code = _numbers(lake, "code", [code for code in codes.values() if is_uscc(code)])
    by_key = _numbers(lake, "key", [key.strip() for key, code in codes.items() if not is_uscc(code)])
    found = {key: by_code.get(code, by_key.get(key.strip())) for key, code in codes.items()}
    numbers = [None if key is None else found[key] for key in keys]
    return pl.Series("enterprise_id", numbers, dtype=pl.Int32)


def _numbers(lake: Lake, kind: str, values: list[str]) -> dict[str, int]:
    """The newest meaning of each value; rows come oldest first, so that the newest stays."""
    column, query = {
        "code": (EnterpriseRow.uscc, select(EnterpriseRow.uscc, EnterpriseRow.id)),
        "key": (Alias.key, select(Alias.key, Alias.enterprise_id).order_by(Alias.known_at, Alias.id)),
    }[kind]
    with lake.catalogue.connect() as connection:
        return {
            value: number
            for start in range(0, len(values), _CHUNK)
            for value, number in connection.execute(query.where(column.in_(values[start : start + _CHUNK])))
        }


@lru_cache(maxsize=4)
def known_since(lake: Lake, snapshot: int) -> pl.DataFrame:
    """Since when an enterprise is known by any record: `enterprise_id`, `enterprise_known_from` (UTC microseconds).

    A snapshot never changes, so neither does this.
    """
    scans = [
        f"SELECT enterprise_id, known_at FROM {parquet(files)}"
        for feed in FEEDS
        if (files := lake.files(feed.code, snapshot))
    ]
    if not scans:
        return pl.DataFrame(schema={"enterprise_id": pl.Int32, "enterprise_known_from": pl.Int64})
    with duckdb.connect() as connection:
        found: pl.DataFrame = connection.sql(
            "SELECT enterprise_id, min(known_at) AS enterprise_known_from"
            f" FROM ({' UNION ALL '.join(scans)}) GROUP BY enterprise_id ORDER BY enterprise_id"
        ).pl()
    return found


def known_from(lake: Lake, snapshot: int, enterprise_id: int) -> int | None:
    """Since when one enterprise is known, in UTC microseconds; None when no record of it has landed."""
    known = known_since(lake, snapshot)
    numbers = known["enterprise_id"]
    place = numbers.search_sorted(enterprise_id)
    if place == len(numbers) or numbers[place] != enterprise_id:
        return None
    return int(known["enterprise_known_from"][place])
