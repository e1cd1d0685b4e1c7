"""The same features by DuckDB, bucket by bucket: the generated reference, and the flat form of `flat_sql`.

Both run with two threads and answer as a frame; a training set is written too, in the order in which it comes. Some
buckets, read together in one query, can stand for all: `share` says how much of the work was done.
"""

from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import duckdb
import polars as pl

from bureau.grant import operator_grant
from features.contracts.feeds import find_feed
from features.definitions.library import find_feature
from features.engine.algebra import Definition, leaves
from features.engine.day_sql import ManyDays, OneDay
from features.engine.duckdb_sql import feature_query, feeds
from features.engine.feed_scan import Source
from features.lake.hot.wanted import stored_files
from features.lake.lake import Lake
from features.lake.reading import visible_sql
from features.lake.registry import enterprises
from features.store.build import build_features
from features.store.computation import used
from features.store.feed_sources import connected_from
from features.store.subjects import known_since
from features.store.training_set import training_set
from tests.bench.flat_sql import flat_query

THREADS = 2
FORMS = ("generated", "flat")
Names = tuple[str, ...]


def city(lake: Lake, names: Names, day: date, form: str, buckets: int) -> dict[str, Any]:
    """Features of every enterprise of some buckets (0: of all)."""
    everyone, chosen = _known(lake), _some(lake, buckets)
    subjects = everyone.filter(pl.col("enterprise_id") % lake.buckets < len(chosen))
    rows = _day_features(lake, names, day, form, subjects, chosen).height
    return {"rows": rows, "share": rows / everyone.height, "form": form}


def training(lake: Lake, names: Names, spine: pl.DataFrame, form: str, buckets: int) -> dict[str, Any]:
    """Features of the spine's rows that lie in some buckets (0: in all), each as of its own day, written as Parquet."""
    chosen = _some(lake, buckets)
    own = spine.filter(pl.col("enterprise_id") % lake.buckets < len(chosen))
    parts = _training_features(lake, names, form, own, chosen)
    with TemporaryDirectory(dir=lake.root.parent) as folder:
        for number, part in enumerate(parts):
            part.write_parquet(Path(folder) / f"part-{number}.parquet", compression="zstd")
    rows = sum(part.height for part in parts)
    return {"rows": rows, "share": rows / spine.height, "form": form}


def compare(lake: Lake, names: Names, day: date, count: int) -> dict[str, Any]:
    """Differing cells between the product and both forms, over one bucket's enterprises, `count` of them at most."""
    everyone = _known(lake)
    subjects = everyone.filter(pl.col("enterprise_id") % lake.buckets == 0).head(count)
    built = build_features(lake, names, day, operator_grant())
    ours = subjects.select("enterprise_id").join(built, on="enterprise_id", maintain_order="left").select(names)
    told = {
        form: _differing(ours, _day_features(lake, names, day, form, subjects, range(1)), subjects) for form in FORMS
    }
    spine = subjects.head(200).join(pl.DataFrame({"as_of": [day, date(day.year - 1, day.month, 1)]}), how="cross")
    codes = enterprises(lake).select("enterprise_id", subject="uscc")
    labels = spine.join(codes, on="enterprise_id", maintain_order="left").select("subject", "as_of")
    trained = training_set(lake, labels, names, operator_grant("training")).frame.select(names)
    for form in FORMS:
        parts = pl.concat(_training_features(lake, names, form, spine, range(1)))
        told[f"training {form}"] = _differing(trained, parts, spine)
    return {"cells": ours.height * len(names) + trained.height * len(names), "differing": told}


def _differing(ours: pl.DataFrame, theirs: pl.DataFrame, order: pl.DataFrame) -> int:
    keys = [name for name in ("enterprise_id", "as_of") if name in theirs.columns and name in order.columns]
    placed = order.select(keys).join(theirs, on=keys, how="left", maintain_order="left") if keys else theirs
    texts = {name: pl.String for name, dtype in ours.schema.items() if not dtype.is_float()}
    ours, placed = ours.cast(texts), placed.select(ours.columns).cast(texts)  # type: ignore[arg-type]  # a mapping of column to type
    return sum(int((~ours[name].eq_missing(placed[name])).sum()) for name in ours.columns)


