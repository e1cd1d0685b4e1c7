"""Scores of the whole city as of one day with their exact reasons, part by part from the built features."""

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import polars as pl

from models.many_scores import score_frame
from models.scoring import ScoringModel

_PORTION = 25_000
"""Rows scored at once: their matrix and contributions stay small whatever the city's size."""
_THREADS = 2
"""The trees are walked and numbers sorted outside Python's lock, so two portions at a time take little over half."""


def score_part(model: ScoringModel, built: Path, out: Path) -> int:
    """Score one part of the built features, as `score_rows` does, into a file of its own. Returns its rows.

    Written whole or not at all; a part that is there already is not scored again.
    """
    if out.exists():
        return int(pl.scan_parquet(out).select(pl.len()).collect().item())
    result = score_rows(model, pl.read_parquet(built, columns=["enterprise_id", "uscc", *model.features]))
    write_part(result, out, {})
    return result.height


def score_city(model: ScoringModel, built: Sequence[Path], folder: Path) -> int:
    """Score every part of a built day into `folder`, under the names of the parts. Returns the rows."""
    return sum(score_part(model, part, folder / part.name) for part in built)


def score_rows(model: ScoringModel, frame: pl.DataFrame) -> pl.DataFrame:
    """`enterprise_id`, `uscc` and what `score_frame` says of every row of built features.

    Raises `ContributionsDisagree` where one row's reasons do not add up.
    """
    portions = list(frame.iter_slices(_PORTION)) or [frame]
    with ThreadPoolExecutor(_THREADS) as threads:
        scored = list(threads.map(lambda portion: score_frame(model, portion), portions))
    return frame.select("enterprise_id", "uscc").hstack(pl.concat(scored))


def write_part(frame: pl.DataFrame, out: Path, stamp: dict[str, str]) -> None:
    """Write beside the place and rename. stamp: what the file says it was made from."""
    out.parent.mkdir(parents=True, exist_ok=True)
    unfinished = out.with_suffix(".unfinished")
    frame.write_parquet(unfinished, compression="zstd", metadata=stamp)
    unfinished.replace(out)
