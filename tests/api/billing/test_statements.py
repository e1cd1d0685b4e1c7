"""Statements on both databases: equal to the ledger's lines, closed with their month, agreed line by line."""

import csv
import hashlib
import io
import json
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any

import pytest
import rfc8785
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from api.audit.verification import verify_ledger
from api.billing import statements
from api.billing.agreeing import agree_to_statement
from api.billing.lines import calls_of
from api.billing.months import Month
from api.billing.reconciling import TheirLine, reconcile
from api.billing.standing import signed_statements
from api.billing.statements import as_csv, draw_up, issue_statement
from api.billing.tables import Statement
from api.contracts.terms import Terms
from api.metering.exclusive import ACTING, WRITING, exclusive
from api.metering.ledger import Receipt
from api.metering.reversal import reverse
from api.metering.tables import Event, UsageLine, WalletEntry
from api.metering.usage import usage_rows
from api.metering.wallet import pay_in
from bureau.db import transaction
from bureau.errors import ImpossibleDate, InvalidInput, StateConflict, UnknownObject
from tests.factories.ledger import NOON, Books, add_bank, agree, draft, unanswered

NOVEMBER = Month.parse("2026-11")
DECEMBER = datetime(2026, 11, 30, 16, tzinfo=UTC)
"""00:00 in Shanghai on 1 December."""


def submitted(books: Books, key: str, **changes: Any) -> str:
    """The number of one call that was answered."""
    (given,) = books.submit(draft(books.bank, key, **changes))
    assert isinstance(given, Receipt)
    return given.call_id


@pytest.fixture
def month(books: Books) -> Books:
    """November: three hits, a miss, a call in test mode, a refusal, another bank's call; a fourth hit in December."""
    for key in ("a", "b", "c"):
        submitted(books, key)
    submitted(books, "miss", outcome="not_found")
    books.submit(draft(add_bank(books.engine, test=True), "test", test=True))
    books.refuse(unanswered(books.bank))
    other = add_bank(books.engine, "另一银行")
    books.submit(draft(other, "a"))
    books.clock.at = DECEMBER
    submitted(books, "d")
    return books


def drawn(books: Books, month: Month = NOVEMBER) -> dict[str, Any]:
    with Session(books.engine) as session:
        return draw_up(session, books.bank.institution_id, month)


def issued(books: Books, month: Month = NOVEMBER, at: datetime = DECEMBER) -> Statement:
    with Session(books.engine, expire_on_commit=False) as session, session.begin():
        return issue_statement(session, books.signer, books.bank.institution_id, month, at)


def test_a_statement_is_what_the_ledger_counts(month: Books) -> None:
    content = drawn(month)
    told = [(line["outcome"], line["basis"], line["calls"], line["amount_fen"]) for line in content["lines"]]
    assert sorted(told) == [
        ("found", "unit", 3, 2_400),
        ("not_found", "not_billable", 1, 0),
        ("refused", "unanswered", 1, 0),
    ]
    with Session(month.engine) as session:
        (usage,) = usage_rows(
            session,
            [],
            start=NOVEMBER.begins,
            end=NOVEMBER.ends,
            institution_id=month.bank.institution_id,
        )
    assert usage["charged_fen"] == content["total_fen"] == 2_400
    assert usage["calls"] == sum(line["calls"] for line in content["lines"])


def test_every_line_is_traced_to_its_calls(month: Books) -> None:
    with Session(month.engine) as session:
        for line in drawn(month)["lines"]:
            calls = list(calls_of(session, month.bank.institution_id, NOVEMBER, line))
            assert len(calls) == line["calls"]
            assert sum(call["amount_fen"] for call in calls) == line["amount_fen"]


def test_a_call_committed_after_midnight_belongs_to_the_next_month(month: Books) -> None:
    assert drawn(month, NOVEMBER.next)["total_fen"] == 800


def test_a_month_is_issued_once_it_is_over(month: Books) -> None:
    with pytest.raises(StateConflict, match="is not over"):
        issued(month, at=DECEMBER - timedelta(microseconds=1))
    first = issued(month)
    assert month.signer.verify_detached(first.jws, first.body)
    content = json.loads(first.body)
    assert first.sha256 == hashlib.sha256(rfc8785.dumps(content)).hexdigest()
    assert issued(month, at=DECEMBER + timedelta(days=1)).body == first.body


