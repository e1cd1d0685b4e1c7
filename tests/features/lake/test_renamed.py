"""Columns under other names: announced they are taken for what they are, unannounced they stop their feed alone."""

import json
from datetime import date
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from bureau.errors import SchemaDrift
from features.contracts.penalty import PENALTY
from features.contracts.tax_arrears import TAX_ARREARS
from features.lake.delivery import read_delivery, write_delivery
from features.lake.landing import land
from features.lake.quarantine import list_waiting
from features.lake.sidecar import Renamed, sidecar_path
from features.lake.stops import standing_stops, take
from features.lake.tabular import open_table
from tests.factories.lakes import ACME, deliver, frame_of, instant, known, make_lake
from tests.factories.penalties import penalty
from tests.factories.tax import tax_arrears

FRAME = frame_of(TAX_ARREARS, [tax_arrears(ACME)])
SINCE = date(2025, 7, 1)
NEW_NAME = {"owed_fen": Renamed(column="arrears_fen", since=SINCE)}


def delivered(folder: Path, frame: pl.DataFrame = FRAME, made_at: str = "2025-07-02", batch: str = "1") -> Path:
    """A delivery in which arrears_fen is called owed_fen, as its sidecar says."""
    return write_delivery(
        frame,
        feed="F18",
        batch_id=batch,
        publisher="税务",
        produced_at=instant(made_at),
        folder=folder,
        history=False,
        renamed=NEW_NAME,
    )


def said(path: Path, **changes: Any) -> Path:
    """The delivery with its sidecar changed."""
    beside = sidecar_path(path)
    beside.write_text(json.dumps(json.loads(beside.read_text("utf-8")) | changes), "utf-8")
    return path


def test_an_announced_name_stands_for_the_agreed_one(tmp_path: Path) -> None:
    path = delivered(tmp_path)
    assert "owed_fen" in pl.read_parquet_schema(path)
    assert read_delivery(path).frame.equals(FRAME)
    lake = make_lake(tmp_path)
    land(lake, read_delivery(path), received_at=instant("2025-07-03"))
    assert known(lake, TAX_ARREARS, "2025-07-04")["arrears_fen"].to_list() == FRAME["arrears_fen"].to_list()


def test_a_csv_may_have_other_names_too(tmp_path: Path) -> None:
    path = tmp_path / "x.csv"
    FRAME.rename({"arrears_fen": "owed_fen"}).write_csv(path)
    plain = read_delivery(delivered(tmp_path)).sidecar
    described = plain.model_dump(mode="json") | {"sha256": open_table(path).sha256}
    sidecar_path(path).write_text(json.dumps(described), "utf-8")
    assert read_delivery(path).frame.columns == FRAME.columns


def test_portions_of_a_large_file_have_the_agreed_names(tmp_path: Path) -> None:
    many = pl.concat([FRAME] * 5)
    portions = list(read_delivery(delivered(tmp_path, many)).table.portions(2))
    assert [portion.height for portion in portions] == [2, 2, 1]
    assert {tuple(portion.columns) for portion in portions} == {tuple(FRAME.columns)}


def test_what_waits_has_the_agreed_names(tmp_path: Path) -> None:
    lake = make_lake(tmp_path)
    path = delivered(tmp_path, FRAME.with_columns(arrears_fen=-1))
    land(lake, read_delivery(path), received_at=instant("2025-07-03"))
    [waiting] = list_waiting(lake, "F18")
    assert waiting.reason.startswith("arrears_fen is '-1'")


def test_a_file_in_the_agreed_names_needs_no_announcement_to_be_true(tmp_path: Path) -> None:
    path = deliver(TAX_ARREARS, FRAME, tmp_path).path
    described = {"owed_fen": {"column": "arrears_fen", "since": "2025-07-01"}}
    assert read_delivery(said(path, renamed=described)).frame.equals(FRAME)


@pytest.mark.parametrize(
    ("made_at", "lands"),
    [
        pytest.param("2025-06-30T15:59", False, id="a minute to midnight in Shanghai"),
        pytest.param("2025-06-30T16:00", True, id="midnight in Shanghai"),
    ],
)
def test_a_name_counts_from_its_day(tmp_path: Path, made_at: str, lands: bool) -> None:
    path = delivered(tmp_path, made_at=made_at)
    if lands:
        assert read_delivery(path).frame.equals(FRAME)
        return
    with pytest.raises(SchemaDrift, match="owed_fen is announced from 2025-07-01 on, and the file was made before"):
        read_delivery(path)


@pytest.mark.parametrize(
    ("renamed", "sentence"),
    [
        pytest.param({}, "F18 needs the column arrears_fen", id="said by nobody"),
        pytest.param({"owed": "arrears_fen"}, "F18 needs the column arrears_fen", id="another name than the file's"),
        pytest.param({"owed_fen": "balance"}, "which is no column of its own", id="a column the feed has not"),
        pytest.param({"owed_fen": "record_id"}, "which is no column of its own", id="a column of all feeds"),
        pytest.param({"owed_fen": "tax_kind"}, "stands there twice", id="a column that is there"),
        pytest.param({"tax_kind": "arrears_fen"}, "stands there twice", id="by a name that another has"),
        pytest.param(
            {"owed_fen": "arrears_fen", "struck_on": "arrears_fen"}, "stands there twice", id="two for one column"
        ),
    ],
)
def test_an_announcement_that_cannot_be_stops_the_feed(tmp_path: Path, renamed: dict[str, str], sentence: str) -> None:
    described = {name: {"column": column, "since": "2025-07-01"} for name, column in renamed.items()}
    with pytest.raises(SchemaDrift, match=sentence):
        read_delivery(said(delivered(tmp_path), renamed=described))


def test_a_renamed_column_must_keep_its_type(tmp_path: Path) -> None:
    path = delivered(tmp_path)
    pl.read_parquet(path).with_columns(owed_fen=pl.lit("12")).write_parquet(path)
    said(path, sha256=open_table(path).sha256)
    with pytest.raises(SchemaDrift, match="column arrears_fen holds String"):
        read_delivery(path)


def test_a_rename_that_nobody_announced_stops_its_feed_and_no_other(tmp_path: Path) -> None:
    lake = make_lake(tmp_path)
    at = instant("2025-07-03")
    with pytest.raises(SchemaDrift):
        take(lake, said(delivered(tmp_path), renamed={}), at=at)
    take(lake, deliver(PENALTY, [penalty(ACME)], tmp_path).path, at=at)
    assert set(standing_stops(lake)) == {"F18"}
    announced = delivered(tmp_path, made_at="2025-07-03", batch="2")
    assert take(lake, announced, at=at).landed == 1
    assert standing_stops(lake) == {}
