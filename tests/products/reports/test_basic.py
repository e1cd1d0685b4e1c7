"""The basic report: what is shown of the public record, and what the law hides."""

from datetime import date
from typing import Any

import polars as pl
import pytest

from products.desk import Desk
from products.product import Table, find_product
from products.reports.basic import usable
from products.reports.producing import produce_report
from tests.factories.desks import CROWD, SOUND, TROUBLED, grant_for

P01 = find_product("P01")


def table(desk: Desk, feed: str, subject: str = TROUBLED) -> dict[str, object]:
    content = produce_report(desk, P01, subject, grant_for(P01, subject)).content
    return next(table for table in content["result"]["tables"] if table["feed"] == feed)


def test_a_row_says_where_it_comes_from(city: Desk) -> None:
    cases = table(city, "F26")
    assert cases["count"] == 3
    rows = cases["records"]
    assert isinstance(rows, list)
    assert [row["event_date"] for row in rows] == ["2025-03-03", "2025-02-10", "2024-09-02"]
    assert {(row["feed"], row["department"]) for row in rows} == {("F26", "法院")}
    assert all(row["record_id"] and row["cause"] for row in rows)


def test_a_clean_record_is_an_empty_table_of_a_received_feed(city: Desk) -> None:
    penalties = table(city, "F34", SOUND)
    assert (penalties["received"], penalties["count"], penalties["records"]) == (True, 0, [])


def test_a_repaired_penalty_is_not_shown_and_one_revoked_tomorrow_is(city: Desk) -> None:
    rows = table(city, "F34")["records"]
    assert isinstance(rows, list)
    assert [row["decided_on"] for row in rows] == ["2025-03-01", "2025-01-15"]


def test_a_listing_that_was_removed_is_not_shown(city: Desk) -> None:
    assert table(city, "F28", CROWD[0])["count"] == 0
    assert table(city, "F28", TROUBLED)["count"] == 1


@pytest.mark.parametrize(
    ("removed_on", "shown"),
    [
        pytest.param(None, True, id="never removed"),
        pytest.param(date(2025, 7, 2), True, id="removed tomorrow"),
        pytest.param(date(2025, 7, 1), False, id="removed today"),
        pytest.param(date(2020, 1, 1), False, id="removed long ago"),
    ],
)
def test_a_record_is_hidden_from_its_day_on(removed_on: date | None, shown: bool) -> None:
    rows = pl.DataFrame({"removed_on": [removed_on]}, schema={"removed_on": pl.Date})
    assert len(usable(rows, shown_table(hidden_after=("removed_on",)), date(2025, 7, 1))) == shown
    assert len(usable(rows, shown_table(), date(2025, 7, 1))) == 1


@pytest.mark.parametrize(
    ("decided_on", "shown"),
    [
        pytest.param(date(2022, 7, 2), True, id="the first day of three years"),
        pytest.param(date(2022, 7, 1), False, id="a day too old"),
    ],
)
def test_an_old_record_is_not_shown(decided_on: date, shown: bool) -> None:
    rows = pl.DataFrame({"event_date": [decided_on]})
    assert len(usable(rows, shown_table(within_months=36), date(2025, 7, 1))) == shown


def shown_table(**limits: Any) -> Table:
    return Table(feed="F34", name="处罚", name_en="Penalties", columns=("act",), **limits)