def test_what_is_corrected_later_falls_into_the_next_month(month: Books) -> None:
    before = issued(month).body
    with Session(month.engine) as session:
        line = next(line for line in drawn(month)["lines"] if line["amount_fen"])
        first = next(calls_of(session, month.bank.institution_id, NOVEMBER, line))
    reverse(month.engine, first["call_id"], reason="wrong enterprise", at=DECEMBER)
    assert issued(month).body == before
    assert drawn(month)["total_fen"] == 2_400
    assert drawn(month, NOVEMBER.next)["total_fen"] == 0


def test_a_call_in_test_mode_is_met_by_nothing_that_is_billed(books: Books) -> None:
    """Neither it nor its reversal: on no line, in no comparison and in no wallet, the twin's own least of all."""
    twin = add_bank(books.engine, test=True)
    kept, reversed_ = books.submit(draft(twin, "kept", test=True), draft(twin, "reversed", test=True))
    assert isinstance(kept, Receipt)
    assert isinstance(reversed_, Receipt)
    reverse(books.engine, reversed_.call_id, reason="tried", at=NOON)
    with transaction(books.engine) as session:
        assert session.scalar(select(func.count()).where(UsageLine.test)) == 3
        assert session.scalar(select(func.count()).select_from(WalletEntry)) == 0
        for bank in (books.bank, twin):
            content = draw_up(session, bank.institution_id, NOVEMBER)
            assert (content["lines"], content["total_fen"]) == ([], 0)
            theirs = [TheirLine(800, call_id=kept.call_id)]
            compared, _ = reconcile(
                session, bank.institution_id, NOVEMBER, theirs, client_id=bank.client_id, at=DECEMBER
            )
            assert (compared.only_ours, compared.only_theirs, compared.ours_fen) == (0, 1, 0)


def test_a_server_whose_clock_is_behind_writes_nothing_into_a_closed_month(books: Books) -> None:
    issued(books)
    submitted(books, "late")
    assert (drawn(books)["total_fen"], drawn(books, NOVEMBER.next)["total_fen"]) == (0, 800)


def test_a_minimum_is_topped_up_and_no_more(books: Books) -> None:
    rule = {"product": "P07", "price": {"model": "flat", "unit_fen": 800}}
    with transaction(books.engine) as session:
        agree(session, books.bank.institution_id, Terms.model_validate({"rules": [rule], "minimum_fen": 1_000}), NOON)
    submitted(books, "a")
    content = drawn(books)
    assert (content["calls_fen"], content["minimum_top_up_fen"], content["total_fen"]) == (800, 200, 1_000)
    submitted(books, "b")
    content = drawn(books)
    assert (content["minimum_top_up_fen"], content["total_fen"]) == (0, 1_600)


def prepaid(books: Books, **more: Any) -> None:
    """Terms for P07 of 800 fen a hit, paid from a wallet that holds 5,000."""
    rule = {"product": "P07", "price": {"model": "flat", "unit_fen": 800}}
    terms = Terms.model_validate({"rules": [rule], "prepaid": True} | more)
    with transaction(books.engine) as session:
        agree(session, books.bank.institution_id, terms, NOON)
    pay_in(books.engine, books.bank.institution_id, 5_000, reference="transfer 1", at=NOON)


def asked_for(content: dict[str, Any]) -> tuple[int, int, int]:
    return content["total_fen"], content["paid_from_wallet_fen"], content["due_fen"]


def sound(books: Books) -> None:
    with Session(books.engine) as session:
        assert verify_ledger(session, books.signer, books.vault).fault is None


def test_what_a_wallet_paid_is_not_asked_for_again(books: Books) -> None:
    prepaid(books, minimum_fen=2_000)
    submitted(books, "a")
    submitted(books, "b")
    books.submit(draft(add_bank(books.engine, test=True), "test", test=True))
    assert asked_for(drawn(books)) == (2_000, 1_600, 400), "the rest of the minimum"
    statement = issued(books)
    rows = list(csv.DictReader(io.StringIO(as_csv(statement.body))))
    assert [(row["basis"], int(row["amount_fen"])) for row in rows] == [
        ("unit", 1_600),
        ("minimum_top_up", 400),
        ("total", 2_000),
        ("paid_from_wallet", -1_600),
        ("due", 400),
    ]
    with Session(books.engine) as session:
        told = session.scalars(select(Event.payload).where(Event.topic == "statement.issued")).one()
        (signed,) = signed_statements(session, books.signer, limit=1)
    assert (told["total_fen"], told["due_fen"], signed.due_fen) == (2_000, 400, 400)
    sound(books)


