"""Who is in office, for how long, and how often offices change hands."""

from datetime import date

import pytest

from features.definitions.officers import OFFICER_FEATURES
from tests.factories.cases import TOO_LATE, Case, Cases, all_but, land_cases, nobody
from tests.factories.market import officer

NAMES = [entry.name for entry in OFFICER_FEATURES]
UNKNOWN = (
    "officers",
    "offices_per_person",
    "legal_rep_tenure_days",
    "longest_office_days",
    "officers_resigned_share",
    "people_ever_in_office",
)

CASES = (
    Case(
        "a firm with every office but a liaison",
        lambda firm: [
            officer(firm, "法人", date(2024, 12, 31), 1),
            officer(firm, "法人", date(2020, 6, 30), 5, resigned_on=date(2024, 12, 31)),
            officer(firm, "董事", date(2025, 1, 20), 1),
            officer(firm, "监事", date(2022, 7, 2), 2),
            officer(firm, "经理", date(2022, 7, 1), 3),
        ],
        {
            "officers": 3,
            "offices_per_person": 4 / 3,
            "board_members": 2,
            "has_supervisor": 1,
            "has_manager": 1,
            "has_liaison": 0,
            "appointments_12m": 2,
            "appointments_36m": 3,
            "legal_reps_appointed_6m": 0,
            "legal_reps_appointed_36m": 1,
            "legal_rep_tenure_days": 182,
            "longest_office_days": 1096,
            "officers_resigned_share": 0.2,
            "officer_change_months_24m": 2,
            "people_ever_in_office": 4,
        },
    ),
    Case(
        "appointed on the first day of the half year",
        lambda firm: [officer(firm, "法人", date(2025, 1, 2))],
        {"legal_reps_appointed_6m": 1, "board_members": 0, "longest_office_days": None},
    ),
    Case(
        "appointed a day too long ago",
        lambda firm: [officer(firm, "法人", date(2025, 1, 1))],
        {"legal_reps_appointed_6m": 0, "legal_rep_tenure_days": 181},
    ),
    Case(
        "resigned today",
        lambda firm: [officer(firm, "监事", resigned_on=date(2025, 7, 1))],
        {"officers": None, "has_supervisor": 0, "officers_resigned_share": 1, "people_ever_in_office": 1},
    ),
    Case(
        "resigning tomorrow",
        lambda firm: [officer(firm, "联络员", resigned_on=date(2025, 7, 2))],
        {"officers": 1, "has_liaison": 1, "officers_resigned_share": 0},
    ),
    Case(
        "known too late",
        lambda firm: [officer(firm, "经理", date(2025, 6, 1))],
        {"officers": None, "has_manager": 0, "appointments_12m": 0, "officer_change_months_24m": 0},
        TOO_LATE,
    ),
    Case("nobody told us", nobody, all_but(NAMES, UNKNOWN)),
)


@pytest.fixture(scope="module")
def landed(tmp_path_factory: pytest.TempPathFactory) -> Cases:
    return land_cases(tmp_path_factory.mktemp("cases"), CASES)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.said)
def test_features(landed: Cases, case: Case) -> None:
    assert landed.read(case) == case.values


def test_every_feature_has_a_value_of_records() -> None:
    assert {name for case in CASES if case.rows is not nobody for name in case.values} == set(NAMES)
