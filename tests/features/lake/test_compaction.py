"""Compaction: fewer files, the same answers, old snapshots untouched."""

from pathlib import Path

import polars as pl
import pyarrow.parquet as pq
import pytest

from bureau.errors import UnknownName
from features.contracts.tax_arrears import TAX_ARREARS
from features.lake import folding
from features.lake.compaction import compact
from features.lake.lake import Lake, choose_buckets, suit_buckets
from features.lake.vacuum import removable, vacuum
from tests.factories.lakes import instant, known, land_rows, make_lake, uscc
from tests.factories.tax import tax_arrears

FIRMS = [uscc(number) for number in range(40)]


def corrected(tmp_path: Path) -> Lake:
    lake = make_lake(tmp_path)
    land_rows(lake, TAX_ARREARS, [tax_arrears(firm, arrears_fen=1) for firm in FIRMS], "2025-07-01")
    changed = [tax_arrears(firm, arrears_fen=2, version=2, op="U") for firm in FIRMS[::2]]
    land_rows(lake, TAX_ARREARS, changed, "2025-08-01")
    return lake


def test_views_and_old_snapshots_stay(tmp_path: Path) -> None:
    lake = corrected(tmp_path)
    days = ("2025-07-31", "2025-08-01")
    before, snapshot = [known(lake, TAX_ARREARS, day) for day in days], lake.snapshot()
    done = compact(lake, "F18", at=instant("2025-09-01"))
    assert (done.rows, done.snapshot) == (60, snapshot + 1)
    assert len(lake.files("F18")) == done.files == lake.buckets
    assert lake.closings("F18") == []
    for again in (None, snapshot):
        assert all(known(lake, TAX_ARREARS, day, again).equals(view) for day, view in zip(days, before, strict=True))


def test_a_file_holds_one_bucket_in_order(tmp_path: Path) -> None:
    lake = corrected(tmp_path)
    compact(lake, "F18", at=instant("2025-09-01"))
    for path in lake.files("F18"):
        rows = pl.read_parquet(path)
        assert (rows["enterprise_id"] % lake.buckets).unique().to_list() == [int(path.name[2:5])]
        assert rows.equals(rows.sort("enterprise_id", "event_date", "record_no", "version"))


