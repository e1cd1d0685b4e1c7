"""Features of the whole city as of one day."""

from collections.abc import Iterable
from datetime import date

import polars as pl

from bureau.grant import ReadGrant
from features.definitions.library import find_feature
from features.engine.day_sql import cutoff_micros
from features.engine.engines import Engine
from features.lake.lake import Lake
from features.lake.registry import codes
from features.store.computation import compute
from features.store.permission import permit
from features.store.subjects import known_since


def build_features(
    lake: Lake,
    names: Iterable[str],
    as_of: date,
    grant: ReadGrant,
    snapshot: int | None = None,
    used_on: date | None = None,
    engine: Engine = Engine.KERNEL,
) -> pl.DataFrame:
    """Features of every enterprise known on a day, by number: `enterprise_id`, `uscc`, one column per name.

    used_on: the day by whose law records are used, `as_of` unless said.
    Numbers are float64, categories an enumeration; null is unknown.
    """
    entries = [find_feature(name) for name in names]
    permit(grant, entries)
    snapshot = lake.snapshot() if snapshot is None else snapshot
    known = known_since(lake, snapshot).filter(pl.col("enterprise_known_from") < cutoff_micros(as_of))
    city = codes(lake, snapshot).join(known, on="enterprise_id", maintain_order="left")
    rows = city.select("enterprise_id", "enterprise_known_from", as_of=pl.lit(as_of))
    values = compute(lake, entries, snapshot, rows, engine, used_on, once=True)
    return city.select("enterprise_id", "uscc").hstack(values)
