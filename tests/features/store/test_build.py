"""The whole city as of one day."""

from dataclasses import replace
from datetime import date
from pathlib import Path

import polars as pl
import pytest

from bureau.errors import UnknownName
from bureau.grant import operator_grant
from features.contracts.tax_arrears import TAX_ARREARS
from features.contracts.tax_grade import TAX_GRADE
from features.lake.lake import Lake
from features.store.build import build_features
from features.store.city_build import CityBuild, is_built, write_parts
from tests.factories.lakes import ACME, BETA, GAMMA, land_rows, make_lake
from tests.factories.tax import tax_arrears, tax_grade

ARREARS, GRADE = "tax_arrears_count_24m", "tax_grade"


@pytest.fixture
def lake(tmp_path: Path) -> Lake:
    lake = make_lake(tmp_path)
    land_rows(lake, TAX_ARREARS, [tax_arrears(ACME), tax_arrears(BETA, date(2020, 3, 31))], "2025-04-02")
    land_rows(lake, TAX_GRADE, [tax_grade(GAMMA)], "2025-06-02")
    return lake


def built(lake: Lake, as_of: date, *names: str) -> pl.DataFrame:
    return build_features(lake, names, as_of, operator_grant())


def test_a_city_has_a_row_for_every_enterprise_known_that_day(lake: Lake) -> None:
    assert built(lake, date(2025, 6, 1), ARREARS).rows() == [(1, ACME, 1.0), (2, BETA, 0.0)]
    assert built(lake, date(2025, 6, 2), ARREARS).rows() == [(1, ACME, 1.0), (2, BETA, 0.0), (3, GAMMA, 0.0)]
    assert built(lake, date(2025, 4, 1), ARREARS).is_empty()


def test_nothing_of_a_feed_not_yet_connected_is_unknown_and_not_zero(lake: Lake) -> None:
    table = built(lake, date(2025, 6, 2), GRADE, "penalties_36m")
    assert table[GRADE].to_list() == [None, None, 5.0]
    assert table["penalties_36m"].to_list() == [None, None, None]


def test_an_empty_lake_gives_the_columns_alone(tmp_path: Path) -> None:
    table = built(make_lake(tmp_path / "empty"), date(2025, 6, 2), ARREARS)
    assert table.columns == ["enterprise_id", "uscc", ARREARS]
    assert table.is_empty()


def test_an_unknown_feature_is_refused(lake: Lake) -> None:
    with pytest.raises(UnknownName, match="There is no feature 'tax'"):
        built(lake, date(2025, 6, 2), "tax")


def test_parts_of_the_same_build_stay_and_those_of_another_are_made_anew(lake: Lake, tmp_path: Path) -> None:
    folder, wanted = tmp_path / "parts", CityBuild((ARREARS,), date(2025, 6, 2), lake.snapshot())
    assert not is_built(wanted, folder)
    (part,) = write_parts(lake, wanted, operator_grant(), folder)
    assert is_built(wanted, folder)
    made = part.stat().st_mtime_ns
    write_parts(lake, wanted, operator_grant(), folder)
    assert part.stat().st_mtime_ns == made
    other = replace(wanted, as_of=date(2025, 6, 1))
    assert not is_built(other, folder)
    write_parts(lake, other, operator_grant(), folder)
    assert part.stat().st_mtime_ns != made
    assert is_built(other, folder)