@pytest.mark.parametrize("rows", [1, 4, 11])
def test_buckets_are_folded_one_by_one_in_ranges_or_some_together(
    rows: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole, parts = corrected(tmp_path / "whole"), corrected(tmp_path / "parts")
    compact(whole, "F18", at=instant("2025-09-01"))
    width = pq.read_table(parts.files("F18")[0])
    monkeypatch.setattr(folding, "CHUNK", rows * width.nbytes // width.num_rows)
    compact(parts, "F18", at=instant("2025-09-01"))
    for one, other in zip(whole.files("F18"), parts.files("F18"), strict=True):
        assert pl.read_parquet(one).equals(pl.read_parquet(other))


def test_vacuum_gives_up_what_only_old_snapshots_list(tmp_path: Path) -> None:
    lake = corrected(tmp_path)
    then, view = lake.snapshot(), known(lake, TAX_ARREARS, "2025-08-01")
    compact(lake, "F18", at=instant("2025-09-01"))
    assert vacuum(lake, keep_days=30, at=instant("2025-09-30")).files == 0
    assert known(lake, TAX_ARREARS, "2025-08-01", then).equals(view)
    wanted = removable(lake, keep_days=30, at=instant("2025-10-02"))
    assert known(lake, TAX_ARREARS, "2025-08-01", then).equals(view)
    done = vacuum(lake, keep_days=30, at=instant("2025-10-02"))
    assert wanted == done
    assert (done.files, done.oldest) == (3, then + 1)
    assert known(lake, TAX_ARREARS, "2025-08-01").equals(view)
    assert {*lake.root.glob("feed=F18/*")} == {*lake.files("F18")}
    with pytest.raises(UnknownName, match="no snapshot that can still be read"):
        lake.files("F18", then)


def test_vacuum_keeps_a_young_snapshot_though_a_later_one_is_dated_before_it(tmp_path: Path) -> None:
    lake = corrected(tmp_path)
    land_rows(lake, TAX_ARREARS, [tax_arrears(FIRMS[0], arrears_fen=9, version=9)], "2025-09-29")
    young, view = lake.snapshot(), known(lake, TAX_ARREARS, "2025-10-01")
    compact(lake, "F18", at=instant("2025-08-01"))
    assert removable(lake, keep_days=30, at=instant("2025-10-02")).files == 0
    assert vacuum(lake, keep_days=30, at=instant("2025-10-02")).files == 0
    assert known(lake, TAX_ARREARS, "2025-10-01", young).equals(view)


@pytest.mark.parametrize(
    ("enterprises", "buckets"), [(None, 16), (199_999, 16), (200_000, 64), (999_999, 64), (1_000_000, 128)]
)
def test_a_lake_has_the_buckets_that_suit_its_enterprises(
    enterprises: int | None, buckets: int, tmp_path: Path
) -> None:
    lake = make_lake(tmp_path)
    suit_buckets(lake, enterprises)
    assert lake.buckets == buckets


def test_a_large_lake_chooses_its_buckets_before_it_holds_anything(tmp_path: Path) -> None:
    lake = make_lake(tmp_path)
    choose_buckets(lake, 128)
    land_rows(lake, TAX_ARREARS, [tax_arrears(firm) for firm in FIRMS])
    choose_buckets(lake, 16)
    assert lake.buckets == 128
    assert compact(lake, "F18", at=instant("2025-09-01")).files == len(FIRMS)


def test_compacting_twice_writes_once(tmp_path: Path) -> None:
    lake = corrected(tmp_path)
    first = compact(lake, "F18", at=instant("2025-09-01"))
    second = compact(lake, "F18", at=instant("2025-09-02"))
    assert (second.rows, second.snapshot) == (0, first.snapshot)


def test_a_feed_without_rows(tmp_path: Path) -> None:
    assert compact(make_lake(tmp_path), "F18", at=instant("2025-09-01")).files == 0


def test_a_correction_after_compaction_closes_what_was_folded(tmp_path: Path) -> None:
    lake = corrected(tmp_path)
    compact(lake, "F18", at=instant("2025-09-01"))
    third = land_rows(lake, TAX_ARREARS, [tax_arrears(FIRMS[0], arrears_fen=3, version=3)], "2025-10-01")
    assert third.landed == 1
    view = known(lake, TAX_ARREARS, "2025-10-01").filter(pl.col("uscc") == FIRMS[0])
    assert view["arrears_fen"].to_list() == [3]


def test_a_needed_snapshot_outlives_a_vacuum_and_no_other_of_its_age(tmp_path: Path) -> None:
    lake = corrected(tmp_path)
    first, needed = 1, lake.snapshot()
    view = known(lake, TAX_ARREARS, "2025-08-01", needed)
    compact(lake, "F18", at=instant("2025-09-01"))
    land_rows(lake, TAX_ARREARS, [tax_arrears(FIRMS[0], arrears_fen=9, version=9)], "2025-09-02")
    middle = lake.snapshot()
    compact(lake, "F18", at=instant("2025-09-03"))
    done = vacuum(lake, keep_days=30, at=instant("2025-12-01"), needed=[needed])
    assert (done.files > 0, done.oldest) == (True, lake.snapshot())
    assert known(lake, TAX_ARREARS, "2025-08-01", needed).equals(view)
    assert [lake.is_readable(number) for number in (first, needed, middle)] == [False, True, False]
    last = vacuum(lake, keep_days=30, at=instant("2025-12-02"), needed=[first, middle])
    assert (last.files, last.oldest) == (3, lake.snapshot())
    assert [lake.is_readable(number) for number in (first, needed, middle)] == [False, False, False]
    assert {*lake.root.glob("feed=F18/*")} == {*lake.files("F18")}
