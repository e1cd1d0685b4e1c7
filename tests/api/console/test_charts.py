"""A chart holds exactly the rows it was given, and a day stays a day in every zone."""

from datetime import date
from typing import Any

import vl_convert

from api.console.charts import OUTCOME_COLOURS, Bar, per_day
from api.metering.draft import ANSWERED, UNANSWERED

BARS = [
    Bar(date(2026, 11, 1), "found", "查得", 9, 7200),
    Bar(date(2026, 11, 1), "refused", "拒绝", 1, 0),
    Bar(date(2026, 11, 2), "found", "查得", 4, 3200),
]
DAYS = (date(2026, 10, 4), date(2026, 11, 2))


def spec(measure: str) -> dict[str, Any]:
    return per_day(BARS, measure, days=DAYS, part="结果", day="日期", value="次数")


def test_the_rows_are_the_bars() -> None:
    drawn = spec("calls")
    rows = drawn["datasets"][drawn["data"]["name"]]
    assert sum(row["calls"] for row in rows) == 14
    assert sum(row["yuan"] for row in rows) == 104.0
    assert [row["day"] for row in rows] == ["2026-11-01", "2026-11-01", "2026-11-02"]


def test_days_are_counted_in_utc() -> None:
    assert spec("calls")["encoding"]["x"]["timeUnit"].startswith("utc")


def test_the_axis_covers_the_days_asked_for_and_the_whole_of_the_last() -> None:
    assert spec("calls")["encoding"]["x"]["scale"] == {"type": "utc", "domain": ["2026-10-04", "2026-11-03"]}


def test_outcomes_keep_their_colours() -> None:
    scale = spec("calls")["encoding"]["color"]["scale"]
    assert dict(zip(scale["domain"], scale["range"], strict=True)) == {
        "查得": OUTCOME_COLOURS["found"],
        "拒绝": OUTCOME_COLOURS["refused"],
    }
    assert OUTCOME_COLOURS.keys() == ANSWERED | UNANSWERED


def test_products_are_coloured_in_the_order_of_their_codes() -> None:
    bars = [Bar(date(2026, 11, 1), code, code, 1, 0) for code in ("P11", "P01")]
    scale = per_day(bars, "calls", days=DAYS, part="产品", day="日期", value="次数")["encoding"]["color"]["scale"]
    assert scale["domain"] == ["P01", "P11"]
    assert len(set(scale["range"])) == 2


def test_the_renderer_of_the_browser_bundle_can_draw_it() -> None:
    drawn = vl_convert.vegalite_to_svg(spec("yuan") | {"width": 300})
    assert "<svg" in drawn
    assert OUTCOME_COLOURS["found"] in drawn
