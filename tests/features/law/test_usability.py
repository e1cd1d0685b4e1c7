"""The condition of use against the law told slowly, for every feed, and the days on which regimes change."""

from dataclasses import replace
from datetime import date, timedelta
from itertools import product
from typing import Any

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from features.contracts.abnormal_listing import ABNORMAL_LISTING
from features.contracts.commitment import COMMITMENT
from features.contracts.consumption_restriction import CONSUMPTION_RESTRICTION
from features.contracts.contract import Contract
from features.contracts.enforcement import ENFORCEMENT
from features.contracts.feeds import DERIVED_FEEDS, FEEDS
from features.contracts.insurance_arrears import INSURANCE_ARREARS
from features.contracts.judicial_freeze import JUDICIAL_FREEZE
from features.contracts.penalty import PENALTY
from features.contracts.tax_arrears import TAX_ARREARS
from features.contracts.use import PERMANENT, Use
from features.engine.rows import columns
from features.law.usability import ADVERSE_ACTS, PERSONAL, in_term, tables_of, usable
from tests.factories.naive import may_be_used, value_of

LIMITED = [contract for contract in (*FEEDS, *DERIVED_FEEDS) if usable(contract) is not None]
edges = [date(2019, 2, 28), date(2020, 2, 29), date(2022, 4, 30), date(2023, 5, 1), date(2025, 4, 1), date(2026, 4, 1)]
days = st.dates(date(2015, 1, 1), date(2030, 1, 1)) | st.sampled_from(edges)


def allows(contract: Contract, row: dict[str, Any], used_on: date) -> bool:
    condition = usable(contract)
    return condition is None or value_of(condition, row, used_on) is True


@st.composite
def rows(draw: st.DrawFn, contract: Contract) -> dict[str, Any]:
    """A record's columns as far as the law reads them."""
    row: dict[str, Any] = {"event_date": draw(days)}
    for name, dtype in contract.dtypes.items():
        if dtype.base_type() == pl.Date and name != "event_date":
            row[name] = draw(st.none() | days)
        elif dtype.base_type() == pl.Boolean:
            row[name] = draw(st.none() | st.booleans())
        elif name == contract.use.over_told_by:
            row[name] = draw(st.none() | st.just("told"))
        elif classes := classes_of(contract, name):
            row[name] = draw(st.sampled_from(classes))
    return row


def classes_of(contract: Contract, column: str) -> list[str]:
    """The values a column may hold, none where it may hold any."""
    checks = contract.schema.to_schema().columns[column].checks
    return [value for check in checks if check.name == "isin" for value in check.statistics["allowed_values"]]


@pytest.mark.parametrize("contract", LIMITED, ids=lambda contract: contract.code)
@settings(max_examples=60)
@given(data=st.data(), used_on=days)
def test_the_condition_is_the_law_told_slowly(contract: Contract, data: st.DataObject, used_on: date) -> None:
    row = data.draw(rows(contract))
    assert allows(contract, row, used_on) == may_be_used(contract, row, used_on)


@settings(max_examples=60)
@given(data=st.data(), used_on=days, use=st.builds(
    Use, st.none() | st.integers(0, 90), st.sampled_from(["event_date", "cleared_on"]),
    st.sampled_from([(), ("cleared_on",)])), personal=st.booleans())  # fmt: skip
def test_any_use_is_its_rule_told_slowly(data: st.DataObject, used_on: date, use: Use, personal: bool) -> None:
    contract = replace(TAX_ARREARS, use=use, personal=personal)
    row = data.draw(rows(contract))
    assert allows(contract, row, used_on) == may_be_used(contract, row, used_on)


@pytest.mark.parametrize("contract", LIMITED, ids=lambda contract: contract.code)
def test_the_condition_reads_columns_of_the_feed_and_is_never_unknown(contract: Contract) -> None:
    condition = usable(contract)
    assert condition is not None
    assert {*columns(condition)} <= {*contract.dtypes}
    empty = dict.fromkeys(contract.dtypes) | {"event_date": date(2025, 1, 1)}
    assert value_of(condition, empty, date(2025, 1, 2)) is not None


