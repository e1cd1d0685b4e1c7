"""Related firms count by both clocks, once each, and never through an agent of hundreds."""

from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from bureau.grant import operator_grant
from features.contracts.bankruptcy import BANKRUPTCY
from features.contracts.contract import Contract
from features.contracts.dishonest_debtor import DISHONEST_DEBTOR
from features.contracts.enforcement import ENFORCEMENT
from features.contracts.officer import OFFICER
from features.contracts.related_event import RELATED_EVENT
from features.contracts.shareholder import SHAREHOLDER
from features.definitions.relations import RELATION_FEATURES
from features.engine.day_sql import OneDay
from features.engine.duckdb_rows import row_sql
from features.engine.rows import legal_days
from features.lake.derived import FIRMS_PER_PERSON
from features.lake.lake import Lake
from features.lake.reading import visible_sql
from features.lake.registry import resolve
from features.law.usability import usable
from features.store.build import build_features
from features.store.connections import build_connection
from features.store.lineage import explain
from tests.factories.courts import bankruptcy, dishonest_debtor, enforcement
from tests.factories.lakes import ACME, BETA, GAMMA, land_rows, make_lake, uscc
from tests.factories.market import officer, shareholder
from tests.factories.values import value

DELTA = uscc(4)
ON = "2025-06-01"


def lake_with(
    folder: Path,
    *,
    officers: Sequence[dict[str, Any]] = (),
    holders: Sequence[dict[str, Any]] = (),
    enforced: Sequence[dict[str, Any]] = (),
    dishonest: Sequence[dict[str, Any]] = (),
    bankrupt: Sequence[dict[str, Any]] = (),
) -> Lake:
    """Every feed connected on 2025-03-01; DELTA stands alone in each."""
    lake = make_lake(folder)
    land_rows(lake, OFFICER, [officer(DELTA, person=99), *officers], "2025-03-01")
    land_rows(lake, SHAREHOLDER, [shareholder(DELTA, holder=98), *holders], "2025-03-01")
    land_rows(lake, ENFORCEMENT, [enforcement(DELTA, filed_on=date(2025, 2, 1)), *enforced], "2025-03-01")
    land_rows(
        lake, DISHONEST_DEBTOR, [dishonest_debtor(DELTA, published_on=date(2025, 2, 1)), *dishonest], "2025-03-01"
    )
    land_rows(lake, BANKRUPTCY, [bankruptcy(DELTA), *bankrupt], "2025-03-01")
    return lake


def test_a_common_person_relates_two_firms_once(tmp_path: Path) -> None:
    both = [officer(ACME, person=1), officer(BETA, person=1), officer(ACME, "经理", person=1)]
    lake = lake_with(tmp_path, officers=both, holders=[shareholder(ACME, holder=1), shareholder(BETA, holder=1)])
    assert value(lake, "related_firms", ACME, ON) == 1
    assert value(lake, "related_firms", BETA, ON) == 1
    assert value(lake, "related_firms", DELTA, ON) == 0


@pytest.mark.parametrize(
    ("change", "related", "former"),
    [
        pytest.param({}, 1, 0, id="still in office"),
        pytest.param({"resigned_on": date(2025, 6, 2)}, 1, 0, id="resigns tomorrow"),
        pytest.param({"resigned_on": date(2025, 6, 1)}, 0, 1, id="resigned today"),
        pytest.param({"role": "联络员"}, 0, 0, id="a liaison officer relates nobody"),
        pytest.param({"person_hash": f"{7:016x}"}, 0, 0, id="somebody else"),
    ],
)
def test_who_is_related_now(tmp_path: Path, change: dict[str, Any], related: int, former: int) -> None:
    lake = lake_with(tmp_path, officers=[officer(ACME, person=1), officer(BETA, person=1) | change])
    assert value(lake, "related_firms", ACME, ON) == related
    assert value(lake, "former_related_firms", ACME, ON) == former


