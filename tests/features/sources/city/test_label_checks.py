"""What is written from the label is seen, in whichever feed, id, order or batch it stands."""

import shutil
from pathlib import Path

import polars as pl
import pytest

from features.sources.city.arrivals import arrivals
from features.sources.city.label_checks import PRESENCE_BEYOND, RECORDS, ROWS, ROWS_BEYOND, check_label
from features.sources.city.outcomes import delivered, matured_loans
from features.sources.city.placement import placement
from features.sources.city.promises import Size
from features.sources.source import Check
from tests.factories.cities import write_city

SIZE = Size(300, 2000)


@pytest.fixture
def town(village: Path, tmp_path: Path) -> Path:
    """A copy to tamper with."""
    return shutil.copytree(village, tmp_path / "town")


def found(folder: Path) -> dict[str, Check]:
    loans = matured_loans(folder)
    return {check.rule: check for check in check_label(folder, loans, loans.select("state_log_odds"), SIZE)}


def forge(folder: Path, feed: str) -> None:
    """A row of the feed about every borrower who will default, ten days before the grant."""
    bad = matured_loans(folder).filter("bad").select("uscc", day=pl.col("granted_on").dt.offset_by("-10d"))
    original = delivered(folder, feed)
    forged = original.filter(pl.col("op") == "I").head(1).drop("uscc").join(bad.unique("uscc"), how="cross")
    forged = forged.with_columns(
        record_id=pl.concat_str(pl.lit("forged-"), "uscc"),
        event_date="day",
        received_at=pl.col("day").cast(pl.Datetime("us")).dt.replace_time_zone("UTC"),
    )
    path = next(folder.glob(f"{feed}-*.parquet"))
    pl.concat([original, forged.select(original.columns)]).write_parquet(path)


def test_an_honest_city_knows_nothing_of_the_label(village: Path) -> None:
    assert [check for check in found(village).values() if check.fails] == []


@pytest.mark.parametrize("feed", ["F10", "F59"])
def test_a_record_written_from_the_label_is_seen_in_every_feed(town: Path, feed: str) -> None:
    forge(town, feed)
    told = found(town)
    assert told[RECORDS.rule].fails
    assert told[PRESENCE_BEYOND.rule].fails
    assert feed in told[PRESENCE_BEYOND.rule].found


def test_an_order_written_from_the_label_is_seen(town: Path) -> None:
    rows, bad = delivered(town, "F60"), matured_loans(town).filter("bad")["loan_no_hash"].implode()
    last = rows.sort(pl.col("loan_no_hash").is_in(bad), maintain_order=True)
    last.write_parquet(next(town.glob("F60-*.parquet")))
    told = found(town)
    assert [told[rule.rule].fails for rule in (ROWS, ROWS_BEYOND)] == [True, True]
    assert "place" in told[ROWS.rule].found


def test_a_batch_of_bad_loans_is_seen(town: Path) -> None:
    loans, rows = matured_loans(town), delivered(town, "F60")
    of_bad = pl.col("loan_no_hash").is_in(loans.filter("bad")["loan_no_hash"].implode())
    rows.filter(~of_bad).write_parquet(next(town.glob("F60-*.parquet")))
    rows.filter(of_bad).write_parquet(town / "F60-last.parquet")
    batch = placement(town, loans)["batch"]
    assert (batch == 2).equals(loans["bad"].alias("batch"))


def test_the_files_of_many_shards_say_nothing(tmp_path: Path) -> None:
    write_city(tmp_path, enterprises=40, shard_size=20)
    placed = placement(tmp_path, matured_loans(tmp_path))
    assert placed.null_count().sum_horizontal().item() == 0
    assert placed["place"].is_between(0, 1).all()


def test_a_row_counts_from_the_day_it_arrives_and_for_two_years(tmp_path: Path) -> None:
    day = pl.Series(["2020-01-01", "2021-12-31", "2022-01-01"]).str.to_date()
    night = day.cast(pl.Datetime("us")).dt.replace_time_zone("UTC")
    pl.DataFrame({"uscc": ["A", "A", "A"], "received_at": night}).write_parquet(tmp_path / "F99-0.parquet")
    granted = pl.Series(["2019-12-31", "2020-01-01", "2021-12-31", "2022-01-01", "2022-01-01"]).str.to_date()
    loans = pl.DataFrame({"uscc": ["A", "A", "A", "A", "B"], "granted_on": granted})
    lately, ever = arrivals(tmp_path, loans, "F99")
    assert ever.to_list() == [0, 1, 2, 3, 0]
    assert lately.to_list() == [0, 1, 1, 2, 0]
