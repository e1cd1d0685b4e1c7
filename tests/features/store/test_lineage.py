"""From a value back to its records: from these alone it can be computed again."""

from datetime import date, datetime
from pathlib import Path
from random import Random

import pytest

from bureau.errors import FieldNotGranted, UnknownName
from bureau.grant import ReadGrant, operator_grant
from features.contracts.feeds import find_feed
from features.contracts.tax_arrears import TAX_ARREARS
from features.contracts.tax_grade import TAX_GRADE
from features.definitions.library import published
from features.lake.lake import Lake
from features.lake.registry import resolve
from features.store.lineage import Explanation, explain
from tests.factories.feeds import VALID_ROWS
from tests.factories.histories import LAST_DAY, Row, land_history, random_history
from tests.factories.lakes import ACME, BETA, land_rows, make_lake, uscc
from tests.factories.tax import tax_arrears, tax_grade

NAMES = [entry.name for entry in published() if not any(find_feed(code).derived_from for code in entry.feeds)]
"""Derived feeds are told slowly in tests/features/definitions/test_relations.py: their rows come from other firms."""
FIRMS = [uscc(number) for number in (1, 2, 3)]
BYSTANDER = uscc(99)


def explained(lake: Lake, name: str, firm: str, as_of: date = LAST_DAY) -> Explanation:
    return explain(lake, name, resolve(lake, firm).enterprise_id, as_of, operator_grant())


@pytest.fixture(scope="module")
def history() -> dict[str, list[Row]]:
    return random_history(Random(11), FIRMS)


@pytest.fixture(scope="module")
def lake(history: dict[str, list[Row]], tmp_path_factory: pytest.TempPathFactory) -> Lake:
    lake = make_lake(tmp_path_factory.mktemp("lake"))
    land_history(lake, history)
    return lake


def stand_in(number: int) -> str:
    """A firm that receives the records of one feature and no others."""
    return uscc(1_000 + number)


def cited_only(history: dict[str, list[Row]], firm: str, cited: list[set[str]]) -> dict[str, list[Row]]:
    """The versions of the records cited for each feature, made over to a stand-in of its own."""
    return {
        feed: [
            row
            | {"record_id": f"{row['record_id']}@{number}"}
            | {"uscc": stand_in(number) if row["uscc"] == firm else BYSTANDER}
            for row in rows
            for number, records in enumerate(cited)
            if row["record_id"] in records
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


@pytest.mark.parametrize("firm", FIRMS[:2])
def test_every_value_can_be_computed_again_from_its_records(
    lake: Lake, history: dict[str, list[Row]], firm: str, tmp_path: Path
) -> None:
    explanations = [explained(lake, name, firm) for name in NAMES]
    cited = [{record.record_id for record in one.records} for one in explanations]
    fresh = make_lake(tmp_path)
    first = min(row["received_at"] for rows in history.values() for row in rows)
    for feed in VALID_ROWS:  # every feed is connected; bank feedback, which no feature reads, makes stand-ins known
        known = [stand_in(number) for number in range(len(NAMES))] if feed == "F60" else [BYSTANDER]
        land_rows(fresh, find_feed(feed), [long_ago(feed, one, first) for one in known])
    land_history(fresh, {feed: rows for feed, rows in cited_only(history, firm, cited).items() if rows})
    again = {name: explained(fresh, name, stand_in(number)).value for number, name in enumerate(NAMES)}
    assert again == {one.name: one.value for one in explanations}
    assert sum(map(bool, cited)) > len(NAMES) / 2


def test_a_record_that_enters_both_sides_stands_once_with_all_columns(lake: Lake) -> None:
    explanation = explained(lake, "tax_paid_share_12p", FIRMS[0])
    assert explanation.records
    assert {frozenset(record.values) for record in explanation.records} == {frozenset({"paid_fen", "payable_fen"})}
    assert len({record.record_id for record in explanation.records}) == len(explanation.records)


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
