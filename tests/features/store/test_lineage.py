"""From a value back to its records: from these alone it can be computed again."""

from collections import defaultdict
from dataclasses import replace
from datetime import date, datetime
from pathlib import Path
from random import Random

import pytest

from bureau.errors import FieldNotGranted, UnknownName
from bureau.grant import ReadGrant, operator_grant
from features.contracts.feeds import find_feed
from features.contracts.tax_arrears import TAX_ARREARS
from features.contracts.tax_grade import TAX_GRADE
from features.definitions.library import find_feature
from features.definitions.population import POPULATION_FEATURES
from features.lake.freshness import stale_feeds
from features.lake.lake import Lake
from features.lake.registry import resolve
from features.store.build import build_features
from features.store.citations import cited
from features.store.lineage import Explanation, evidence, explain
from features.store.live import live_vector
from features.store.population import population_of
from tests.factories.feeds import VALID_ROWS
from tests.factories.histories import LAST_DAY, Row, land_history, of_own_records, random_history
from tests.factories.lakes import ACME, BETA, land_rows, make_lake, uscc
from tests.factories.tax import tax_arrears, tax_grade

NAMES = [entry.name for entry in of_own_records()]
OPERATOR = operator_grant()
FIRMS = [uscc(number) for number in (1, 2, 3)]
BYSTANDER = uscc(99)
ONE_OF_EACH_FEED = list({entry.feeds: entry.name for entry in of_own_records()}.values())


def explained(lake: Lake, name: str, firm: str, as_of: date = LAST_DAY) -> Explanation:
    return explain(lake, name, resolve(lake, firm).enterprise_id, as_of, OPERATOR)


@pytest.fixture(scope="module")
def history() -> dict[str, list[Row]]:
    return random_history(Random(11), FIRMS)


@pytest.fixture(scope="module")
def lake(history: dict[str, list[Row]], tmp_path_factory: pytest.TempPathFactory) -> Lake:
    lake = make_lake(tmp_path_factory.mktemp("lake"))
    land_history(lake, history)
    return lake


Cited = dict[str, dict[str, set[str]]]
"""By firm and feature: the records its explanation cites."""


def stand_in(firm: str, name: str) -> str:
    """A firm that receives the records cited for one feature of one firm and no others."""
    return uscc(10_000 * (1 + FIRMS.index(firm)) + NAMES.index(name))


def cited_only(history: dict[str, list[Row]], cited: Cited) -> dict[str, list[Row]]:
    """The versions of the records cited for each feature, made over to a stand-in of its own."""
    citing: dict[str, list[tuple[str, str]]] = defaultdict(list)
    for firm, of_firm in cited.items():
        for name, records in of_firm.items():
            for record_id in records:
                citing[record_id].append((firm, name))
    return {
        feed: [
            row
            | {"record_id": f"{row['record_id']}@{stand_in(firm, name)}"}
            | {"uscc": stand_in(firm, name) if row["uscc"] == firm else BYSTANDER}
            for row in rows
            for firm, name in citing[row["record_id"]]
        ]
        for feed, rows in history.items()
    }


def long_ago(feed: str, firm: str, received: datetime) -> Row:
    """A valid record of the year before it was received."""
    row = VALID_ROWS[feed](firm)
    old = date(received.year - 1, 12, 31)
    moved = {name: old for name, value in row.items() if isinstance(value, date)}
    moved |= {"record_id": f"{feed}-{firm}-long-ago", "received_at": received}
    return row | moved | ({"year": old.year} if "year" in row else {})


