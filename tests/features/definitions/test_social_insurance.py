"""Staff features."""

from pathlib import Path

from features.contracts.social_insurance import SOCIAL_INSURANCE
from tests.factories.lakes import ACME, BETA, land_rows, make_lake
from tests.factories.social_insurance import social_insurance
from tests.factories.values import value


def test_staff_of_an_old_month_are_not_staff_of_today(tmp_path: Path) -> None:
    lake = make_lake(tmp_path)
    rows = [
        social_insurance(ACME, "2025-01", 9),
        social_insurance(BETA, "2025-02", 5),
        social_insurance(BETA, "2025-01"),
    ]
    land_rows(lake, SOCIAL_INSURANCE, rows, "2025-03-30")
    assert SOCIAL_INSURANCE.deadline_days == 30
    assert [value(lake, "insured_staff", firm, "2025-05-30") for firm in (ACME, BETA)] == [0, 5]


def test_net_leaving_is_of_the_average_staff(tmp_path: Path) -> None:
    lake = make_lake(tmp_path)
    months = [social_insurance(ACME, month, 8, left_n=3, new_n=1) for month in ("2025-01", "2025-02")]
    land_rows(lake, SOCIAL_INSURANCE, months, "2025-03-30")
    assert value(lake, "staff_net_leaving_6p", ACME, "2025-05-30") == 0.5