@pytest.mark.parametrize(
    ("appointed", "former"),
    [
        pytest.param(date(2024, 5, 31), 1, id="took office on the other's last day"),
        pytest.param(date(2024, 6, 1), 0, id="the day the other resigned"),
        pytest.param(date(2024, 9, 1), 0, id="months later"),
    ],
)
def test_who_never_held_both_at_once_relates_nobody(tmp_path: Path, appointed: date, former: int) -> None:
    left = officer(BETA, person=1, appointed_on=date(2020, 1, 1), resigned_on=date(2024, 6, 1))
    lake = lake_with(tmp_path, officers=[officer(ACME, person=1, appointed_on=appointed), left])
    assert value(lake, "related_firms", ACME, ON) == 0
    assert value(lake, "former_related_firms", ACME, ON) == former
    assert value(lake, "troubled_related_firms_36m", ACME, ON) == 0


def test_a_firm_still_related_by_its_shares_is_not_formerly_related(tmp_path: Path) -> None:
    resigned = officer(BETA, person=1, resigned_on=date(2025, 5, 1))
    holder = shareholder(BETA, holder=1)
    lake = lake_with(tmp_path, officers=[officer(ACME, person=1), resigned], holders=[holder])
    assert value(lake, "related_firms", ACME, ON) == 1
    assert value(lake, "former_related_firms", ACME, ON) == 0


@pytest.mark.parametrize(
    ("appointed", "within_12m", "within_36m"),
    [
        pytest.param(date(2024, 6, 2), 1, 1, id="first day of twelve months"),
        pytest.param(date(2024, 6, 1), 0, 1, id="a day earlier"),
        pytest.param(date(2022, 6, 2), 0, 1, id="first day of thirty-six"),
        pytest.param(date(2022, 6, 1), 0, 0, id="too old"),
    ],
)
def test_new_relations(tmp_path: Path, appointed: date, within_12m: int, within_36m: int) -> None:
    """The relation begins when the later of the two took office."""
    old = officer(BETA, person=1, appointed_on=date(2020, 1, 1))
    lake = lake_with(tmp_path, officers=[officer(ACME, person=1, appointed_on=appointed), old])
    assert value(lake, "new_related_firms_12m", ACME, ON) == within_12m
    assert value(lake, "new_related_firms_36m", ACME, ON) == within_36m


def test_troubles_of_related_firms(tmp_path: Path) -> None:
    lake = lake_with(
        tmp_path,
        officers=[officer(firm, person=1) for firm in (ACME, BETA, GAMMA)],
        holders=[shareholder(firm, holder=5) for firm in (ACME, BETA)],
        enforced=[
            enforcement(BETA, filed_on=date(2025, 1, 10), case_no="b1"),
            enforcement(BETA, filed_on=date(2022, 8, 1), case_no="b2"),
            enforcement(ACME, filed_on=date(2025, 1, 10), case_no="a1"),
        ],
        dishonest=[dishonest_debtor(GAMMA, published_on=date(2024, 12, 1))],
        bankrupt=[bankruptcy(GAMMA, stage="宣告")],
    )
    expected = {
        "troubled_related_firms_12m": 2,
        "troubled_related_firms_36m": 2,
        "troubled_related_share_36m": 1.0,
        "related_enforcements_24m": 1,
        "related_enforcements_open": 2,
        "related_dishonest_listed": 1,
        "related_bankrupt": 1,
        "days_since_related_event": (date(2025, 6, 1) - date(2025, 1, 20)).days,
    }
    assert {name: value(lake, name, ACME, ON) for name in expected} == expected


