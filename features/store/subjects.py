"""Who is meant: keys to enterprise numbers in bulk, numbers to codes, and since when each enterprise is known."""

from functools import lru_cache

import polars as pl
from sqlalchemy import Select, select
from sqlalchemy.orm import InstrumentedAttribute

from bureau.errors import UnknownSubject
from bureau.uscc import clean, is_uscc
from features.contracts.feeds import FEEDS
from features.lake.lake import Lake
from features.lake.layout import rows_sql
from features.lake.query import query
from features.lake.tables import Alias, EnterpriseRow

Pairs = Select[str, int]
Text = InstrumentedAttribute[str]

_CHUNK = 10_000
_CODES: Pairs = select(EnterpriseRow.uscc, EnterpriseRow.id)
_KEYS: Pairs = select(Alias.key, Alias.enterprise_id).order_by(Alias.known_at, Alias.id)


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
    by_code = _meanings(lake, _CODES, EnterpriseRow.uscc, [code for code in codes.values() if is_uscc(code)])
    by_key = _meanings(lake, _KEYS, Alias.key, [key.strip() for key, code in codes.items() if not is_uscc(code)])
    found = {key: by_code.get(code, by_key.get(key.strip())) for key, code in codes.items()}
    numbers = [None if key is None else found[key] for key in keys]
    return pl.Series("enterprise_id", numbers, dtype=pl.Int32)


def _meanings(lake: Lake, pairs: Pairs, column: Text, wanted: list[str]) -> dict[str, int]:
    """The number each wanted text stands for; pairs come oldest first, so that the newest stays."""
    chunks = (wanted[start : start + _CHUNK] for start in range(0, len(wanted), _CHUNK))
    with lake.catalogue.connect() as connection:
        return {text: number for chunk in chunks for text, number in connection.execute(pairs.where(column.in_(chunk)))}


@lru_cache(maxsize=4)
def known_since(lake: Lake, snapshot: int) -> pl.DataFrame:
    """Since when an enterprise is known by any record: `enterprise_id`, `enterprise_known_from` (UTC microseconds).

    A snapshot never changes, so neither does this.
    """
    scans = [
        f"SELECT enterprise_id, known_at FROM {rows_sql(feed, files)}"
        for feed in FEEDS
        if (files := lake.files(feed.code, snapshot))
    ]
    if not scans:
        return pl.DataFrame(schema={"enterprise_id": pl.Int32, "enterprise_known_from": pl.Int64})
    return query(
        "SELECT enterprise_id, min(known_at) AS enterprise_known_from"
        f" FROM ({' UNION ALL '.join(scans)}) GROUP BY enterprise_id ORDER BY enterprise_id"
    )


def known_from(lake: Lake, snapshot: int, enterprise_id: int) -> int | None:
    """Since when one enterprise is known, in UTC microseconds; None when no record of it has landed."""
    known = known_since(lake, snapshot)
    numbers = known["enterprise_id"]
    place = numbers.search_sorted(enterprise_id)
    if place == len(numbers) or numbers[place] != enterprise_id:
        return None
    return int(known["enterprise_known_from"][place])
