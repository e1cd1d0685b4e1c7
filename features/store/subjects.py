"""Who is meant: keys to enterprise numbers in bulk, numbers to codes, and since when each enterprise is known."""

from functools import lru_cache

import numpy as np
import polars as pl
from sqlalchemy import bindparam, select

from bureau.errors import UnknownSubject
from features.lake.catalogue import Schema, read_where_in
from features.lake.code_index import code_index
from features.lake.codes import clean_codes, impossible_codes
from features.lake.driver import Question
from features.lake.lake import Lake
from features.lake.memory import until_erasure
from features.lake.tables import Alias, EnterpriseRow
from features.store.first_known import first_known

_KEYS: Schema = {"key": pl.String, "enterprise_id": pl.Int32, "known_at": pl.Int64, "id": pl.Int64}
_CODE = Question(select(EnterpriseRow.uscc).where(EnterpriseRow.id == bindparam("number")))


def code_of(lake: Lake, enterprise_id: int) -> str:
    """The unified social credit code of an enterprise number."""
    found = _CODE.rows(lake.catalogue, number=int(enterprise_id))
    if not found:
        raise UnknownSubject(str(enterprise_id))
    return str(found[0][0])


@lru_cache(maxsize=65_536)
def code_in(lake: Lake, enterprise_id: int, _snapshot: int) -> str:
    """The same in a snapshot. A grant for one subject is held against it at every call; the catalogue is asked once."""
    return code_of(lake, enterprise_id)


def numbers_of(lake: Lake, keys: pl.Series) -> pl.Series:
    """Enterprise numbers (int32) of codes or outside keys, row by row; null for a key nobody is known by."""
    asked = keys.cast(pl.String).alias("asked").to_frame()
    wanted = asked.drop_nulls().unique()
    wanted = wanted.with_columns(code=clean_codes(wanted["asked"]), key=pl.col("asked").str.strip_chars())
    wrong = impossible_codes(wanted["code"])
    is_code = ~pl.col("code").is_in(wrong.implode())
    codes = wanted.filter(is_code).select("asked", "code")
    coded = codes.select("asked", code_index(lake).find(codes["code"]))
    keyed = wanted.filter(~is_code).join(_bearers(lake, wanted.filter(~is_code)["key"]), on="key", how="left")
    found = pl.concat([coded, keyed.select("asked", "enterprise_id")])
    return asked.join(found, on="asked", how="left", maintain_order="left")["enterprise_id"]


def _bearers(lake: Lake, keys: pl.Series) -> pl.DataFrame:
    """The number each outside key stands for, the newest where it passed on: `key`, `enterprise_id`."""
    query = select(Alias.key, Alias.enterprise_id, Alias.known_at, Alias.id)
    with lake.catalogue.connect() as connection:
        found = read_where_in(connection, query, Alias.key, keys, _KEYS)
    return found.sort("known_at", "id").unique("key", keep="last").select("key", "enterprise_id")


@until_erasure(maxsize=4)
def known_since(lake: Lake, snapshot: int) -> pl.DataFrame:
    """Since when an enterprise is known by any record: `enterprise_id`, `enterprise_known_from` (UTC microseconds).

    A snapshot changes by an erasure alone, and so does this.
    """
    return first_known(lake, snapshot)


def known_from(lake: Lake, snapshot: int, enterprise_id: int) -> int | None:
    """Since when one enterprise is known, in UTC microseconds; None when no record of it has landed."""
    numbers, instants = _known_arrays(lake, snapshot)
    place = int(np.searchsorted(numbers, np.int32(enterprise_id)))  # of another width all numbers would be copied
    return int(instants[place]) if place < len(numbers) and numbers[place] == enterprise_id else None


@until_erasure(maxsize=4)
def _known_arrays(lake: Lake, snapshot: int) -> tuple[np.ndarray, np.ndarray]:
    known = known_since(lake, snapshot)
    return known["enterprise_id"].to_numpy(), known["enterprise_known_from"].to_numpy()