def penalty_used(severity: str, decided_on: str, used_on: str, **changes: date | None) -> bool:
    day = date.fromisoformat(decided_on)
    row = {"event_date": day, "published_on": day, "severity": severity, "revoked_on": None, "repaired_on": None}
    return allows(PENALTY, row | changes, date.fromisoformat(used_on))


@pytest.mark.parametrize(
    ("severity", "decided_on", "used_on", "used"),
    [
        pytest.param("一般", "2022-04-30", "2023-04-29", True, id="527: the last day of a year"),
        pytest.param("一般", "2022-04-30", "2023-04-30", False, id="527: a year is over"),
        pytest.param("一般", "2022-04-30", "2023-05-01", False, id="what was over does not come back under Order 58"),
        pytest.param("一般", "2022-05-01", "2023-05-01", True, id="what was not over lasts three years from then on"),
        pytest.param("一般", "2022-05-01", "2025-04-30", True, id="Order 58: the last day of three years"),
        pytest.param("一般", "2022-05-01", "2025-05-01", False, id="Order 58: three years are over"),
        pytest.param("严重", "2020-04-30", "2023-04-29", True, id="527: the last day of a serious one"),
        pytest.param("严重", "2020-05-01", "2023-05-01", False, id="Order 58: a serious one is over on its day"),
        pytest.param("一般", "2024-12-01", "2026-03-31", True, id="Order 58's last day"),
        pytest.param("一般", "2024-12-01", "2026-04-01", False, id="the first day of Order 36 and its one year"),
        pytest.param("一般", "2025-04-02", "2026-04-01", True, id="Order 36: the last day of a year"),
        pytest.param("一般", "2025-04-01", "2026-04-01", False, id="Order 36: a year is over"),
        pytest.param("轻微", "2025-12-31", "2026-03-31", True, id="a minor one on Order 58's last day"),
        pytest.param("轻微", "2025-12-31", "2026-04-01", False, id="Order 36: a minor one has three months"),
        pytest.param("轻微", "2026-01-02", "2026-04-01", True, id="Order 36: the last day of three months"),
        pytest.param("严重", "2023-04-02", "2026-04-01", True, id="Order 36: a serious one keeps three years"),
        pytest.param("严重", "2024-02-29", "2027-02-28", False, id="a leap day has no day of its own: the earlier end"),
    ],
)
def test_a_penalty_is_used_by_the_regime_of_the_day_of_use(
    severity: str, decided_on: str, used_on: str, used: bool
) -> None:
    assert penalty_used(severity, decided_on, used_on) is used


@pytest.mark.parametrize(("used_on", "used"), [("2026-03-31", True), ("2026-04-01", False)])
def test_a_minor_one_that_was_not_published_is_not_used_under_order_36(used_on: str, used: bool) -> None:
    assert penalty_used("轻微", "2026-03-30", used_on, published_on=None) is used


@pytest.mark.parametrize(("column", "day"), product(["revoked_on", "repaired_on"], [0, 1, 2]))
def test_what_is_revoked_or_repaired_ends_on_its_day(column: str, day: int) -> None:
    used = penalty_used("严重", "2025-01-01", f"2025-03-0{day + 1}", **{column: date(2025, 3, 2)})
    assert used is (day == 0)


