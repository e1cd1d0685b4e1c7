"""The whole city's scores are each enterprise's own."""

from pathlib import Path

import polars as pl
import pytest

from models.city_scores import score_city, score_part
from tests.factories.portfolio import SMALL_TREES, portfolio, scoring_model

MODEL = scoring_model(SMALL_TREES)


def part(path: Path, seed: int) -> Path:
    frame = portfolio(40, seed=seed)[0].select(MODEL.features)
    keys = pl.DataFrame({"enterprise_id": range(40), "uscc": [f"{seed}-{n}" for n in range(40)]})
    keys.hstack(frame).write_parquet(path)
    return path


def test_each_part_is_scored_as_one_by_one(tmp_path: Path) -> None:
    built = [part(tmp_path / f"b={n}.parquet", n) for n in range(2)]
    assert score_city(MODEL, built, tmp_path / "scores") == 80
    for path in built:
        scored = pl.read_parquet(tmp_path / "scores" / path.name)
        alone = MODEL.score_many(pl.read_parquet(path))
        assert scored["score"].to_list() == [one.score for one in alone]
        assert scored["grade"].to_list() == [one.grade for one in alone]
        assert scored["pd"].to_list() == pytest.approx([one.pd for one in alone], rel=1e-12)


def test_a_part_that_is_there_is_not_scored_again(tmp_path: Path) -> None:
    built, out = part(tmp_path / "b=0.parquet", 0), tmp_path / "out.parquet"
    score_part(MODEL, built, out)
    written = out.stat().st_mtime_ns
    assert score_part(MODEL, built, out) == 40
    assert out.stat().st_mtime_ns == written
