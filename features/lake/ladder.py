"""The ladder by which a record without a code finds its enterprise; each rung is surer than the next.

A row goes to the enterprise its name first means at or after its arrival. That depends on what was known when and
not on the order of landing, and two different codes are never merged by a name: each rung asks that one enterprise
alone fits. What is merely alike decides nothing: it is proposed to a person (`features.lake.review`).
"""

import polars as pl

from features.lake.names import alone_spans
from features.lake.spelling import parent_key

CODE, NAME, FORMER, BRANCH, REVIEW, RECORD = "code", "name", "former-name", "branch", "review", "record"
"""The rules: its own code; the current name; a former name, borne on the day of the event; the parent of a named
branch; a person's decision; a later version of a record already assigned."""
SCORES = {CODE: 1.0, NAME: 1.0, RECORD: 1.0, FORMER: 0.95, BRANCH: 0.9, REVIEW: 0.8}

_DAY, _SHANGHAI = 86_400_000_000, 8 * 3_600_000_000
_FOUND = ("row", "key", "enterprise_id", "starts", "rule")


def climb(rows: pl.DataFrame, held: pl.DataFrame, accepted: pl.DataFrame, undone: pl.DataFrame) -> pl.DataFrame:
    """The enterprise of each row that has one: `row`, `key`, `enterprise_id`, `starts`, `rule`.

    rows: `row`, `key`, `received_at`, `event_date`. held: who bore a key when, with `SPAN`; of parents' keys too.
    accepted: pairs a person decided on, with `SPAN`. undone: pairs of key and enterprise that are not tried again.
    """
    alone = alone_spans(held)
    parents = rows.with_columns(own=pl.col("key"), key=parent_key(pl.col("key"))).drop_nulls("key")
    rungs = [
        _open(rows, alone, NAME),
        _former(rows, held, alone),
        _open(parents, alone, BRANCH).drop("key").join(parents.select("row", key="own"), on="row"),
        _open(rows, accepted, REVIEW),
    ]
    found = pl.concat([rung.select(*_FOUND, "instant") for rung in rungs])
    order = pl.col("rule").replace_strict({NAME: 0, FORMER: 1, BRANCH: 2, REVIEW: 3}, return_dtype=pl.Int8)
    left = found.join(undone, on=["key", "enterprise_id"], how="anti").sort("instant", order, "starts")
    return left.unique("row", keep="first", maintain_order=True).select(_FOUND)


def _open(rows: pl.DataFrame, spans: pl.DataFrame, rule: str) -> pl.DataFrame:
    """Spans that were open at a row's arrival or began after it."""
    fits = pl.col("ends").is_null() | (pl.col("ends") > pl.col("received_at"))
    instant = pl.max_horizontal("received_at", "starts")
    return rows.join(spans, on="key").filter(fits).with_columns(rule=pl.lit(rule), instant=instant)


def _former(rows: pl.DataFrame, held: pl.DataFrame, alone: pl.DataFrame) -> pl.DataFrame:
    """Names given up before a row's arrival and after its event, that one enterprise alone had ever borne by then."""
    happened = pl.col("event_date").cast(pl.Int64) * _DAY - _SHANGHAI
    over = (pl.col("ends") <= pl.col("received_at")) & (pl.col("ends") > happened)
    borne = rows.join(held.select("key", "starts", bearer="enterprise_id"), on="key")
    borne = borne.filter(pl.col("starts") <= pl.col("received_at"))
    single = borne.group_by("row").agg(bearers=pl.col("bearer").n_unique()).filter(pl.col("bearers") == 1)
    ended = rows.join(alone, on="key").filter(over).join(single, on="row", how="semi")
    return ended.with_columns(rule=pl.lit(FORMER), instant="received_at")
