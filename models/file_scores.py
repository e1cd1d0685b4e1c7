"""Scores for a file of firms and days: the same rows in the same order, with six more columns."""

import json
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import asdict
from datetime import date
from pathlib import Path

import polars as pl

from bureau.errors import InvalidInput, UnreadableFile
from bureau.grant import ReadGrant
from features.engine.day_sql import cutoff_micros
from features.lake.freshness import StaleFeed
from features.lake.lake import Lake
from features.lake.marks import RecordMark
from features.lake.tabular import open_table
from features.store.staleness import StaleInput
from features.store.subjects import known_since, numbers_of
from features.store.training_set import label_days, training_set
from models.columns import Value
from models.comparing import compared_reasons
from models.scoring import Scored, ScoringModel

_ANSWER = {"pd": pl.Float64, "score": pl.Int64, "grade": pl.String, "reasons": pl.String}
_CAVEATS = {"marks": pl.String, "stale": pl.String}
COLUMNS = _ANSWER | _CAVEATS
"""reasons: JSON in the form of the API, with base_points and other_points beside the list. marks: JSON list of the
records under objection, review or suit that entered the score. stale: JSON list of the feeds it rests on that were
silent too long on its day."""

_NOT_IN_CSV = (pl.Binary, pl.Duration)


def read_labels_file(path: Path) -> pl.DataFrame:
    """A Parquet or CSV file with `subject`, `as_of` and any other columns; every cell of a CSV is text."""
    return open_table(path).frame


def score_labels(lake: Lake, model: ScoringModel, labels: pl.DataFrame, grant: ReadGrant) -> pl.DataFrame:
    """The labels with `COLUMNS`, each as of its own day; null for subjects nobody knew that day."""
    taken = [name for name in COLUMNS if name in labels.columns]
    if taken:
        raise InvalidInput(f"The file has a column {taken[0]!r} already, which scoring adds: rename it.")
    read = training_set(lake, labels, model.features, grant)
    rows = _rows(lake, labels)
    known = _known(lake, rows, read.snapshot)
    seen = read.frame.filter(known).select(model.features)
    answers = iter(zip(model.score_many(seen), seen.iter_rows(named=True), strict=True))
    told = [_columns(model, *next(answers)) if is_known else dict.fromkeys(_ANSWER) for is_known in known]
    marks = [listed(one.mark for one in read.marked.get(place, ())) for place in range(rows.height)]
    caveats = pl.DataFrame({"marks": marks, "stale": _stale(read.stale, rows["as_of"])}, schema=_CAVEATS)
    caveats = caveats.select(pl.when(known).then(pl.all()))
    return labels.hstack(pl.DataFrame(told, schema=_ANSWER)).hstack(caveats)


def check_place(path: Path) -> None:
    """Raise `UnreadableFile` for a place no file can go, before long work and not after it."""
    if not path.parent.is_dir():
        raise UnreadableFile(path.parent, "there is no such directory to write into.")
    if path.is_dir():
        raise UnreadableFile(path, "this is a directory; name a file in it.")


def check_columns(frame: pl.DataFrame, path: Path) -> None:
    """Raise `InvalidInput` for columns that the file cannot hold, before long work and not after it."""
    if not _is_csv(path):
        return
    for name, kind in frame.schema.items():
        if kind.is_nested() or kind in _NOT_IN_CSV:
            raise InvalidInput(
                f"The column {name!r} of the file is {kind}, for which CSV has no cell. Write Parquet (a name ending "
                "in .parquet), or leave the column out."
            )


def write_table(frame: pl.DataFrame, path: Path) -> None:
    """Write Parquet, or CSV where the name ends so; whole or not at all."""
    unfinished = path.with_name(f".{path.name}.unfinished")
    if _is_csv(path):
        frame.write_csv(unfinished)
    else:
        frame.write_parquet(unfinished, compression="zstd")
    unfinished.replace(path)


def _is_csv(path: Path) -> bool:
    return path.suffix.lower() == ".csv"


def _rows(lake: Lake, labels: pl.DataFrame) -> pl.DataFrame:
    """Whose the rows are and as of when: `enterprise_id`, null for who has no number here, and `as_of`."""
    subjects = numbers_of(lake, labels["subject"].cast(pl.String))
    return pl.DataFrame({"enterprise_id": subjects, "as_of": label_days(labels["as_of"])})


def _known(lake: Lake, rows: pl.DataFrame, snapshot: int) -> pl.Series:
    """Whether anything was known of each row's enterprise on its day."""
    cutoffs = pl.Series("cutoff", [cutoff_micros(day) for day in rows["as_of"]], pl.Int64)
    since = rows.with_columns(cutoffs).join(
        known_since(lake, snapshot), on="enterprise_id", how="left", maintain_order="left"
    )
    return (since["enterprise_known_from"] < since["cutoff"]).fill_null(False)


def _stale(inputs: Iterable[StaleInput], days: pl.Series) -> list[str]:
    """What is said of stale feeds on each of some days."""
    by_day: dict[date, list[StaleFeed]] = defaultdict(list)
    for one in inputs:
        for day, late in one.days:
            by_day[day].append(late)
    return [listed(by_day.get(day, ())) for day in days]


def listed(facts: Iterable[RecordMark | StaleFeed]) -> str:
    """What a cell of `marks` or `stale` says."""
    return json.dumps([asdict(fact) for fact in facts], ensure_ascii=False, default=str)


def _columns(model: ScoringModel, answer: Scored, values: Mapping[str, Value]) -> dict[str, object]:
    told = {
        "base_points": answer.base_points,
        "reasons": [asdict(reason) for reason in compared_reasons(model, values, answer.reasons)],
        "other_points": answer.other_points,
    }
    reasons = json.dumps(told, ensure_ascii=False)
    return {"pd": answer.pd, "score": answer.score, "grade": answer.grade, "reasons": reasons}
