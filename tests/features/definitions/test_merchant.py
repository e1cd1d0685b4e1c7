"""Merchants of a circle: visitors, reviews, complaints, and likes that come from robots."""

from datetime import date
from typing import Any

import pytest

from features.contracts.merchant_review import MERCHANT_REVIEW
from features.contracts.registration import REGISTRATION
from features.definitions.merchant import MERCHANT_FEATURES
from features.lake.lake import Lake
from tests.factories.circles import merchant_review
from tests.factories.lakes import ACME, BETA, GAMMA, Row, land_rows, make_lake
from tests.factories.registrations import registration
from tests.factories.values import values


def visit(day: date, kind: str, visitor: str, firm: str = ACME, **changes: Any) -> Row:
    return merchant_review(firm, day, kind, visitor_hash=visitor * 16, **changes)


@pytest.fixture(scope="module")
def lake(tmp_path_factory: pytest.TempPathFactory) -> Lake:
    """ACME's shop is visited, judged and complained of; BETA has one open complaint; GAMMA is no shop."""
    lake = make_lake(tmp_path_factory.mktemp("circle"))
    land_rows(lake, REGISTRATION, [registration(GAMMA)], "2020-01-01")
    june, spring, last = date(2025, 6, 1), date(2025, 1, 2), date(2024, 8, 1)
    rows = [
        visit(june, "扫码", "a"),
        visit(june, "扫码", "b"),
        visit(spring, "扫码", "a"),
        visit(last, "扫码", "a"),
        visit(june, "点赞", "a"),
        *(visit(june, "点赞", "f", record_id=f"burst-{n}", minute=n) for n in range(5)),
        visit(june, "评价", "a", score=5),
        visit(spring, "评价", "a", score=2),
        visit(spring, "投诉", "b", closed_on=spring, handled_minutes=100),
        visit(last, "投诉", "b", closed_on=date(2024, 8, 3), handled_minutes=2_000),
    ]
    land_rows(lake, MERCHANT_REVIEW, rows, "2025-06-10")
    complaint = visit(date(2025, 6, 20), "投诉", "c", BETA)
    land_rows(lake, MERCHANT_REVIEW, [complaint], "2025-06-21")
    closed = complaint | {"op": "U", "version": 2, "closed_on": date(2025, 6, 22), "handled_minutes": 1_440}
    land_rows(lake, MERCHANT_REVIEW, [closed], "2025-06-24")
    return lake


SHOP = {
    "shop_visitors_6m": 2,
    "shop_visitors_24m": 2,
    "shop_visitors_trend_12m": 1,
    "shop_likers_12m": 2,
    "shop_likes_per_liker_12m": 3,
    "shop_score_12m": 3.5,
    "shop_worst_score_24m": 2,
    "shop_low_share_24m": 0.5,
    "shop_complaints_6m": 1,
    "shop_complaints_24m": 2,
    "shop_complaint_rate_24m": 0.5,
    "shop_prompt_share_36m": 0.5,
    "shop_handling_minutes_36m": 1_050,
    "shop_slowest_minutes_36m": 2_000,
    "shop_open_complaints": 0,
    "shop_months_visited_12m": 3,
    "shop_days_since_visit": 30,
}


@pytest.mark.parametrize(
    ("firm", "as_of", "expected"),
    [
        pytest.param(ACME, "2025-07-01", SHOP, id="a shop; the second of January is six months old on 1 July"),
        pytest.param(ACME, "2025-07-02", {"shop_complaints_6m": 0, "shop_visitors_6m": 2}, id="a day too old"),
        pytest.param(BETA, "2025-06-23", {"shop_open_complaints": 1, "shop_prompt_share_36m": 0}, id="open as known"),
        pytest.param(BETA, "2025-06-24", {"shop_open_complaints": 0, "shop_prompt_share_36m": 1}, id="closed in a day"),
        pytest.param(
            GAMMA,
            "2025-07-01",
            {"shop_visitors_6m": 0, "shop_score_12m": None, "shop_complaint_rate_24m": None},
            id="no shop",
        ),
    ],
)
def test_merchants(lake: Lake, firm: str, as_of: str, expected: dict[str, Any]) -> None:
    assert values(lake, expected, firm, as_of) == expected


def test_every_feature_is_held_to_a_value() -> None:
    assert {entry.name for entry in MERCHANT_FEATURES} == set(SHOP)