def test_what_flowed_back_into_a_wallet_is_not_owed_again(books: Books) -> None:
    prepaid(books)
    call = submitted(books, "a")
    assert asked_for(json.loads(issued(books).body)) == (800, 800, 0)
    reverse(books.engine, call, reason="wrong enterprise", at=DECEMBER)
    assert asked_for(drawn(books, NOVEMBER.next)) == (-800, -800, 0)
    books.clock.at = DECEMBER
    submitted(books, "b")
    assert asked_for(json.loads(issued(books, NOVEMBER.next, NOVEMBER.next.ends).body)) == (0, 0, 0)
    sound(books)


def test_a_month_that_no_wallet_pays_is_due_as_a_whole(month: Books) -> None:
    assert asked_for(drawn(month)) == (2_400, 0, 2_400)
    sound(month)


@pytest.mark.parametrize(
    ("wrong", "what"),
    [
        pytest.param({"paid_from_wallet_fen": 0, "due_fen": 800}, "of the wallet", id="what the wallet paid"),
        pytest.param({"due_fen": 1}, "is due", id="what is due"),
    ],
)
def test_the_audit_names_a_statement_that_asks_for_another_amount(
    books: Books, monkeypatch: pytest.MonkeyPatch, wrong: dict[str, int], what: str
) -> None:
    """Signed so by the platform itself."""
    prepaid(books)
    submitted(books, "a")
    monkeypatch.setattr(statements, "draw_up", lambda *asked: draw_up(*asked) | wrong)
    issued(books)
    with Session(books.engine) as session:
        fault = verify_ledger(session, books.signer, books.vault).fault
    assert fault is not None
    assert what in fault.what


def test_what_is_corrected_later_comes_off_whatever_the_new_month_costs(books: Books) -> None:
    """November costs 1,600 and December its minimum of 1,000 anyhow: the correction is not lost in it."""
    rule = {"product": "P07", "price": {"model": "flat", "unit_fen": 800}}
    with transaction(books.engine) as session:
        agree(session, books.bank.institution_id, Terms.model_validate({"rules": [rule], "minimum_fen": 1_000}), NOON)
    first, second = submitted(books, "a"), submitted(books, "b")
    issued(books)
    reverse(books.engine, first, reason="wrong enterprise", at=DECEMBER)
    content = drawn(books, NOVEMBER.next)
    assert (content["calls_fen"], content["minimum_top_up_fen"]) == (0, 1_000)
    assert content["corrections"] == [{"month": "2026-11", "reversed_fen": -800, "minimum_keeps_fen": 200}]
    assert (content["corrections_fen"], content["total_fen"]) == (-600, 400)
    reverse(books.engine, second, reason="wrong enterprise", at=NOVEMBER.next.ends)
    content = drawn(books, NOVEMBER.next.next)
    assert (content["corrections_fen"], content["total_fen"]) == (0, 1_000), "November costs its minimum already"
    rows = list(csv.DictReader(io.StringIO(as_csv(issued(books, NOVEMBER.next, NOVEMBER.next.ends).body))))
    assert int(rows[-1]["amount_fen"]) == sum(int(row["amount_fen"]) for row in rows[:-1]) == 400


def test_the_csv_adds_up(month: Books) -> None:
    rows = list(csv.DictReader(io.StringIO(as_csv(issued(month).body))))
    assert rows[-1]["basis"] == "total"
    assert int(rows[-1]["amount_fen"]) == sum(int(row["amount_fen"]) for row in rows[:-1]) == 2_400


def test_the_institution_agrees_to_what_it_read(month: Books) -> None:
    statement = issued(month)
    with transaction(month.engine) as session:
        agreed = partial(
            agree_to_statement,
            session,
            month.bank.institution_id,
            client_id=month.bank.client_id,
            jws=None,
            at=DECEMBER,
        )
        with pytest.raises(StateConflict, match="Read it again"):
            agreed(NOVEMBER, sha256="0" * 64)
        first = agreed(NOVEMBER, sha256=statement.sha256)
        again = agreed(NOVEMBER, sha256=statement.sha256)
        assert again.signed_at == first.signed_at == DECEMBER
        with pytest.raises(UnknownObject):
            agreed(NOVEMBER.next, sha256="0" * 64)