def _known(lake: Lake) -> pl.DataFrame:
    known = known_since(lake, lake.snapshot())
    return enterprises(lake).select("enterprise_id").join(known, on="enterprise_id", maintain_order="left")


def _some(lake: Lake, buckets: int) -> range:
    return range(min(buckets or lake.buckets, lake.buckets))


def _day_features(
    lake: Lake, names: Names, day: date, form: str, subjects: pl.DataFrame, buckets: range
) -> pl.DataFrame:
    wanted = _definitions(names)
    sources = _sources(lake, wanted, buckets)
    if form == "flat":
        return _answer(flat_query(wanted, sources, "spine", day), subjects)
    one = OneDay([leaf for definition in wanted.values() for leaf in leaves(definition)])
    spine = subjects.with_row_index("row_no")
    answer = _answer(feature_query(wanted, sources, "spine", one), spine, one.parameters(day))
    return spine.select("row_no", "enterprise_id").join(answer, on="row_no", maintain_order="left").drop("row_no")


def _training_features(
    lake: Lake, names: Names, form: str, spine: pl.DataFrame, buckets: range
) -> Sequence[pl.DataFrame]:
    wanted = _definitions(names)
    sources = _sources(lake, wanted, buckets)
    days = spine["as_of"].unique().sort().to_list()
    if form == "generated":
        many = ManyDays(days, [leaf for definition in wanted.values() for leaf in leaves(definition)])
        rows = spine.with_row_index("row_no")
        told = rows.join(many.frame, on="as_of", how="left", maintain_order="left")
        answer = _answer(feature_query(wanted, sources, "spine", many), told)
        return [rows.join(answer, on="row_no", maintain_order="left").drop("row_no", "enterprise_known_from")]
    with _connection() as connection:
        held = {}
        chosen = spine.select("enterprise_id", "enterprise_known_from").unique()
        connection.register("chosen", chosen)
        for code, source in sources.items():
            rows_of = f"SELECT * FROM {source.records} WHERE enterprise_id IN (SELECT enterprise_id FROM chosen)"
            connection.execute(f"CREATE TEMP TABLE held_{code} AS {rows_of}")
            held[code] = Source(f"held_{code}", source.connected_from)
        answers = []
        for day in days:
            own = spine.filter(pl.col("as_of") == day).select("enterprise_id", "enterprise_known_from")
            connection.register("given", own)
            connection.execute("CREATE OR REPLACE TEMP TABLE spine AS SELECT * FROM given")
            answer: pl.DataFrame = connection.sql(flat_query(wanted, held, "spine", day)).pl()
            answers.append(answer.with_columns(as_of=pl.lit(day)))
        return answers


def _definitions(names: Names) -> dict[str, Definition]:
    return {name: find_feature(name).definition for name in names}


def _sources(lake: Lake, wanted: Mapping[str, Definition], buckets: range) -> dict[str, Source]:
    """Each feed as its files of some buckets show it."""
    snapshot = lake.snapshot()
    told = {}
    for code in feeds(wanted.values()):
        files = [
            file.path for file in stored_files(lake, code, snapshot) if file.bucket is None or file.bucket in buckets
        ]
        told[code] = Source(
            visible_sql(lake, find_feed(code), snapshot, files), connected_from(lake, [code], snapshot)[code]
        )
    return told


def _answer(query: str, spine: pl.DataFrame, parameters: Mapping[str, Any] | None = None) -> pl.DataFrame:
    with _connection() as connection:
        connection.register("given", spine)
        connection.execute("CREATE TEMP TABLE spine AS SELECT * FROM given")
        statement = connection.extract_statements(query)[0]
        answer: pl.DataFrame = connection.sql(statement, params=used(statement, parameters or {})).pl()
    return answer


def _connection() -> duckdb.DuckDBPyConnection:
    return duckdb.connect(config={"threads": THREADS, "autoinstall_known_extensions": False})
