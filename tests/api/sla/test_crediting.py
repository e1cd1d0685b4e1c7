"""From a missed promise to a line of the next statement: two people, exact to the fen, known to recount and audit."""

import json
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select, text
from sqlalchemy.orm import Session

from api.audit.verification import verify_ledger
from api.billing.lines import calls_of
from api.billing.statements import draw_up, issue_statement
from api.metering.recount import recount
from api.metering.reversal import reverse
from api.metering.tables import UsageLine, Wallet
from api.metering.usage import usage_rows
from api.metering.wallet import pay_in
from api.sla.crediting import (
    CreditState,
    approve_credit,
    confirm_credit,
    credit_of,
    decline_credit,
    find_credit,
    propose_credits,
)
from api.sla.tables import CreditNote
from bureau.errors import InvalidInput, SecondPersonNeeded, StateConflict, UnknownObject
from tests.factories.ledger import NOON, Books
from tests.factories.promises import DECEMBER, NOVEMBER, calls, close_november, missed_november, promise
from tests.factories.slow_usage import slow_usage

CREDIT = 20 * 800 * 15 // 100
"""Latency (10 %) and availability (5 %) of P07 are missed; twenty hits at 800 fen."""


@pytest.fixture
def missed(books: Books) -> Books:
    missed_november(books)
    close_november(books)
    return books


def the_note(books: Books) -> str:
    with Session(books.engine) as session:
        return session.scalars(select(CreditNote.id)).one()


def confirm(books: Books, by: str = "Li Wei") -> CreditState:
    with Session(books.engine, expire_on_commit=False) as session, session.begin():
        return confirm_credit(session, the_note(books), by=by, at=books.clock.at)


def approve(books: Books, by: str = "Zhang Min") -> CreditState:
    with Session(books.engine, expire_on_commit=False) as session, session.begin():
        return approve_credit(session, the_note(books), by=by, at=books.clock.at)


def decline(books: Books, reason: str = "the bank's own line was cut") -> CreditState:
    with Session(books.engine, expire_on_commit=False) as session, session.begin():
        return decline_credit(session, the_note(books), by="Li Wei", reason=reason, at=books.clock.at)


def sound(books: Books) -> None:
    """The slow recomputation and the audit find nothing, and usage is that of the lines."""
    with Session(books.engine) as session:
        assert list(recount(session)) == []
        assert verify_ledger(session, books.signer, books.vault).fault is None
        by = ["product", "version", "purpose", "outcome"]
        assert usage_rows(session, by) == slow_usage(session, by)


def test_closing_a_month_proposes_what_it_missed_once(missed: Books) -> None:
    with Session(missed.engine) as session, session.begin():
        found = find_credit(session, the_note(missed))
        assert (found.state, found.note.product_code, found.note.amount_fen) == ("proposed", "P07", CREDIT)
        assert [verdict["measure"] for verdict in found.note.verdicts] == ["latency", "availability"]
        assert propose_credits(session, missed.bank.institution_id, NOVEMBER, DECEMBER) == []
    sound(missed)


def test_two_people_make_it_a_line_of_the_next_statement(missed: Books) -> None:
    before = drawn(missed)
    assert confirm(missed).state == "confirmed"
    with pytest.raises(SecondPersonNeeded):
        approve(missed, by="li wei")
    assert drawn(missed) == before
    assert approve(missed).state == "approved"
    after = drawn(missed)
    assert after["credits_fen"] == -CREDIT
    assert after["total_fen"] == before["total_fen"] - CREDIT
    (line,) = [line for line in after["lines"] if line["kind"] == "credit"]
    assert (line["calls"], line["units"], line["basis"], line["amount_fen"]) == (0, 0, "service_credit", -CREDIT)
    with Session(missed.engine) as session:
        (traced,) = calls_of(session, missed.bank.institution_id, NOVEMBER.next, line)
        (usage,) = usage_rows(session, [], start=NOVEMBER.next.begins)
    assert (traced["id"], traced["call_id"], traced["amount_fen"]) == (the_note(missed), None, -CREDIT)
    assert (usage["calls"], usage["charged_fen"]) == (0, -CREDIT)
    sound(missed)