@pytest.mark.parametrize(
    ("contract", "ends", "over_on"),
    [
        pytest.param(COMMITMENT, {"due_on": None}, date(2025, 3, 2), id="a commitment due on no day: five years"),
        pytest.param(COMMITMENT, {"due_on": date(2021, 3, 2)}, date(2026, 3, 2), id="a commitment due on a day"),
        pytest.param(JUDICIAL_FREEZE, {"to_on": None}, date(2024, 3, 2), id="a freeze to no day: three years and one"),
        pytest.param(JUDICIAL_FREEZE, {"to_on": date(2021, 3, 2)}, date(2022, 3, 2), id="a freeze that ended"),
        pytest.param(
            ABNORMAL_LISTING, {"removed_on": None, "removal_reason": "补报"}, date(2023, 3, 2), id="removed on no day"
        ),
        pytest.param(
            ABNORMAL_LISTING,
            {"removed_on": date(2021, 3, 2), "removal_reason": "补报"},
            date(2024, 3, 2),
            id="removed on a day",
        ),
        pytest.param(
            CONSUMPTION_RESTRICTION, {"lifted_on": None}, date(2025, 3, 2), id="a restriction lifted on no day"
        ),
        pytest.param(
            CONSUMPTION_RESTRICTION, {"lifted_on": date(2021, 3, 2)}, date(2021, 3, 2), id="one that is lifted"
        ),
        pytest.param(TAX_ARREARS, {"cleared_on": None}, date(2025, 3, 2), id="tax cleared on no day: five years"),
        pytest.param(TAX_ARREARS, {"cleared_on": date(2021, 3, 2)}, date(2026, 3, 2), id="tax cleared on a day"),
        pytest.param(INSURANCE_ARREARS, {"cleared_on": None}, date(2025, 3, 2), id="contributions paid on no day"),
        pytest.param(INSURANCE_ARREARS, {"cleared_on": date(2021, 3, 2)}, date(2026, 3, 2), id="contributions paid"),
        pytest.param(
            ENFORCEMENT, {"closed_on": None}, date(2023, 3, 2), id="a case closed on no day: one year and two"
        ),
        pytest.param(ENFORCEMENT, {"closed_on": date(2021, 3, 2)}, date(2023, 3, 2), id="a case closed on a day"),
    ],
)
def test_what_names_no_end_is_not_used_for_ever(
    contract: Contract, ends: dict[str, date | str | None], over_on: date
) -> None:
    row = {"event_date": date(2020, 3, 2), **ends}
    assert allows(contract, row, over_on - timedelta(days=1))
    assert not allows(contract, row, over_on)


@pytest.mark.parametrize(
    ("lifted_on", "over_on"),
    [
        pytest.param(date(2021, 3, 2), date(2026, 3, 2), id="five years after it was lifted"),
        pytest.param(None, date(2025, 3, 2), id="lifted on no day: five years after the order"),
    ],
)
def test_the_time_of_what_speaks_against_a_person_ends_though_another_day_ends_its_use(
    lifted_on: date | None, over_on: date
) -> None:
    condition = in_term(CONSUMPTION_RESTRICTION)
    assert condition is not None
    row = {"event_date": date(2020, 3, 2), "lifted_on": lifted_on}
    assert value_of(condition, row, over_on - timedelta(days=1)) is True
    assert value_of(condition, row, over_on) is False


def test_the_time_of_whatever_speaks_against_persons_ends_by_law() -> None:
    against = [feed for feed in FEEDS if feed.personal and feed.direction in ADVERSE_ACTS]
    assert {feed.code for feed in against} >= {"F10", "F29", "F30"}
    assert all(PERSONAL in tables_of(feed) for feed in against)


def test_an_entry_that_was_never_removed_still_stands() -> None:
    row = {"event_date": date(2020, 3, 2), "removed_on": None, "removal_reason": None}
    assert allows(ABNORMAL_LISTING, row, date(2040, 3, 2))


def test_a_refusal_is_kept() -> None:
    contract = replace(TAX_ARREARS, use=Use(refused_by="refused"))
    answers = [allows(contract, {"refused": said}, date(2025, 1, 1)) for said in (True, False, None)]
    assert answers == [False, True, True]


def test_what_has_no_rule_is_used_without_end() -> None:
    assert usable(replace(TAX_ARREARS, use=PERMANENT)) is None
