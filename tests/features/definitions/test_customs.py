"""Trade, export refunds and customs grades, at their boundaries."""

from datetime import date

import pytest

from features.contracts.customs_grade import CUSTOMS_GRADE
from features.contracts.export_refund import EXPORT_REFUND
from features.contracts.registration import REGISTRATION
from features.contracts.trade_month import TRADE_MONTH
from features.definitions.customs import CUSTOMS_FEATURES
from features.lake.lake import Lake
from tests.factories.customs import customs_grade, trade_month
from tests.factories.lakes import ACME, BETA, GAMMA, land_rows, make_lake, uscc
from tests.factories.registrations import registration
from tests.factories.tax import export_refund
from tests.factories.values import value, values

TODAY = "2025-07-01"
NOTHING = uscc(9)
"""An enterprise without a record in these feeds."""


@pytest.fixture(scope="module")
def lake(tmp_path_factory: pytest.TempPathFactory) -> Lake:
    lake = make_lake(tmp_path_factory.mktemp("lake"))
    land_rows(lake, REGISTRATION, [registration(firm) for firm in (NOTHING, GAMMA)], "2020-01-01")
    trade = [
        trade_month(ACME, "2025-05", amount_usd_cents=9_000_000, declarations=9),
        trade_month(ACME, "2025-04"),
        trade_month(ACME, "2025-03", amount_usd_cents=3_000_000, declarations=3, top_country="VNM"),
        trade_month(ACME, "2024-05", amount_usd_cents=2_000_000, declarations=1),
        trade_month(ACME, "2024-04", amount_usd_cents=500_000, declarations=1),
        trade_month(ACME, "2025-02", "进口", amount_usd_cents=4_000_000, top_country="JPN"),
        trade_month(ACME, "2024-02", "进口", amount_usd_cents=8_000_000, top_country="JPN"),
        trade_month(BETA, "2024-04"),
    ]
    land_rows(lake, TRADE_MONTH, trade, "2025-06-20")
    land_rows(lake, TRADE_MONTH, [trade_month(GAMMA, "2025-04")], "2025-07-02")
    refunds = [
        export_refund(ACME, "2025-04", 9_000_000),
        export_refund(ACME, "2025-03", 2_000_000),
        export_refund(ACME, "2025-02", 1_000_000, refund_class="一类"),
        export_refund(ACME, "2024-09", 1_500_000, refund_class="三类"),
        export_refund(ACME, "2024-04", 500_000),
        export_refund(ACME, "2022-04", 100_000, refund_class="四类"),
        export_refund(BETA, "2024-03", refund_class="四类"),
        export_refund(BETA, "2022-03"),
    ]
    land_rows(lake, EXPORT_REFUND, refunds, "2025-06-20")
    grades = [
        customs_grade(ACME, date(2019, 1, 15)),
        customs_grade(ACME, date(2022, 2, 1), grade="高级认证"),
        customs_grade(BETA, date(2019, 1, 15)),
        customs_grade(BETA, date(2024, 5, 1), grade="失信", ends_on=date(2025, 7, 2)),
    ]
    land_rows(lake, CUSTOMS_GRADE, grades, "2025-06-20")
    return lake


EXPECTED = {
    "export_value_3p": 4_000_000,
    "export_value_12p": 6_000_000,
    "import_value_12p": 4_000_000,
    "export_trend_6p": 7.0,
    "import_trend_6p": -0.5,
    "export_months_12p": 3,
    "import_months_12p": 1,
    "trade_declarations_12p": 8,
    "export_share_12p": 0.6,
    "export_ticket_12p": 1_000_000,
    "export_largest_month_12p": 0.5,
    "trade_countries_24p": 3,
    "export_days_ago": 31,
    "export_refund_12p": 5_000_000,
    "export_refund_trend_6p": 0.5,
    "export_refund_largest_12p": 0.4,
    "export_refund_class": 2,
    "export_refund_worst_class_36p": 4,
    "customs_grade": 3,
    "customs_certifications": 1,
    "customs_dishonest": 0,
    "customs_grades_given": 2,
    "customs_registered_days": (date(2025, 7, 1) - date(2019, 1, 15)).days,
}


@pytest.mark.parametrize("name", EXPECTED)
def test_every_feature_of_a_firm_with_records(lake: Lake, name: str) -> None:
    assert value(lake, name, ACME, TODAY) == pytest.approx(EXPECTED[name])


def test_each_feature_has_its_expected_value() -> None:
    assert set(EXPECTED) == {entry.name for entry in CUSTOMS_FEATURES}


def test_no_record_is_none_or_unknown_as_declared(lake: Lake) -> None:
    found = values(lake, EXPECTED, NOTHING, TODAY)
    declared = {entry.name: getattr(entry.definition, "missing", None) for entry in CUSTOMS_FEATURES}
    assert found == declared


def test_the_newest_months_were_due() -> None:
    """On 1 July trade of April is in and that of May is not; of refunds, March and not April."""
    assert (TRADE_MONTH.deadline_days, EXPORT_REFUND.deadline_days) == (50, 80)


@pytest.mark.parametrize(
    ("firm", "name", "expected"),
    [
        pytest.param(BETA, "export_value_12p", 0, id="exports a month too old"),
        pytest.param(BETA, "export_trend_6p", None, id="no exports to compare"),
        pytest.param(GAMMA, "export_value_3p", 0, id="exported before, known too late"),
        pytest.param(BETA, "export_refund_12p", 0, id="refund a month too old"),
        pytest.param(BETA, "export_refund_class", None, id="class a month too old"),
        pytest.param(BETA, "export_refund_worst_class_36p", 4, id="worst class of three years"),
        pytest.param(BETA, "customs_dishonest", 1, id="listed until tomorrow"),
        pytest.param(BETA, "customs_grade", 1, id="the newest grade in force"),
        pytest.param(BETA, "customs_certifications", 0, id="never certified"),
    ],
)
def test_boundaries(lake: Lake, firm: str, name: str, expected: int | None) -> None:
    assert value(lake, name, firm, TODAY) == expected


def test_a_grade_that_ends_gives_way_to_the_one_still_in_force(lake: Lake) -> None:
    assert value(lake, "customs_dishonest", BETA, "2025-07-02") == 0
    assert value(lake, "customs_grade", BETA, "2025-07-02") == 2


def test_trade_counts_from_the_day_it_is_known(lake: Lake) -> None:
    assert value(lake, "export_value_3p", GAMMA, "2025-07-02") == 1_000_000
