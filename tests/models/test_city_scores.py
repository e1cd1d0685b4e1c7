"""The whole city's scores are each enterprise's own."""

from dataclasses import replace
from datetime import date
from pathlib import Path

import numpy as np
import polars as pl
import pytest

from bureau.errors import ContributionsDisagree
from features.store.city_build import CityBuild
from models.boosted_trees import TreeRecipe
from models.city_scores import Caveats, is_city_scored, score_city, score_part, write_part
from models.logistic import Logistic, LogisticRecipe
from models.many_scores import score_frame
from tests.factories.granted_loans import labelled_loans, quick_model
from tests.factories.portfolio import PLAIN_LOGISTIC, SMALL_TREES, portfolio, scoring_model

MODEL = scoring_model(SMALL_TREES)
CAVEATS = Caveats({"snapshot": "7", "version": "1", "stale": "{}"}, {3: '[{"kind": "suit"}]'})


class Untrue(Logistic):
    """A model whose contributions are off by a little."""

    def parts(self, matrix: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        raw, parts = super().parts(matrix)
        return raw + 1e-8, parts


def part(path: Path, seed: int) -> Path:
    frame = portfolio(40, seed=seed)[0].select(MODEL.features)
    keys = pl.DataFrame({"enterprise_id": range(40), "uscc": [f"{seed}-{n}" for n in range(40)]})
    keys.hstack(frame).write_parquet(path)
    return path


def test_each_part_is_scored_as_one_by_one(tmp_path: Path) -> None:
    built = [part(tmp_path / f"b={n}.parquet", n) for n in range(2)]
    assert score_city(MODEL, built, tmp_path / "scores", CAVEATS) == 80
    for path in built:
        scored = pl.read_parquet(tmp_path / "scores" / path.name)
        assert scored["marks"].to_list() == ["[]"] * 3 + [CAVEATS.marks[3]] + ["[]"] * 36
        assert CAVEATS.stamp.items() <= pl.read_parquet_metadata(tmp_path / "scores" / path.name).items()
        alone = MODEL.score_many(pl.read_parquet(path))
        assert scored["score"].to_list() == [one.score for one in alone]
        assert scored["grade"].to_list() == [one.grade for one in alone]
        assert scored["pd"].to_list() == pytest.approx([one.pd for one in alone], rel=1e-12)


@pytest.mark.parametrize("recipe", [SMALL_TREES, PLAIN_LOGISTIC], ids=["trees", "logistic"])
def test_reasons_in_columns_are_those_told_one_by_one(recipe: TreeRecipe | LogisticRecipe) -> None:
    model, frame = scoring_model(recipe), portfolio(300, seed=9)[0]
    for row, one in zip(score_frame(model, frame).to_dicts(), model.score_many(frame), strict=True):
        told = [(reason["code"], reason["points"], reason["feature"]) for reason in row["reasons"]]
        assert told == [(reason.code, reason.points, reason.features[0].name) for reason in one.reasons]
        values = {reason.features[0].name: reason.features[0].value for reason in one.reasons}
        for reason in row["reasons"]:
            value = values[reason["feature"]]
            assert reason["value"] == (None if isinstance(value, str) else value)
        assert (row["base_points"], row["other_points"]) == (one.base_points, one.other_points)
        assert (row["score"], row["grade"], row["raw"]) == (one.score, one.grade, one.raw)


def test_no_rows_have_no_scores_and_all_columns() -> None:
    frame = portfolio()[0]
    assert score_frame(MODEL, frame[:0]).schema == score_frame(MODEL, frame[:3]).schema


def test_a_city_whose_reasons_do_not_add_up_is_not_written(tmp_path: Path) -> None:
    honest = scoring_model(PLAIN_LOGISTIC).predictor
    assert isinstance(honest, Logistic)
    untrue = replace(MODEL, predictor=Untrue(honest.intercept, honest.terms))
    with pytest.raises(ContributionsDisagree, match="withheld"):
        score_part(untrue, part(tmp_path / "b=0.parquet", 0), tmp_path / "out.parquet", CAVEATS)
    assert not (tmp_path / "out.parquet").exists()


def test_a_part_that_is_there_is_not_scored_again(tmp_path: Path) -> None:
    built, out = part(tmp_path / "b=0.parquet", 0), tmp_path / "out.parquet"
    score_part(MODEL, built, out, CAVEATS)
    written = out.stat().st_mtime_ns
    assert score_part(MODEL, built, out, CAVEATS) == 40
    assert out.stat().st_mtime_ns == written


@pytest.mark.parametrize("changed", ["snapshot", "version", "stale"])
def test_a_part_of_another_build_or_model_is_scored_anew(tmp_path: Path, changed: str) -> None:
    out = tmp_path / "out.parquet"
    score_part(MODEL, part(tmp_path / "b=0.parquet", 0), out, replace(CAVEATS, stamp=CAVEATS.stamp | {changed: "old"}))
    before = pl.read_parquet(out)
    later = part(tmp_path / "b=0.parquet", 1)
    assert score_part(MODEL, later, out, CAVEATS) == 40
    assert not pl.read_parquet(out).equals(before)
    assert pl.read_parquet_metadata(out)[changed] == CAVEATS.stamp[changed]


def test_parts_of_a_larger_build_go(tmp_path: Path) -> None:
    built = [part(tmp_path / f"part-000{n}.parquet", n) for n in range(2)]
    score_city(MODEL, built, tmp_path / "scores", CAVEATS)
    score_city(MODEL, built[:1], tmp_path / "scores", CAVEATS)
    assert [path.name for path in (tmp_path / "scores").iterdir()] == ["part-0000.parquet"]


def test_a_city_is_scored_where_this_version_scored_every_part_of_this_build(tmp_path: Path) -> None:
    model, built = quick_model(labelled_loans(200)), [Path("part-0000.parquet"), Path("part-0001.parquet")]
    wanted = CityBuild(model.features, date(2025, 7, 1), 7)
    said = replace(CAVEATS, stamp=wanted.stamp | {"model": model.name, "version": model.version, "stale": "{}"})
    write_part(pl.DataFrame(), tmp_path / built[0].name, said)
    assert not is_city_scored(model, built, tmp_path, wanted)
    write_part(pl.DataFrame(), tmp_path / built[1].name, said)
    assert is_city_scored(model, built, tmp_path, wanted)
    assert is_city_scored(model, built, tmp_path, replace(wanted, names=model.features[:1])), "its own features count"
    assert not is_city_scored(replace(model, version="next"), built, tmp_path, wanted)
    assert not is_city_scored(model, built, tmp_path, replace(wanted, snapshot=8))