def test_every_value_can_be_computed_again_from_its_records(
    lake: Lake, history: dict[str, list[Row]], tmp_path: Path
) -> None:
    told, cited = {}, {}
    for firm in FIRMS[:2]:
        number = resolve(lake, firm).enterprise_id
        told |= {(firm, name): value for name, value in live_vector(lake, NAMES, number, LAST_DAY, OPERATOR).items()}
        entered = evidence(lake, NAMES, number, LAST_DAY, OPERATOR)
        cited[firm] = {name: {record.record_id for record in records} for name, records in entered.items()}
    fresh = make_lake(tmp_path)
    first = min(row["received_at"] for rows in history.values() for row in rows)
    for feed in VALID_ROWS:  # every feed is connected; bank feedback, which no feature reads, makes stand-ins known
        known = [stand_in(firm, name) for firm, name in told] if feed == "F60" else [BYSTANDER]
        land_rows(fresh, find_feed(feed), [long_ago(feed, one, first) for one in known])
    land_history(fresh, {feed: rows for feed, rows in cited_only(history, cited).items() if rows})
    city = {row["uscc"]: row for row in build_features(fresh, NAMES, LAST_DAY, OPERATOR).iter_rows(named=True)}
    assert {(firm, name): city[stand_in(firm, name)][name] for firm, name in told} == told
    assert sum(bool(records) for of_firm in cited.values() for records in of_firm.values()) > len(told) / 2


def test_a_feature_explained_alone_is_explained_as_among_all(lake: Lake) -> None:
    number = resolve(lake, FIRMS[0]).enterprise_id
    values, entered = (read(lake, NAMES, number, LAST_DAY, OPERATOR) for read in (live_vector, evidence))
    for name in ONE_OF_EACH_FEED:
        told = explained(lake, name, FIRMS[0])
        assert replace(told, stale=()) == Explanation(name, values[name], entered[name])
        assert {late.feed for late in told.stale} == {*stale_feeds(lake, LAST_DAY, find_feature(name).feeds)}


def test_a_record_that_enters_both_sides_stands_once_with_all_columns(lake: Lake) -> None:
    explanation = explained(lake, "tax_paid_share_12p", FIRMS[0])
    assert explanation.records
    assert {frozenset(record.values) for record in explanation.records} == {frozenset({"paid_fen", "payable_fen"})}
    assert len({record.record_id for record in explanation.records}) == len(explanation.records)


def test_how_far_a_firm_is_above_its_peers_rests_on_its_own_records_and_its_group(lake: Lake) -> None:
    above = {
        entry.name: population_of(entry).of_name for entry in POPULATION_FEATURES if entry.name.startswith("above")
    }
    assert len(above) == 5
    number = resolve(lake, FIRMS[0]).enterprise_id
    entered = evidence(lake, [*above, *above.values()], number, LAST_DAY, OPERATOR)
    found = cited(lake, [*above], number, LAST_DAY, OPERATOR, lake.snapshot())
    for name, own in above.items():
        told = {(record.feed, record.record_id) for record in entered[name]}
        own_figure = {(record.feed, record.record_id) for record in entered[own]}
        assert own_figure
        assert own_figure < told
        assert {feed for feed, _ in told - own_figure} == {"F01"}
        assert {*found.records([name])} == told


def test_only_the_newest_grade_is_evidence(tmp_path: Path) -> None:
    lake = make_lake(tmp_path)
    land_rows(lake, TAX_GRADE, [tax_grade(ACME, 2023, grade="B"), tax_grade(ACME, 2024, grade="A")])
    [record] = explained(lake, "tax_grade", ACME).records
    assert (record.department, record.event_date, record.values) == ("税务", date(2024, 12, 31), {"grade": "A"})


def test_a_zero_has_no_records(tmp_path: Path) -> None:
    lake = make_lake(tmp_path)
    land_rows(lake, TAX_ARREARS, [tax_arrears(ACME), tax_arrears(BETA, date(2020, 3, 31))])
    assert explained(lake, "tax_arrears_count_24m", BETA) == Explanation("tax_arrears_count_24m", 0.0, ())


def test_an_explanation_needs_the_same_grant_as_the_value(lake: Lake) -> None:
    other = ReadGrant(institution="bank", purpose="pre_loan", subject=FIRMS[1], fields=frozenset({"tax_grade"}))
    number = resolve(lake, FIRMS[0]).enterprise_id
    with pytest.raises(FieldNotGranted):
        explain(lake, "tax_grade", number, LAST_DAY, other)


def test_an_unknown_feature_is_named_with_its_neighbours(lake: Lake) -> None:
    with pytest.raises(UnknownName, match="Did you mean: tax_grade"):
        explained(lake, "tax_grad", FIRMS[0])
