"""The basic report: what is shown of the public record, and what the law hides."""

from dataclasses import replace
from datetime import date

import pytest

from products.desk import Desk
from products.product import find_product
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
    ("used_on", "shown"),
    [
        pytest.param(date(2025, 7, 1), ["2025-03-01", "2025-01-15"], id="the day read"),
        pytest.param(date(2025, 7, 2), ["2025-01-15"], id="one is revoked"),
        pytest.param(date(2026, 1, 14), ["2025-01-15"], id="under Order 58"),
        pytest.param(date(2026, 4, 1), [], id="Order 36 ends a general penalty after a year"),
    ],
)
def test_the_law_of_the_day_of_use_decides(city: Desk, used_on: date, shown: list[str]) -> None:
    rows = table(replace(city, used_on=used_on), "F34")["records"]
    assert isinstance(rows, list)
    assert [row["decided_on"] for row in rows] == shown
