"""Scores for a file of firms and days: the same rows in the same order, with four more columns."""

import json
from dataclasses import asdict
from pathlib import Path

import polars as pl

from bureau.errors import InvalidInput, UnreadableFile
from bureau.grant import ReadGrant
from features.lake.lake import Lake
from features.lake.tabular import read_content, read_table
from features.store.subjects import numbers_of
from features.store.training_set import training_set
from models.scoring import Scored, ScoringModel

COLUMNS = {"pd": pl.Float64, "score": pl.Int64, "grade": pl.String, "reasons": pl.String}
"""reasons: JSON in the form of the API, with base_points and other_points beside the list."""


def read_labels_file(path: Path) -> pl.DataFrame:
    """A Parquet or CSV file with `subject`, `as_of` and any other columns; every cell of a CSV is text."""
    return read_table(path, read_content(path))


def score_labels(lake: Lake, model: ScoringModel, labels: pl.DataFrame, grant: ReadGrant) -> pl.DataFrame:
    """The labels with pd, score, grade and reasons, each as of its own day; null for subjects nobody knows."""
    taken = [name for name in COLUMNS if name in labels.columns]
    if taken:
        raise InvalidInput(f"The file has a column {taken[0]!r} already, which scoring adds: rename it.")
    read = training_set(lake, labels, model.features, grant).frame
    known = numbers_of(lake, labels["subject"].cast(pl.String)).is_not_null()
    answers = iter(model.score_many(read.filter(known)))
    rows = [_columns(next(answers)) if is_known else dict.fromkeys(COLUMNS) for is_known in known]
    return labels.hstack(pl.DataFrame(rows, schema=COLUMNS))


def write_table(frame: pl.DataFrame, path: Path) -> None:
    """Write Parquet, or CSV where the name ends so; whole or not at all."""
    if not path.parent.is_dir():
        raise UnreadableFile(path.parent, "there is no such directory to write into.")
    unfinished = path.with_name(f".{path.name}.unfinished")
    if path.suffix.lower() == ".csv":
        frame.write_csv(unfinished)
    else:
        frame.write_parquet(unfinished, compression="zstd")
    unfinished.replace(path)


def _columns(answer: Scored) -> dict[str, object]:
    told = {
        "base_points": answer.base_points,
        "reasons": [asdict(reason) for reason in answer.reasons],
        "other_points": answer.other_points,
    }
    reasons = json.dumps(told, ensure_ascii=False)
    return {"pd": answer.pd, "score": answer.score, "grade": answer.grade, "reasons": reasons}