@pytest.mark.parametrize(
    ("published_on", "used_on", "listed"),
    [
        pytest.param("2020-06-02", "2025-06-01", 1, id="the last day of five years"),
        pytest.param("2020-06-01", "2025-06-01", 0, id="five years are over"),
        pytest.param("2012-05-01", "2025-06-01", 0, id="over under an earlier regime"),
    ],
)
def test_a_listing_counts_against_others_no_longer_than_against_the_firm(
    tmp_path: Path, published_on: str, used_on: str, listed: int
) -> None:
    both = [officer(ACME, person=1), officer(BETA, person=1)]
    debt = dishonest_debtor(BETA, published_on=date.fromisoformat(published_on))
    lake = lake_with(tmp_path, officers=both, dishonest=[debt])
    assert value(lake, "dishonest_listed", BETA, used_on) == listed
    assert value(lake, "related_dishonest_listed", ACME, used_on) == listed


USED_ON = [date(2025, 6, 1), date(2025, 6, 2), date(2025, 6, 3), date(2027, 2, 28), date(2027, 3, 1), date(2031, 1, 1)]


def test_a_derived_row_is_usable_exactly_when_its_source_is(tmp_path: Path) -> None:
    lake = lake_with(
        tmp_path,
        officers=[officer(ACME, person=1), officer(BETA, person=1)],
        enforced=[
            enforcement(BETA, filed_on=date(2020, 1, n), case_no=f"b{n}", closed_on=closed)
            for n, closed in enumerate((None, date(2023, 6, 1), date(2023, 6, 2), date(2025, 2, 28)), 1)
        ],
        dishonest=[
            dishonest_debtor(BETA, published_on=day, case_no=f"{day}-{removed}", removed_on=removed)
            for day in (date(2016, 1, 1), date(2020, 6, 1), date(2020, 6, 2), date(2025, 1, 1))
            for removed in (None, date(2025, 6, 2))
        ],
        bankrupt=[bankruptcy(BETA, stage="宣告")],
    )
    acme, beta = resolve(lake, ACME).enterprise_id, resolve(lake, BETA).enterprise_id
    for used_on in USED_ON:
        sources = [used(lake, feed, beta, used_on) for feed in (ENFORCEMENT, DISHONEST_DEBTOR, BANKRUPTCY)]
        assert used(lake, RELATED_EVENT, acme, used_on, "event_no") == {
            number for found in sources for number in found
        }, used_on
        assert sources[-1], "a bankruptcy is used without end"


def used(lake: Lake, contract: Contract, firm: int, used_on: date, number: str = "record_no") -> set[int]:
    """The numbers of a firm's rows that may be used on a day."""
    condition = usable(contract)
    day = OneDay((), [] if condition is None else [one.rule for one in legal_days(condition)])
    law = "TRUE" if condition is None else row_sql(condition, day)
    sql = f"SELECT {number} FROM {visible_sql(lake, contract)} f WHERE enterprise_id = {firm} AND {law}"
    given = {name: value for name, value in day.parameters(used_on).items() if f"${name}" in sql}
    with build_connection(lake) as connection:
        return {found for (found,) in connection.sql(sql, params=given).fetchall()}


def test_own_troubles_are_nobody_elses(tmp_path: Path) -> None:
    lake = lake_with(tmp_path, officers=[officer(ACME, person=1), officer(BETA, person=1)])
    assert value(lake, "troubled_related_firms_36m", DELTA, ON) == 0
    assert value(lake, "related_bankrupt", ACME, ON) == 0
    assert value(lake, "days_since_related_event", ACME, ON) is None


def test_what_is_known_later_is_not_known_earlier(tmp_path: Path) -> None:
    lake = lake_with(tmp_path, officers=[officer(ACME, person=1), officer(BETA, person=1)])
    land_rows(lake, DISHONEST_DEBTOR, [dishonest_debtor(BETA, published_on=date(2025, 3, 4))], "2025-05-20")
    assert value(lake, "related_dishonest_listed", ACME, "2025-05-19") == 0
    assert value(lake, "related_dishonest_listed", ACME, "2025-05-20") == 1


