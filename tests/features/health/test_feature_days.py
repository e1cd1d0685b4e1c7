"""Features of a day beside their baseline, from files as the city's build writes them."""

from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import polars as pl
import pytest

from features.definitions.library import find_feature, published
from features.health import bins, feature_days
from features.health.alerts import alerts
from features.health.feature_days import FeatureDay, measure_features, measured_days, read_feature_days

COUNT = find_feature("tax_arrears_count_24m")
ENTRIES = [COUNT]
FIRST, SECOND = date(2025, 6, 1), date(2025, 6, 2)


def built(folder: Path, *values: float | None) -> list[Path]:
    """Two files that together hold one value an enterprise."""
    frame = pl.DataFrame({COUNT.name: pl.Series(values, dtype=pl.Float64)}).with_row_index("enterprise_id", offset=1)
    paths = [folder / "a.parquet", folder / "b.parquet"]
    frame[: len(values) // 2].write_parquet(paths[0])
    frame[len(values) // 2 :].write_parquet(paths[1])
    return paths


def measured(tmp_path: Path, *values: float | None, day: date = SECOND) -> FeatureDay:
    (one,) = measure_features(tmp_path / "health", built(tmp_path, *values), ENTRIES, day)
    return one


def test_the_first_day_is_its_own_baseline(tmp_path: Path) -> None:
    one = measured(tmp_path, 0, 0, 1, 2, 3, None, day=FIRST)
    assert (one.rows, one.missing, one.baseline_day, one.psi) == (6, 1, FIRST, 0.0)
    assert sum(one.counts) == 5
    assert alerts([one], []) == []


def test_what_moved_is_told(tmp_path: Path) -> None:
    measured(tmp_path, *range(100), day=FIRST)
    one = measured(tmp_path, *range(90, 190))
    assert one.psi > 0.25
    assert [alert.code for alert in alerts([one], [])] == ["drift"]


def test_days_that_pass_for_everybody_ring_no_alarm(tmp_path: Path) -> None:
    one = replace(measured(tmp_path, *range(100), day=FIRST), psi=8.0)
    assert [alert.code for alert in alerts([one], [])] == ["drift"]
    assert alerts([replace(one, feature="insurance_arrears_days_ago")], []) == []


def test_a_baseline_that_is_given_up_begins_anew(tmp_path: Path) -> None:
    measured(tmp_path, *range(100), day=FIRST)
    path = tmp_path / "health" / feature_days.BASELINE
    assert bins.forget_baseline(path, ["age_days"]) == 0
    assert bins.forget_baseline(path, None) == 1
    one = measured(tmp_path, *range(90, 190))
    assert (one.baseline_day, one.psi) == (SECOND, 0.0)


def test_bins_of_a_large_city_end_where_a_part_of_it_says_and_count_all(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bins, "SAMPLE", 100)
    paths = built(tmp_path, *range(1_000))
    edges = bins.choose_edges(paths, ENTRIES)
    assert edges[COUNT.name] == pytest.approx([100 * step for step in range(1, 10)], abs=20)
    counted = bins.count(paths, ENTRIES, edges)[COUNT.name]
    assert sum(counted.counts) == 1_000


def test_what_is_no_longer_known_is_told(tmp_path: Path) -> None:
    measured(tmp_path, *[1.0] * 100, day=FIRST)
    one = measured(tmp_path, *[1.0] * 85, *[None] * 15)
    assert one.missing_rate == pytest.approx(0.15)
    assert [alert.code for alert in alerts([one], [])] == ["missing"]


def test_values_on_an_edge_stay_in_their_bin(tmp_path: Path) -> None:
    first = measured(tmp_path, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, day=FIRST)
    assert measured(tmp_path, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10).counts == first.counts
    assert sum(measured(tmp_path, -5, 0.5, 1e12).counts) == 3


def test_a_changed_definition_begins_a_new_baseline(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    measured(tmp_path, 1, 2, 3, day=FIRST)
    monkeypatch.setattr(feature_days, "definition_hash", lambda _names: "another")
    assert measured(tmp_path, 4, 5, 6).baseline_day == SECOND


def test_days_are_kept_and_read_back(tmp_path: Path) -> None:
    one = measured(tmp_path, 1, 2, None, day=FIRST)
    folder = tmp_path / "health"
    assert read_feature_days(folder, FIRST) == [one]
    assert read_feature_days(folder, SECOND) == []
    assert measured_days(folder) == [FIRST]


def test_a_category_is_told_on_the_day_it_is_first_met(tmp_path: Path) -> None:
    entry = next(one for one in published() if one.categories)
    categories = pl.Enum(entry.categories)

    def measured_on(day: date, known: int) -> FeatureDay:
        path = tmp_path / "built.parquet"
        pl.DataFrame({entry.name: pl.Series(entry.categories[:known], dtype=categories)}).write_parquet(path)
        (one,) = measure_features(tmp_path / "health", [path], [entry], day)
        return one

    measured_on(FIRST, 1)
    for _ in "once", "again":
        one = measured_on(SECOND, 2)
        assert one.new_categories == (entry.categories[1],)
        assert "category" in [alert.code for alert in alerts([one], [])]
    assert measured_on(SECOND + timedelta(days=1), 3).new_categories == (entry.categories[2],)
    assert measured_on(SECOND + timedelta(days=2), 3).new_categories == ()
