"""Scores for a file of firms and days: the same rows in the same order, with four more columns."""

import json
from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path

import polars as pl

from bureau.errors import InvalidInput, UnreadableFile
from bureau.grant import ReadGrant
from features.engine.day_sql import cutoff_micros
from features.lake.lake import Lake
from features.lake.tabular import open_table
from features.store.subjects import known_since, numbers_of
from features.store.training_set import label_days, training_set
from models.columns import Value
from models.comparing import compared_reasons
from models.scoring import Scored, ScoringModel

COLUMNS = {"pd": pl.Float64, "score": pl.Int64, "grade": pl.String, "reasons": pl.String}
"""reasons: JSON in the form of the API, with base_points and other_points beside the list."""


def read_labels_file(path: Path) -> pl.DataFrame:
    """A Parquet or CSV file with `subject`, `as_of` and any other columns; every cell of a CSV is text."""
    return open_table(path).frame


def score_labels(lake: Lake, model: ScoringModel, labels: pl.DataFrame, grant: ReadGrant) -> pl.DataFrame:
    """The labels with pd, score, grade and reasons, each as of its own day; null for subjects nobody knew that day."""
    taken = [name for name in COLUMNS if name in labels.columns]
    if taken:
        raise InvalidInput(f"The file has a column {taken[0]!r} already, which scoring adds: rename it.")
    read = training_set(lake, labels, model.features, grant)
    known = _known(lake, labels, read.snapshot)
    told = read.frame.filter(known).select(model.features)
    answers = iter(zip(model.score_many(told), told.iter_rows(named=True), strict=True))
    rows = [_columns(model, *next(answers)) if is_known else dict.fromkeys(COLUMNS) for is_known in known]
    return labels.hstack(pl.DataFrame(rows, schema=COLUMNS))


def check_place(path: Path) -> None:
    """Raise `UnreadableFile` for a place no file can go, before long work and not after it."""
    if not path.parent.is_dir():
        raise UnreadableFile(path.parent, "there is no such directory to write into.")
    if path.is_dir():
        raise UnreadableFile(path, "this is a directory; name a file in it.")


def write_table(frame: pl.DataFrame, path: Path) -> None:
    """Write Parquet, or CSV where the name ends so; whole or not at all."""
    unfinished = path.with_name(f".{path.name}.unfinished")
    if path.suffix.lower() == ".csv":
        frame.write_csv(unfinished)
    else:
        frame.write_parquet(unfinished, compression="zstd")
    unfinished.replace(path)


def _known(lake: Lake, labels: pl.DataFrame, snapshot: int) -> pl.Series:
    """Whether anything was known of each row's subject on its day."""
    rows = pl.DataFrame(
        {
            "enterprise_id": numbers_of(lake, labels["subject"].cast(pl.String)),
            "cutoff": [cutoff_micros(day) for day in label_days(labels["as_of"])],
        },
        schema_overrides={"cutoff": pl.Int64},
    )
    since = rows.join(known_since(lake, snapshot), on="enterprise_id", how="left", maintain_order="left")
    return (since["enterprise_known_from"] < since["cutoff"]).fill_null(False)


def _columns(model: ScoringModel, answer: Scored, values: Mapping[str, Value]) -> dict[str, object]:
    told = {
        "base_points": answer.base_points,
        "reasons": [asdict(reason) for reason in compared_reasons(model, values, answer.reasons)],
        "other_points": answer.other_points,
    }
    reasons = json.dumps(told, ensure_ascii=False)
    return {"pd": answer.pd, "score": answer.score, "grade": answer.grade, "reasons": reasons}