def test_a_withdrawn_office_ends_the_relation_and_what_came_through_it(tmp_path: Path) -> None:
    seat = officer(BETA, person=1)
    lake = lake_with(
        tmp_path, officers=[officer(ACME, person=1), seat], enforced=[enforcement(BETA, filed_on=date(2025, 1, 10))]
    )
    land_rows(lake, OFFICER, [seat | {"op": "D", "version": 2}], "2025-05-01")
    assert value(lake, "troubled_related_firms_12m", ACME, "2025-04-30") == 1
    assert value(lake, "troubled_related_firms_12m", ACME, "2025-05-01") == 0
    assert value(lake, "related_firms", ACME, "2025-05-01") == 0


def test_an_agent_of_many_firms_relates_only_the_first(tmp_path: Path) -> None:
    firms = [uscc(number) for number in range(100, 100 + FIRMS_PER_PERSON)]
    lake = lake_with(tmp_path, officers=[officer(firm, person=1) for firm in firms])
    land_rows(lake, OFFICER, [officer(ACME, person=1)], "2025-04-01")
    assert value(lake, "related_firms", ACME, ON) == 0
    assert value(lake, "related_firms", firms[0], ON) == FIRMS_PER_PERSON - 1
    assert value(lake, "related_firms", firms[0], "2025-03-15") == FIRMS_PER_PERSON - 1


def test_nothing_is_said_before_every_feed_is_connected(tmp_path: Path) -> None:
    lake = make_lake(tmp_path)
    land_rows(lake, OFFICER, [officer(ACME, person=1), officer(BETA, person=1)], "2025-03-01")
    assert value(lake, "related_firms", ACME, ON) is None


def test_written_down_or_not_the_values_are_the_same(tmp_path: Path) -> None:
    lake = lake_with(
        tmp_path,
        officers=[officer(ACME, person=1), officer(BETA, person=1)],
        enforced=[enforcement(BETA, filed_on=date(2025, 1, 10))],
        dishonest=[dishonest_debtor(BETA, published_on=date(2020, 6, 1))],
    )
    names = [entry.name for entry in RELATION_FEATURES]
    before = {name: value(lake, name, ACME, ON) for name in names}
    built = build_features(lake, names, date.fromisoformat(ON), operator_grant())
    (row,) = built.filter(built["uscc"] == ACME).select(names).to_dicts()
    assert row == before
    assert list((lake.root / "derived").glob("*/*.parquet"))
    assert {name: value(lake, name, ACME, ON) for name in names} == before


def test_evidence_is_the_firms_own_records_and_never_the_others(tmp_path: Path) -> None:
    lake = lake_with(
        tmp_path,
        officers=[officer(ACME, person=1), officer(BETA, person=1), officer(ACME, "经理", person=2)],
        enforced=[enforcement(BETA, filed_on=date(2025, 1, 10))],
    )
    acme = resolve(lake, ACME).enterprise_id
    explained = explain(lake, "related_enforcements_24m", acme, date.fromisoformat(ON), operator_grant())
    assert explained.value == 1
    (record,) = explained.records
    assert (record.feed, record.record_id) == ("F04", officer(ACME, person=1)["record_id"])
    assert record.values == {"role": "董事"}


@pytest.mark.parametrize("tied_by", [OFFICER, SHAREHOLDER], ids=["an officer in common", "a shareholder in common"])
def test_of_two_own_records_with_one_number_only_the_one_that_ties_is_evidence(
    tmp_path: Path, tied_by: Contract
) -> None:
    officers = [officer(ACME, person=1, record_id="F04-7"), officer(BETA, person=1 if tied_by is OFFICER else 3)]
    holders = [shareholder(ACME, holder=2, record_id="F03-7"), shareholder(GAMMA, holder=4)]
    if tied_by is SHAREHOLDER:
        holders += [shareholder(BETA, holder=2)]
    lake = lake_with(tmp_path, officers=officers, holders=holders)
    acme = resolve(lake, ACME).enterprise_id
    explained = explain(lake, "related_firms", acme, date.fromisoformat(ON), operator_grant())
    assert explained.value == 1
    assert [record.record_id for record in explained.records] == [f"{tied_by.code}-7"]
