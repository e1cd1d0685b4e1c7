"""How rows lie in files: smaller than what they say, and nothing of it lost."""

from datetime import date, datetime
from pathlib import Path

import polars as pl
import pyarrow.parquet as pq
import pytest

from bureau.clock import to_micros
from bureau.errors import UnreadableFile
from features.contracts.tax_arrears import TAX_ARREARS
from features.lake.digest import record_numbers
from features.lake.layout import TEXT_RECORDS, rows_sql
from features.lake.query import query
from tests.factories.lakes import ACME, instant, known, land_rows, make_lake, uscc
from tests.factories.tax import tax_arrears


@pytest.mark.parametrize(
    ("record_id", "is_its_number"),
    [
        pytest.param("F18-0", True, id="the smallest number"),
        pytest.param("F18-915666102207440709", True, id="a long number"),
        pytest.param(f"F18-{2**62 - 1}", True, id="the largest number"),
        pytest.param(f"F18-{2**62}", False, id="a number too large"),
        pytest.param("F18-18446744073709551617", False, id="a number beyond 64 bits"),
        pytest.param("F18-007", False, id="leading zeros"),
        pytest.param("F18--7", False, id="a minus sign"),
        pytest.param("F18-+7", False, id="a plus sign"),
        pytest.param("F18- 7", False, id="a blank"),
        pytest.param("F16-7", False, id="another feed's code"),
        pytest.param("7", False, id="a bare number"),
        pytest.param("深税欠〔2023〕7号", False, id="a document number"),
    ],
)
def test_a_record_is_known_by_its_number_or_by_its_text(tmp_path: Path, record_id: str, is_its_number: bool) -> None:
    number = record_numbers(pl.Series([record_id]), "F18").item()
    assert (number < TEXT_RECORDS) == is_its_number
    lake = make_lake(tmp_path)
    land_rows(lake, TAX_ARREARS, [tax_arrears(ACME, record_id=record_id)])
    assert known(lake, TAX_ARREARS, "2025-07-01")["record_id"].to_list() == [record_id]
    assert pl.read_parquet(lake.files("F18"))["record_id"].null_count() == int(is_its_number)


def test_ids_that_differ_in_spelling_alone_stay_two_records() -> None:
    ids = ["F18-7", "F18-07", "7", "F18-7 "]
    assert record_numbers(pl.Series(ids), "F18").n_unique() == len(ids)


@pytest.mark.parametrize(
    "received_at",
    [
        pytest.param(instant("2025-07-01"), id="midnight"),
        pytest.param(datetime.fromisoformat("2025-07-01T23:59:59.999999+00:00"), id="the day's last microsecond"),
        pytest.param(datetime.fromisoformat("1969-12-31T23:59:59.000001+00:00"), id="before 1970"),
    ],
)
def test_an_instant_keeps_its_microsecond(tmp_path: Path, received_at: datetime) -> None:
    lake = make_lake(tmp_path)
    rows = [tax_arrears(ACME, struck_on=date(1960, 1, 31), publish_date=date(1950, 1, 1))]
    land_rows(lake, TAX_ARREARS, rows, received_at)
    stored = query(
        f"SELECT known_at, received_at, event_date, publish_date FROM {rows_sql(TAX_ARREARS, lake.files('F18'))}"
    )
    micros = to_micros(received_at)
    assert stored.rows() == [(micros, micros, date(1960, 1, 31), date(1950, 1, 1))]


def test_row_groups_end_with_their_bucket(tmp_path: Path) -> None:
    lake = make_lake(tmp_path)
    firms = [
        tax_arrears(uscc(number), record_id=f"F18-{number * 300 + part}") for number in range(100) for part in range(3)
    ]
    frame = pl.DataFrame(firms, schema=TAX_ARREARS.dtypes)
    many = pl.concat(
        [frame.with_columns(record_id=pl.format("{}{}", "record_id", pl.lit(copy))) for copy in range(500)]
    )
    land_rows(lake, TAX_ARREARS, many)
    footer = pq.read_metadata(lake.files("F18")[0])
    place = footer.row_group(0).to_dict()["columns"]
    bucket = next(number for number, column in enumerate(place) if column["path_in_schema"] == "bucket")
    seen = [footer.row_group(group).column(bucket).statistics for group in range(footer.num_row_groups)]
    assert all(group.min == group.max for group in seen)
    assert sorted({group.min for group in seen}) == list(range(lake.buckets))


def test_a_lake_of_another_layout_is_refused(tmp_path: Path) -> None:
    lake = make_lake(tmp_path)
    land_rows(lake, TAX_ARREARS, [tax_arrears(ACME)])
    with lake.catalogue.begin() as connection:
        connection.exec_driver_sql("UPDATE lake_setting SET value = '1' WHERE name = 'layout'")
    with pytest.raises(UnreadableFile, match="earlier version"):
        make_lake(tmp_path)
