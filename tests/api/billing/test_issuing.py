"""Statements nobody asked for: of every month with anything on it, found without looking at the others."""

from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import event, select
from sqlalchemy.orm import Session

from api.access.institutions import create_client, find_client
from api.billing.issuing import issue_due
from api.billing.months import Month
from api.billing.statements import draw_up
from api.billing.tables import Statement
from api.contracts.terms import Terms
from bureau.db import transaction
from tests.factories.ledger import NOON, PRICES, Books, add_bank, agree, draft, unanswered

NOVEMBER = Month.parse("2026-11")
RULES = tuple(price.as_rule() for price in PRICES)
FAR = datetime.fromisoformat("2028-06-15T00:00:00Z")


def issued(books: Books) -> set[tuple[int, date]]:
    with Session(books.engine) as session:
        return set(session.execute(select(Statement.institution_id, Statement.month)).tuples())


def with_content(books: Books, last: Month) -> set[tuple[int, date]]:
    """What has lines or comes to anything, from November on, drawn up one by one."""
    with Session(books.engine) as session:
        drawn = {
            (bank, month.first): draw_up(session, bank, month)
            for bank in (books.bank.institution_id, books.twin.institution_id)
            for month in NOVEMBER.until(last)
        }
    return {key for key, content in drawn.items() if content["lines"] or content["total_fen"]}


def at(text: str) -> datetime:
    return datetime.fromisoformat(f"{text}+08:00")


def test_every_month_with_lines_or_a_minimum_and_no_other(books: Books) -> None:
    """A call on the first and the last instant of a month, one refused, some in test mode, a minimum for two months."""
    with transaction(books.engine) as session:
        for minimum, day in ((5_000_000_000, "2027-05-31T23:59"), (0, "2027-07-31T23:59")):
            agree(session, books.bank.institution_id, Terms(rules=RULES, minimum_fen=minimum), at(day))
    last_instant = at("2027-04-01T00:00") - timedelta(microseconds=1)
    for number, instant in enumerate((NOON, at("2027-02-01T00:00"), last_instant, at("2027-09-09T09:00"))):
        books.clock.at = instant
        books.submit(draft(books.bank, f"key-{number}"), draft(books.twin, f"key-{number}", test=True))
    books.clock.at = at("2027-11-01T00:00")
    books.refuse(unanswered(books.bank))
    books.submit(draft(books.twin, "another", test=True))

    assert issue_due(books.engine, books.signer, FAR) == 7
    assert issued(books) == with_content(books, Month.of(FAR).former)
    assert [f"{month:%y-%m}" for _, month in sorted(issued(books))] == [
        *("26-11", "27-02", "27-03", "27-05", "27-06", "27-09", "27-11"),
    ]


def test_months_before_the_first_contract_have_none(books: Books) -> None:
    """A call that was refused for want of a contract is a line too."""
    with transaction(books.engine) as session:
        made = create_client(session, "另一银行", "bank", [], NOON)
        owner = find_client(session, made.client_id).institution_id
        agree(session, owner, Terms(rules=RULES, minimum_fen=1), at("2028-04-10T00:00"))
    without = replace(books.bank, institution_id=owner, client_id=made.client_id)
    books.refuse(unanswered(without, contract_version_id=None))
    assert issue_due(books.engine, books.signer, FAR) == 2
    assert issued(books) == {(owner, date(2028, month, 1)) for month in (4, 5)}


def asked_in_a_run(books: Books, instant: datetime) -> int:
    """How often the database is asked where nothing is due."""
    asked: list[str] = []

    def note(*told: Any) -> None:
        asked.append(told[2])

    event.listen(books.engine, "before_cursor_execute", note)
    assert issue_due(books.engine, books.signer, instant) == 0
    event.remove(books.engine, "before_cursor_execute", note)
    return len(asked)


def test_a_run_costs_the_same_however_many_months_were_quiet(books: Books) -> None:
    books.submit(draft(books.bank))
    for number in range(3):
        add_bank(books.engine, f"银行{number}")
    assert issue_due(books.engine, books.signer, NOVEMBER.ends) == 1
    assert 0 < asked_in_a_run(books, NOVEMBER.next.ends) == asked_in_a_run(books, FAR) < 10
