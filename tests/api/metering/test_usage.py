"""Usage is what the calls say, grouped as asked, cut by the instant of the commit."""

from collections import Counter
from datetime import UTC, datetime, timedelta
from itertools import combinations
from typing import Any

import pytest
from sqlalchemy import func, select

from api.metering.draft import Draft
from api.metering.reversal import reverse
from api.metering.tables import Call, StoredAnswer
from api.metering.usage import DIMENSIONS, usage_rows
from bureau.clock import shanghai_day
from bureau.db import transaction
from bureau.errors import InvalidInput, StateConflict, UnknownName, UnknownObject
from tests.factories.ledger import NOON, PRICES, Books, add_bank, draft, unanswered

MIDNIGHT = datetime(2026, 11, 23, 16, tzinfo=UTC)
"""00:00 in Shanghai on 24 November 2026."""


def rows(books: Books, *by: str, **cut: Any) -> list[dict[str, Any]]:
    with transaction(books.engine) as session:
        return usage_rows(session, by, **cut)


@pytest.fixture
def busy(books: Books) -> Books:
    """Two banks, three days, every product, purpose and outcome, a retry, a refusal and a reversal."""
    other = add_bank(books.engine, "另一银行")
    drafts: list[Draft] = []
    for n, (bank, version) in enumerate([(books.bank, 1), (other, 2)]):
        for product in ("P07", "P16", "P31"):
            for outcome in ("found", "partial", "not_found", "stale"):
                for purpose in ("pre_loan", "post_loan"):
                    key = f"{product} {outcome} {purpose}"
                    changes = {"product_code": product, "outcome": outcome, "purpose": purpose}
                    drafts.append(draft(bank, key, contract_version_id=version, **changes))
        drafts += [unanswered(bank, "refused"), unanswered(bank, "source_down")][: n + 1]
    for day, third in enumerate((drafts[::3], drafts[1::3], drafts[2::3])):
        books.clock.at = NOON + timedelta(days=day)
        for each in third:
            if each.body:
                books.submit(each)
            else:
                books.refuse(each)
        books.submit(next(each for each in third if each.body))  # a retry
    with transaction(books.engine) as session:
        found = select(func.min(Call.id)).where(Call.product_code == "P07", Call.outcome == "found")
        first = session.scalars(found).one()
    reverse(books.engine, first, reason="wrong enterprise", at=books.clock.at)
    return books


def recomputed(books: Books, by: tuple[str, ...]) -> dict[tuple[str, ...], Counter[str]]:
    """The slow way: every call of its own, its price from the list, its day from its commit."""
    prices = {price.product_code: price for price in PRICES}
    names = {1: "深圳银行", 2: "另一银行"}
    sums: dict[tuple[str, ...], Counter[str]] = {}
    with transaction(books.engine) as session:
        answered = set(session.scalars(select(StoredAnswer.call_id)))
        calls = session.scalars(select(Call).order_by(Call.committed_at, Call.id)).all()
    first = min(call.id for call in calls if call.product_code == "P07" and call.outcome == "found")
    entries = [(call, call.committed_at, 1) for call in calls]
    entries += [(call, books.clock.at, -1) for call in calls if call.id == first]
    for call, at, sign in entries:
        hit = call.outcome in {"found", "partial"}
        price = prices[call.product_code]
        charged = call.id in answered and (hit if price.per == "hit" else price.per == "call")
        facts = {
            "product": call.product_code,
            "institution": names[call.institution_id],
            "purpose": call.purpose,
            "outcome": call.outcome,
            "day": shanghai_day(at).isoformat(),
        }
        group = sums.setdefault(tuple(facts[name] for name in by), Counter(calls=0, hits=0, charged_fen=0))
        group.update(calls=sign, hits=sign * hit, charged_fen=sign * charged * price.amount_fen)
    return sums


def test_every_grouping_equals_the_slow_recomputation(busy: Books) -> None:
    for count in range(len(DIMENSIONS) + 1):
        for by in combinations(DIMENSIONS, count):
            listed = rows(busy, *by)
            assert {tuple(row.pop(name) for name in by): Counter(row) for row in listed} == recomputed(busy, by)


def test_rows_come_in_the_order_asked(busy: Books) -> None:
    listed = [(row["day"], row["product"]) for row in rows(busy, "day", "product")]
    assert listed == sorted(listed)
    assert list(rows(busy, "day", "product")[0]) == ["day", "product", "calls", "hits", "charged_fen"]


def test_an_institution_is_shown_its_own(busy: Books) -> None:
    own = rows(busy, "institution", institution_id=busy.bank.institution_id)
    assert [row["institution"] for row in own] == [busy.bank.name]


@pytest.mark.parametrize(
    ("at", "day"),
    [
        pytest.param(MIDNIGHT - timedelta(microseconds=1), "2026-11-23", id="the day's last microsecond"),
        pytest.param(MIDNIGHT, "2026-11-24", id="midnight in Shanghai opens the next day"),
    ],
)
def test_a_day_is_a_shanghai_day_of_the_commit(books: Books, at: datetime, day: str) -> None:
    books.clock.at = at
    books.submit(draft(books.bank, received_at=at - timedelta(seconds=1)))
    assert [row["day"] for row in rows(books, "day")] == [day]


def test_start_is_included_and_end_is_not(books: Books) -> None:
    books.submit(draft(books.bank))
    assert rows(books, start=NOON, end=NOON + timedelta(microseconds=1))[0]["calls"] == 1
    assert rows(books, start=NOON - timedelta(days=1), end=NOON)[0]["calls"] == 0
    assert rows(books, start=NOON + timedelta(microseconds=1))[0]["calls"] == 0


def test_an_empty_ledger_has_one_row_of_zeros_or_none(books: Books) -> None:
    assert rows(books) == [{"calls": 0, "hits": 0, "charged_fen": 0}]
    assert rows(books, "product") == []


def test_an_unknown_dimension_is_named(books: Books) -> None:
    with pytest.raises(UnknownName, match=r"'produkt'.*product"):
        rows(books, "produkt")


def test_a_reversal_takes_the_charge_back_on_its_own_day(books: Books) -> None:
    submitted = draft(books.bank)
    books.submit(submitted)
    reverse(books.engine, submitted.call_id, reason="wrong enterprise", at=NOON + timedelta(days=1))
    assert rows(books, "day") == [
        {"day": "2026-11-23", "calls": 1, "hits": 1, "charged_fen": 800},
        {"day": "2026-11-24", "calls": -1, "hits": -1, "charged_fen": -800},
    ]
    assert books.ledger.answer(books.bank.institution_id, submitted.call_id).body


def test_a_charge_is_reversed_once_and_with_a_reason(books: Books) -> None:
    submitted = draft(books.bank)
    books.submit(submitted)
    with pytest.raises(InvalidInput):
        reverse(books.engine, submitted.call_id, reason=" ", at=NOON)
    line = reverse(books.engine, submitted.call_id, reason="wrong enterprise", at=NOON)
    with pytest.raises(StateConflict):
        reverse(books.engine, submitted.call_id, reason="again", at=NOON)
    for unknown in (line, "no such call"):
        with pytest.raises(UnknownObject):
            reverse(books.engine, unknown, reason="what", at=NOON)
