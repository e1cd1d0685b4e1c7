"""Annual reports: the newest published year on 1 July 2025 is 2023, for 2024 may still be on its way."""

from datetime import date

import pytest

from features.contracts.annual_report import ANNUAL_REPORT
from features.definitions.annual_report import ANNUAL_REPORT_FEATURES
from features.engine.windows import last_published
from tests.factories.cases import DAY, TOO_LATE, Case, Cases, all_but, land_cases, nobody
from tests.factories.market import Row, annual_report

NAMES = [entry.name for entry in ANNUAL_REPORT_FEATURES]
ZERO = (
    "reports_filed_3y",
    "reports_late_3y",
    "reports_late_5y",
    "zero_reports_3y",
    "loss_years_3y",
    "insolvent_years_3y",
    "guarantees_given_2y",
    "has_website_2y",
    "finances_public_3y",
)
WAN = 1_000_000


def three_years(firm: str) -> list[Row]:
    """Growing, then losing; 2021 late and open to all."""
    return [
        annual_report(firm, 2024, revenue_fen=999 * WAN),
        annual_report(
            firm, 2023, headcount=10, assets_fen=400 * WAN, liabilities_fen=300 * WAN, revenue_fen=500 * WAN,
            main_revenue_fen=400 * WAN, net_profit_fen=-50 * WAN, tax_total_fen=5 * WAN, guarantee=True,
            website="www.example.cn",
        ),
        annual_report(
            firm, 2022, headcount=8, assets_fen=320 * WAN, liabilities_fen=200 * WAN, revenue_fen=400 * WAN,
            main_revenue_fen=400 * WAN, net_profit_fen=25 * WAN, tax_total_fen=8 * WAN,
        ),
        annual_report(
            firm, 2021, 90, headcount=6, assets_fen=240 * WAN, liabilities_fen=120 * WAN, revenue_fen=250 * WAN,
            main_revenue_fen=200 * WAN, net_profit_fen=25 * WAN, tax_total_fen=4 * WAN, public_flag=True,
        ),
    ]  # fmt: skip


CASES = (
    Case(
        "three years of reports",
        three_years,
        {
            "reports_filed_3y": 3,
            "reports_late_3y": 1,
            "reports_late_5y": 1,
            "report_days_late_3y": 90,
            "zero_reports_3y": 0,
            "reported_revenue": 500 * WAN,
            "reported_assets": 400 * WAN,
            "reported_equity": 100 * WAN,
            "reported_headcount": 10,
            "reported_net_profit": -50 * WAN,
            "reported_revenue_trend": 0.25,
            "reported_assets_trend": 0.25,
            "reported_liabilities_trend": 0.5,
            "reported_headcount_trend": 0.25,
            "reported_tax_trend": -0.375,
            "reported_revenue_trend_2y": 1,
            "debt_ratio_change": 0.125,
            "reported_revenue_low_to_high_3y": 0.5,
            "debt_ratio_1y": 0.75,
            "debt_to_revenue_1y": 0.6,
            "net_margin_1y": -0.1,
            "net_margin_3y": 0,
            "return_on_assets_1y": -0.125,
            "asset_turnover_1y": 1.25,
            "tax_burden_1y": 0.01,
            "main_revenue_share_1y": 0.8,
            "revenue_per_head_1y": 50 * WAN,
            "tax_per_head_1y": WAN // 2,
            "assets_per_head_3y": 40 * WAN,
            "loss_years_3y": 1,
            "insolvent_years_3y": 0,
            "worst_net_profit_3y": -50 * WAN,
            "headcount_low_to_high_5y": 0.6,
            "guarantees_given_2y": 1,
            "has_website_2y": 1,
            "finances_public_3y": 1,
        },
    ),
    Case(
        "last reported for the first of three years",
        lambda firm: [annual_report(firm, 2021, public_flag=True, guarantee=True)],
        {
            "reports_filed_3y": 1,
            "finances_public_3y": 1,
            "guarantees_given_2y": 0,
            "reported_revenue": None,
            "reported_revenue_trend": None,
        },
    ),
    Case(
        "last reported a year too long ago",
        lambda firm: [annual_report(firm, 2020, 30)],
        {"reports_filed_3y": 0, "reports_late_3y": 0, "reports_late_5y": 1, "headcount_low_to_high_5y": 1},
    ),
    Case(
        "a late report in time and an insolvent year",
        lambda firm: [annual_report(firm, 2023, 1, liabilities_fen=200_000_001)],
        {"reports_late_3y": 1, "insolvent_years_3y": 1, "report_days_late_3y": 1, "reported_equity": -1},
    ),
    Case(
        "nothing but zeros",
        lambda firm: [
            annual_report(
                firm, 2023, assets_fen=0, liabilities_fen=0, revenue_fen=0, main_revenue_fen=0, net_profit_fen=0
            )
        ],
        {"zero_reports_3y": 1, "debt_ratio_1y": None, "net_margin_1y": None, "reported_revenue": 0, "loss_years_3y": 0},
    ),
    Case(
        "known too late",
        lambda firm: [annual_report(firm, 2023)],
        {"reports_filed_3y": 0, "reported_revenue": None},
        TOO_LATE,
    ),
    Case("never reported", nobody, all_but(NAMES, [name for name in NAMES if name not in ZERO])),
)


def test_a_year_counts_once_its_reports_are_due() -> None:
    assert last_published(DAY, "year", ANNUAL_REPORT.deadline_days) == date(2023, 12, 31)
    assert last_published(date(2025, 8, 31), "year", ANNUAL_REPORT.deadline_days) == date(2024, 12, 31)


@pytest.fixture(scope="module")
def landed(tmp_path_factory: pytest.TempPathFactory) -> Cases:
    return land_cases(tmp_path_factory.mktemp("cases"), CASES)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.said)
def test_features(landed: Cases, case: Case) -> None:
    assert landed.read(case) == case.values


def test_every_feature_has_a_value_of_records() -> None:
    assert {name for case in CASES if case.rows is not nobody for name in case.values} == set(NAMES)