def at_once(books: Books, turn: int, ask: Callable[[], Any]) -> list[Any]:
    """What two get who ask while a third is in the turn, so that neither sees what the other writes before its own."""
    with ThreadPoolExecutor(2) as pool:
        with exclusive(books.engine, turn):
            asked = [pool.submit(ask) for _ in range(2)]
            time.sleep(0.5)
        return [one.result() for one in asked]


def test_two_who_ask_at_once_get_one_statement(month: Books) -> None:
    first, second = at_once(month, WRITING, lambda: issued(month))
    assert (first.body, first.jws) == (second.body, second.jws)


def test_two_who_agree_at_once_agree_once(month: Books) -> None:
    sha256, bank = issued(month).sha256, month.bank

    def agree_now() -> datetime:
        said = {"sha256": sha256, "client_id": bank.client_id, "jws": None, "at": datetime.now(UTC)}
        with transaction(month.engine) as session:
            return agree_to_statement(session, bank.institution_id, NOVEMBER, **said).signed_at

    assert len(set(at_once(month, ACTING, agree_now))) == 1


def test_two_books_are_compared_line_by_line(month: Books) -> None:
    with transaction(month.engine) as session:
        line = next(line for line in drawn(month)["lines"] if line["amount_fen"])
        calls = calls_of(session, month.bank.institution_id, NOVEMBER, line)
        ours = [call["call_id"] for call in sorted(calls, key=lambda call: call["client_serial"])]
        theirs = [
            TheirLine(800, call_id=ours[0]),
            TheirLine(700, client_serial="serial of b"),
            TheirLine(800, call_id="a call of theirs"),
            TheirLine(0, client_serial="serial of miss"),
        ]
        kept, differences = reconcile(
            session, month.bank.institution_id, NOVEMBER, theirs, client_id=month.bank.client_id, at=DECEMBER
        )
        counts = kept.matched, kept.amount_differs, kept.only_ours, kept.only_theirs
    assert counts == (2, 1, 1, 1)
    assert (kept.ours_fen, kept.theirs_fen) == (2_400, 2_300)
    assert {(one.outcome, one.call_id, one.ours_fen, one.theirs_fen) for one in differences} == {
        ("amount_differs", ours[1], 800, 700),
        ("only_ours", ours[2], 800, None),
        ("only_theirs", "a call of theirs", None, 800),
    }


def test_a_serial_means_the_call_that_was_paid(books: Books) -> None:
    """LN-1 was asked again after a failure and is one call; LN-2 failed twice and LN-3 was paid twice: neither is."""
    for serial in ("LN-1", "LN-2", "LN-2"):
        books.refuse(unanswered(books.bank, "source_down", client_serial=serial))
    for key, serial in (("a", "LN-1"), ("b", "LN-3"), ("c", "LN-3")):
        submitted(books, key, client_serial=serial)
    theirs = [TheirLine(fen, client_serial=serial) for serial, fen in (("LN-1", 800), ("LN-2", 0), ("LN-3", 800))]
    with transaction(books.engine) as session:
        kept, _ = reconcile(
            session, books.bank.institution_id, NOVEMBER, theirs, client_id=books.bank.client_id, at=DECEMBER
        )
        assert (kept.matched, kept.amount_differs, kept.only_ours, kept.only_theirs) == (1, 0, 2, 2)


@pytest.mark.parametrize(
    ("lines", "why"),
    [
        pytest.param([TheirLine(5)], "names its call_id", id="a line of nothing"),
        pytest.param([TheirLine(5, client_serial="serial of a")] * 2, "stands twice", id="a call twice"),
    ],
)
def test_lines_that_cannot_be_meant(month: Books, lines: list[TheirLine], why: str) -> None:
    with transaction(month.engine) as session, pytest.raises(InvalidInput, match=why):
        reconcile(session, month.bank.institution_id, NOVEMBER, lines, client_id=month.bank.client_id, at=DECEMBER)


@pytest.mark.parametrize("text", ["2026", "2026-13", "2026-1", "26-11", "2026-11-01", "0000-01", ""])
def test_what_is_no_month(text: str) -> None:
    with pytest.raises(ImpossibleDate, match=r"not a month of the calendar .* YYYY-MM\.$"):
        Month.parse(text)


def test_months_follow_each_other() -> None:
    assert [str(month) for month in (NOVEMBER, NOVEMBER.next, NOVEMBER.next.next)] == ["2026-11", "2026-12", "2027-01"]
    assert NOVEMBER.ends == NOVEMBER.next.begins == DECEMBER
