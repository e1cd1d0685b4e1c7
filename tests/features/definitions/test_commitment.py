"""Commitments: made, kept, late, breached."""

from datetime import date

import pytest

from features.contracts.commitment import COMMITMENT
from features.contracts.registration import REGISTRATION
from features.lake.lake import Lake
from features.store.live import Value
from tests.factories.lakes import ACME, BETA, GAMMA, land_rows, make_lake
from tests.factories.public_standing import commitment
from tests.factories.registrations import registration
from tests.factories.values import value

DAY = "2025-06-01"


@pytest.fixture(scope="module")
def lake(tmp_path_factory: pytest.TempPathFactory) -> Lake:
    """ACME's commitments in every state, BETA's one in progress, GAMMA's none."""
    lake = make_lake(tmp_path_factory.mktemp("commitments"))
    land_rows(lake, REGISTRATION, [registration(GAMMA)], "2020-01-02")
    rows = [
        commitment(ACME, date(2024, 6, 2), state="已履行", item="A"),
        commitment(ACME, date(2024, 6, 1), state="已履行", kind="主动承诺", item="B"),
        commitment(ACME, date(2022, 6, 2), state="逾期后履行", item="A"),
        commitment(ACME, date(2022, 6, 1), state="违约", kind="信用修复", item="D"),
        commitment(ACME, date(2024, 9, 1), state="违约", kind="告知承诺", item="C"),
        commitment(ACME, date(2025, 1, 10), state="逾期", kind="信用修复", item="A"),
        commitment(ACME, date(2025, 2, 10), state="整改中", kind="主动承诺", item="A"),
        commitment(ACME, date(2025, 4, 10), due_on=date(2025, 6, 1), item="A"),
        commitment(ACME, date(2025, 3, 1), due_on=date(2025, 5, 31), kind="告知承诺", item="A"),
        commitment(ACME, date(2024, 10, 10), state="已撤回", kind="主动承诺", item="A"),
        commitment(BETA, date(2025, 4, 10), due_on=None),
    ]
    land_rows(lake, COMMITMENT, rows, "2025-05-30")
    land_rows(lake, COMMITMENT, [commitment(ACME, date(2025, 5, 20), state="违约")], "2025-06-02")
    return lake


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("commitments_12m", 7),
        ("commitments_36m", 9),
        ("commitments_kept_36m", 2),
        ("commitment_performance_12m", 0.25),
        ("commitment_performance_36m", 0.5),
        ("commitment_late_share_36m", pytest.approx(1 / 3)),
        ("commitments_overdue", 2),
        ("commitments_breached_12m", 1),
        ("commitments_breached_36m", 1),
        ("commitment_days_since_breach", 273),
        ("commitments_in_progress", 2),
        ("commitments_past_due_unchecked", 1),
        ("commitments_missing_documents_24m", 2),
        ("commitments_voluntary_24m", 3),
        ("commitment_repairs_36m", 1),
        ("commitment_items_36m", 3),
        ("commitments_withdrawn_36m", 1),
    ],
)
def test_of_a_firm_that_commits_itself(lake: Lake, name: str, expected: Value) -> None:
    assert value(lake, name, ACME, DAY) == expected


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("commitments_36m", 1),
        ("commitment_performance_36m", None),
        ("commitments_in_progress", 1),
        ("commitments_past_due_unchecked", 0),
        ("commitment_late_share_36m", None),
    ],
)
def test_what_is_in_progress_and_due_on_no_day_says_nothing_about_keeping(
    lake: Lake, name: str, expected: Value
) -> None:
    assert value(lake, name, BETA, DAY) == expected


@pytest.mark.parametrize(
    ("name", "expected"),
    [("commitments_12m", 0), ("commitment_performance_12m", None), ("commitment_days_since_breach", None)],
)
def test_of_no_commitment(lake: Lake, name: str, expected: Value) -> None:
    assert value(lake, name, GAMMA, DAY) == expected


def test_a_breach_known_late_counts_from_the_day_it_is_known(lake: Lake) -> None:
    assert [value(lake, "commitments_breached_12m", ACME, day) for day in (DAY, "2025-06-02")] == [1, 2]