def drawn(books: Books) -> dict[str, object]:
    with Session(books.engine) as session:
        return draw_up(session, books.bank.institution_id, NOVEMBER.next)


def test_a_credit_comes_off_a_minimum_too(books: Books) -> None:
    missed_november(books, minimum_fen=50_000)
    close_november(books)
    confirm(books)
    approve(books)
    content = drawn(books)
    assert (content["calls_fen"], content["minimum_top_up_fen"]) == (0, 50_000)
    assert content["total_fen"] == 50_000 - CREDIT


def test_a_credit_leaves_the_months_cap_alone(books: Books) -> None:
    missed_november(books, cap_fen=16_000)
    close_november(books)
    confirm(books)
    approve(books)
    calls(books, [1.0] * 21)
    content = drawn(books)
    assert (content["calls_fen"], content["credits_fen"]) == (16_000, -CREDIT)
    sound(books)


def test_a_prepaid_credit_flows_into_the_wallet(books: Books) -> None:
    promise(books)
    pay_in(books.engine, books.bank.institution_id, 100_000, reference="transfer 1", at=NOON)
    missed_november(books, prepaid=True)
    close_november(books)
    confirm(books)
    approve(books)
    with Session(books.engine) as session:
        assert session.scalars(select(Wallet.balance_fen)).one() == 100_000 - 16_000 + CREDIT
    content = drawn(books)
    assert (content["total_fen"], content["due_fen"]) == (-CREDIT, 0), "it is not owed a second time"
    sound(books)


def test_a_credit_approved_in_a_closed_month_falls_into_the_open_one(missed: Books) -> None:
    confirm(missed)
    with Session(missed.engine) as session, session.begin():
        owner, december = missed.bank.institution_id, NOVEMBER.next
        issue_statement(session, missed.signer, owner, december, december.ends)
    approve(missed)  # by a clock that is behind
    with Session(missed.engine) as session:
        assert draw_up(session, missed.bank.institution_id, NOVEMBER.next.next)["credits_fen"] == -CREDIT
    sound(missed)


def test_a_reversal_after_the_close_changes_no_credit(missed: Books) -> None:
    with Session(missed.engine) as session:
        call = session.scalars(select(UsageLine.id).where(UsageLine.amount_fen > 0).limit(1)).one()
    reverse(missed.engine, call, reason="wrong enterprise", at=DECEMBER)
    confirm(missed)
    assert approve(missed).note.amount_fen == CREDIT
    sound(missed)


def test_only_reversals_of_the_months_own_calls_come_off_its_credit(missed: Books) -> None:
    december = NOVEMBER.next
    missed.clock.at = DECEMBER + timedelta(hours=1)
    calls(missed, [5_000.0] * 3)
    with Session(missed.engine) as session:
        charges = select(UsageLine.id).where(UsageLine.amount_fen > 0).order_by(UsageLine.committed_at)
        of_both_months = session.scalars(charges).all()
    for call in (of_both_months[0], of_both_months[-1]):
        reverse(missed.engine, call, reason="wrong enterprise", at=missed.clock.at)
    with Session(missed.engine) as session, session.begin():
        issue_statement(session, missed.signer, missed.bank.institution_id, december, december.ends)
    with Session(missed.engine) as session:
        note = session.scalars(select(CreditNote).where(CreditNote.month == december.first)).one()
    assert (note.charged_fen, note.percent, note.amount_fen) == (1_600, 10, 160)
    sound(missed)


def test_what_is_declined_is_final_and_says_why(missed: Books) -> None:
    with pytest.raises(InvalidInput, match="reason"):
        decline(missed, reason=" ")
    confirm(missed)
    done = decline(missed)
    assert (done.state, done.steps["declined"].reason) == ("declined", "the bank's own line was cut")
    for step in (confirm, approve, decline):
        with pytest.raises(StateConflict, match="declined"):
            step(missed)
    assert drawn(missed)["credits_fen"] == 0
    sound(missed)


