"""Classes of 2011: of some registrations, in every version, and nothing that features read goes by them."""

from pathlib import Path

import numpy as np
import polars as pl
import pytest

from features.contracts.registration import DIVISIONS_OF_2011, REGISTRATION
from features.definitions.library import published
from features.engine.algebra import leaves
from features.lake.doubts import doubts_told
from features.lake.judgement import judge
from features.sources.city.editions import with_classes_of_2011
from features.sources.city.industries import CLASSES, CLASSES_OF_2011
from tests.factories.cities import other_parameters
from tests.factories.lakes import ACME, frame_of, instant
from tests.factories.registrations import registration

MANY = 5_000


def registrations(industry: str | None) -> pl.DataFrame:
    """Two versions of each."""
    numbers = pl.Series("record_id", range(MANY))
    return pl.DataFrame([pl.concat([numbers, numbers])]).with_columns(industry=pl.lit(industry, pl.String))


def written(folder: Path, industry: str | None, share: float = 0.1) -> pl.DataFrame:
    parameters = other_parameters(folder, dirt={"class_of_2011": share})
    return with_classes_of_2011(registrations(industry), parameters, np.random.default_rng(3))


def test_some_registrations_have_the_older_class_in_every_version(tmp_path: Path) -> None:
    found = written(tmp_path, "O8111")
    assert set(found["industry"]) == {"O8111", "O8011"}
    assert (found["industry"] == "O8011").mean() == pytest.approx(0.1, rel=0.15)
    assert found.group_by("record_id").agg(pl.col("industry").n_unique())["industry"].max() == 1


@pytest.mark.parametrize("industry", ["F5132", None], ids=["numbered alike in both", "left empty"])
def test_other_classes_stay(tmp_path: Path, industry: str | None) -> None:
    assert written(tmp_path, industry, share=1.0).equals(registrations(industry))


def test_both_editions_put_a_trade_in_the_same_section() -> None:
    known = {code for classes in CLASSES.values() for code, _ in classes}
    assert set(CLASSES_OF_2011) <= known
    assert all(older[0] == newer[0] and older != newer for newer, older in CLASSES_OF_2011.items())


@pytest.mark.parametrize(
    ("industry", "doubtful"),
    [
        pytest.param("O8011", 0, id="a number both editions have"),
        pytest.param("O7910", 1, id="a division of 2011 alone"),
        pytest.param("F5177", 0, id="a class of today"),
        pytest.param(None, 0, id="none"),
    ],
)
def test_a_code_of_2011_that_can_be_told_is_doubted_and_lands(industry: str | None, doubtful: int) -> None:
    at = instant("2025-07-01")
    judged = judge(frame_of(REGISTRATION, [registration(ACME, industry=industry)]), REGISTRATION, at)
    assert (judged.kept.height, judged.doubtful) == (1, doubtful)
    told = doubts_told(judged.kept, REGISTRATION, history=False)["reason"].to_list()
    assert told == ["an industry code of the edition of 2011"] * doubtful


def test_no_trade_of_the_city_is_of_such_a_division_today() -> None:
    known = {code[:3] for classes in CLASSES.values() for code, _ in classes}
    assert not known & set(DIVISIONS_OF_2011)


def test_no_feature_reads_the_class_of_a_trade() -> None:
    """One that did would need to know of which edition it is; the section has the same letter in both."""
    readers = {
        entry.name
        for entry in published()
        for leaf in leaves(entry.definition)
        if leaf.feed is REGISTRATION and "industry" in leaf.reads
    }
    assert readers == set()
