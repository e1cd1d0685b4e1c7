"""The ladder by which a record without a code finds its enterprise; each rung is surer than the next.

A row goes to the enterprise its name first means at or after its arrival, and on to the one a surer rung names, from
the instant that could be known. That depends on what was known when and not on the order of landing, and two different
codes are never merged by a name: each rung asks that one enterprise alone fits. What is merely alike decides nothing:
it is proposed to a person (`features.lake.review`).
"""

from dataclasses import dataclass

import polars as pl

from features.lake.names import alone_spans
from features.lake.spelling import SHOP, parent_key

CODE, NUMBER, NAME, FORMER, BRANCH = "code", "number", "name", "former-name", "branch"
TRADE, SHOP_NAME, REVIEW, RECORD = "trade-name", "shop-name", "review", "record"
"""The rules: its own code; a number from before the codes; the current name; a former name, borne on the day of the
event; the parent of a named branch; the trade name, form and district; a shop's name and street; a person's decision;
a later version of a record already assigned."""
SCORES = {
    **dict.fromkeys((CODE, NUMBER, NAME, RECORD), 1.0),
    FORMER: 0.95,
    BRANCH: 0.9,
    TRADE: 0.85,
    SHOP_NAME: 0.82,
    REVIEW: 0.8,
}

_DAY, _SHANGHAI = 86_400_000_000, 8 * 3_600_000_000
_ORDER = {rule: place for place, rule in enumerate((NUMBER, NAME, FORMER, BRANCH, TRADE, SHOP_NAME, REVIEW))}
_FOUND = ("row", "key", "enterprise_id", "starts", "rule")
_SURENESS = _ORDER | {FORMER: _ORDER[NAME], REVIEW: -1}
"""A lower one takes a row over. Who takes a name up later is nobody a row meant by the one that bore it on its day, and
a person's decision stands."""


@dataclass(frozen=True)
class Bearers:
    """Who bore what when. names (of parents too) and trades: spans of `SPAN`; numbers: rows of `HELD`.

    accepted: pairs a person decided on, with `SPAN`. undone: pairs of key and enterprise that are not tried again.
    """

    names: pl.DataFrame
    trades: pl.DataFrame
    numbers: pl.DataFrame
    accepted: pl.DataFrame
    undone: pl.DataFrame


def climb(rows: pl.DataFrame, bearers: Bearers, barred: pl.DataFrame) -> pl.DataFrame:
    """The enterprises of each row that has one: `row`, `key`, `enterprise_id`, `starts`, `rule`, `instant`, `stage`.

    instant: since when it is the row's. stage: 0 for its first enterprise, then those that surer rungs give it to.
    rows: `row`, `key`, `trade`, `number`, `received_at`, `event_date`. barred: `row` and `enterprise_id` that are not
    tried, whatever the key.
    """
    alone = alone_spans(bearers.names)
    parents = rows.with_columns(own=pl.col("key"), key=parent_key(pl.col("key"))).drop_nulls("key")
    traded = rows.with_columns(key=pl.col("trade")).drop_nulls("key")
    rungs = [
        _numbered(rows.with_columns(key=pl.col("number")).drop_nulls("key"), bearers.numbers),
        _open(rows, alone, NAME),
        _former(rows, bearers.names, alone),
        _open(parents, alone, BRANCH).drop("key").join(parents.select("row", key="own"), on="row"),
        _traded(traded, alone_spans(bearers.trades)),
        _open(rows, bearers.accepted, REVIEW),
    ]
    found = pl.concat([rung.select(*_FOUND, "instant") for rung in rungs])
    order = pl.col("rule").replace_strict(_ORDER, return_dtype=pl.Int8)
    left = found.join(bearers.undone, on=["key", "enterprise_id"], how="anti")
    left = left.join(barred, on=["row", "enterprise_id"], how="anti").sort("instant", order, "starts")
    return _stages(left).select(*_FOUND, "instant", "stage")


def _stages(found: pl.DataFrame) -> pl.DataFrame:
    """Of what the rungs found of each row, in order, the first and each that is surer than all before it."""
    sureness = pl.col("rule").replace_strict(_SURENESS, return_dtype=pl.Int8)
    surest = found.with_columns(sureness=sureness).with_columns(
        first=pl.col("row").is_first_distinct(), before=pl.col("sureness").cum_min().shift().over("row")
    )
    surer = (pl.col("sureness") < pl.col("before")) & (pl.col("rule") != REVIEW)
    kept = surest.filter(pl.col("first") | surer)
    moved = kept.filter(pl.col("enterprise_id").ne_missing(pl.col("enterprise_id").shift().over("row")))
    return moved.with_columns(stage=pl.int_range(pl.len()).over("row"))


def _numbered(rows: pl.DataFrame, numbers: pl.DataFrame) -> pl.DataFrame:
    """Numbers one enterprise alone bore by the day of the event, as far as was known at a row's arrival or first.

    No former number counts, as a former name does: what a correction took away was never borne.
    """
    by_row = rows.with_columns(number="key", key=pl.col("row").cast(pl.Int64))
    bore = by_row.join(numbers, left_on="number", right_on="key").filter(pl.col("borne_from") <= pl.col("event_date"))
    alone = alone_spans(bore.select("key", "enterprise_id", "starts", "ends"), key=pl.Int64)
    return _open(by_row, alone, NUMBER).with_columns(key="number")


def _open(rows: pl.DataFrame, spans: pl.DataFrame, rule: str) -> pl.DataFrame:
    """Spans that were open at a row's arrival or began after it."""
    fits = pl.col("ends").is_null() | (pl.col("ends") > pl.col("received_at"))
    instant = pl.max_horizontal("received_at", "starts")
    return rows.join(spans, on="key").filter(fits).with_columns(rule=pl.lit(rule), instant=instant)


def _traded(rows: pl.DataFrame, spans: pl.DataFrame) -> pl.DataFrame:
    """Firms by trade name, form and district; shops by their name and street."""
    is_shop = pl.col("key").str.contains(f"|{SHOP}|", literal=True)
    found = _open(rows, spans, TRADE)
    return found.with_columns(rule=pl.when(is_shop).then(pl.lit(SHOP_NAME)).otherwise("rule"))


def _former(rows: pl.DataFrame, held: pl.DataFrame, alone: pl.DataFrame) -> pl.DataFrame:
    """Names given up before a row's arrival and after its event, that one enterprise alone had ever borne by then."""
    happened = pl.col("event_date").cast(pl.Int64) * _DAY - _SHANGHAI
    over = (pl.col("ends") <= pl.col("received_at")) & (pl.col("ends") > happened)
    borne = rows.join(held.select("key", "starts", bearer="enterprise_id"), on="key")
    borne = borne.filter(pl.col("starts") <= pl.col("received_at"))
    single = borne.group_by("row").agg(bearers=pl.col("bearer").n_unique()).filter(pl.col("bearers") == 1)
    ended = rows.join(alone, on="key").filter(over).join(single, on="row", how="semi")
    return ended.with_columns(rule=pl.lit(FORMER), instant="received_at")