def test_no_step_is_skipped_or_done_twice(missed: Books) -> None:
    with pytest.raises(StateConflict, match="proposed"):
        approve(missed)
    with pytest.raises(InvalidInput, match="name"):
        confirm(missed, by=" ")
    confirm(missed)
    with pytest.raises(StateConflict, match="confirmed"):
        confirm(missed, by="Wang Fang")
    approve(missed)
    for step in (confirm, approve, decline):
        with pytest.raises(StateConflict, match="approved"):
            step(missed)
    with Session(missed.engine) as session, pytest.raises(UnknownObject):
        approve_credit(session, "no such note", by="Li Wei", at=DECEMBER)


def test_a_month_that_kept_all_or_cost_nothing_proposes_nothing(books: Books) -> None:
    promise(books)
    calls(books, [1.0] * 3, data_age_days=1)  # P07 kept
    calls(books, [9_000.0], outcome="not_found", product_code="P31")
    books.clock.at = NOON + timedelta(hours=1)
    close_november(books)
    with Session(books.engine) as session:
        assert session.scalars(select(CreditNote)).all() == []


TAMPERED = [
    pytest.param("UPDATE credit_note SET amount_fen = amount_fen + 1", id="a note's amount"),
    pytest.param("UPDATE credit_note SET verdicts = '[]'", id="a note's verdicts"),
    pytest.param("UPDATE credit_note SET month = '2026-10-01'", id="a note's month"),
    pytest.param("UPDATE usage_line SET amount_fen = amount_fen - 1 WHERE kind = 'credit'", id="a line's amount"),
    pytest.param("DELETE FROM credit_step WHERE step = 'approved'", id="an approval removed"),
    pytest.param("DELETE FROM credit_step; DELETE FROM credit_note", id="a note removed"),
]


@pytest.mark.parametrize("ledger_url", ["sqlite"], indirect=True)
@pytest.mark.parametrize("statements", TAMPERED)
def test_a_changed_credit_is_named(missed: Books, statements: str) -> None:
    note = the_note(missed)
    confirm(missed)
    approve(missed)
    with missed.engine.begin() as connection:
        for name in connection.scalars(text("SELECT name FROM sqlite_master WHERE type = 'trigger'")).all():
            connection.execute(text(f'DROP TRIGGER "{name}"'))
        for statement in statements.split("; "):
            connection.execute(text(statement))
    with Session(missed.engine) as session:
        fault = verify_ledger(session, missed.signer, missed.vault).fault
    assert fault is not None
    assert note in fault.named


@pytest.mark.parametrize("ledger_url", ["sqlite"], indirect=True)
@pytest.mark.parametrize(
    "change",
    [
        pytest.param("UPDATE credit_note SET charged_fen = charged_fen + 1", id="what was charged"),
        pytest.param("UPDATE credit_note SET amount_fen = amount_fen + 1", id="the amount"),
        pytest.param("UPDATE usage_line SET latency_us = 1 WHERE latency_us = 5000000", id="a call's latency"),
        pytest.param("UPDATE usage_line SET outcome = 'refused' WHERE outcome = 'source_down'", id="a failure"),
    ],
)
def test_the_recount_finds_a_note_that_does_not_follow(missed: Books, change: str) -> None:
    with missed.engine.begin() as connection:
        for name in connection.scalars(text("SELECT name FROM sqlite_master WHERE type = 'trigger'")).all():
            connection.execute(text(f'DROP TRIGGER "{name}"'))
        connection.execute(text(change))
    with Session(missed.engine) as session:
        assert any("credit note" in difference.what for difference in recount(session))


@given(st.integers(-(10**12), 10**12), st.integers(1, 100))
def test_a_credit_is_a_share_to_the_half_fen(charged: int, percent: int) -> None:
    fen = credit_of(charged, percent)
    assert abs(100 * fen - max(charged, 0) * percent) <= 50
    assert 0 <= fen <= max(charged, 0)


def test_a_statement_told_in_json_holds_the_credit(missed: Books) -> None:
    confirm(missed)
    approve(missed)
    december = NOVEMBER.next
    with Session(missed.engine, expire_on_commit=False) as session, session.begin():
        issued = issue_statement(session, missed.signer, missed.bank.institution_id, december, december.ends)
    content = json.loads(issued.body)
    assert (content["credits_fen"], content["total_fen"], issued.total_fen) == (-CREDIT, -CREDIT, -CREDIT)
