"""Prices inside the transaction: units, repeats, entities, caps, quotas, wallets; counts that follow."""

import json
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any

import pytest
from sqlalchemy import func, insert, select, text
from sqlalchemy.orm import Session

from api.audit.chain import append_leaf, no_answer, read_tail
from api.audit.tables import AuditLeaf
from api.audit.verification import verify_ledger
from api.contracts.agreeing import ListPrice, agree_list_prices
from api.contracts.tables import ContractVersion
from api.contracts.terms import Terms
from api.metering.exclusive import exclusive
from api.metering.ledger import Receipt
from api.metering.recount import recount
from api.metering.reversal import reverse
from api.metering.tables import Event, UsageLine, UsageMonth, Wallet, WalletEntry
from api.metering.wallet import pay_in, take_back_payment
from bureau.db import transaction
from bureau.errors import BureauError, InvalidInput, QuotaUsedUp, StateConflict, UnknownObject, WalletEmpty
from bureau.uscc import placeholder_uscc
from tests.factories.ledger import NOON, Books, add_bank, agree, draft

FLAT = {"model": "flat", "unit_fen": 800}
OTHER = placeholder_uscc("tests", "OTHER")
MONTH_END = datetime(2026, 11, 30, 16, tzinfo=UTC)
"""00:00 in Shanghai on 1 December."""


def contracted(books: Books, *rules: dict[str, Any], **more: Any) -> Books:
    """Books whose bank has these terms for P07, in force now."""
    terms = Terms.model_validate({"rules": [{"product": "P07", "price": FLAT} | rule for rule in rules], **more})
    with transaction(books.engine) as session:
        agree(session, books.bank.institution_id, terms, books.clock.at)
    return books


def charges(given: Iterable[Receipt | BureauError]) -> list[tuple[int, str]]:
    bodies = [json.loads(receipt.body)["charge"] for receipt in given if isinstance(receipt, Receipt)]
    return [(charge["amount_fen"], charge["basis"]) for charge in bodies]


def calls(books: Books, count: int, first: int = 0, **changes: Any) -> list[tuple[int, str]]:
    """What so many new calls cost, submitted at once; each about the same enterprise unless a change says otherwise."""
    bank = books.twin if changes.get("test") else books.bank
    return charges(books.submit(*(draft(bank, f"key-{n}", **changes) for n in range(first, first + count))))


def sound(books: Books) -> None:
    with Session(books.engine) as session:
        assert list(recount(session)) == []
        assert verify_ledger(session, books.signer, books.vault).fault is None


TIERED = [{"up_to": 2, "unit_fen": 10}, {"unit_fen": 4}]


@pytest.mark.parametrize(
    ("price", "fen"),
    [
        pytest.param({"model": "package", "size": 2, "package_fen": 15}, [15, 0, 15, 0, 15], id="package"),
        pytest.param({"model": "graduated", "tiers": TIERED}, [10, 10, 4, 4, 4], id="graduated"),
        pytest.param({"model": "volume", "tiers": TIERED}, [10, 10, -8, 4, 4], id="volume"),
    ],
)
def test_each_unit_costs_what_its_place_in_the_month_says(books: Books, price: dict[str, Any], fen: list[int]) -> None:
    """In one group and over several: the count is carried on in both."""
    contracted(books, {"price": price})
    assert calls(books, 3) + calls(books, 2, first=3) == [(amount, "unit") for amount in fen]
    sound(books)


def test_a_new_month_begins_at_midnight_in_shanghai(books: Books) -> None:
    contracted(books, {"price": {"model": "package", "size": 10, "package_fen": 50}})
    books.clock.at = MONTH_END - timedelta(microseconds=1)
    assert calls(books, 2) == [(50, "unit"), (0, "unit")]
    books.clock.at = MONTH_END
    assert calls(books, 1, first=2) == [(50, "unit")]
    with Session(books.engine) as session:
        months = session.execute(select(UsageMonth.month, UsageMonth.units).order_by(UsageMonth.month)).all()
    assert [(month.month, units) for month, units in months] == [(11, 2), (12, 1)]
    sound(books)


def test_a_repeat_within_the_hours_costs_its_share_and_counts_as_no_unit(books: Books) -> None:
    contracted(books, {"repeat_hours": 24, "repeat_percent": 25})
    assert calls(books, 2) == [(800, "unit"), (200, "repeat")], "in one group"
    books.clock.at = NOON + timedelta(hours=24) - timedelta(microseconds=1)
    assert calls(books, 1, first=2) == [(200, "repeat")], "in a later one"
    books.clock.at = NOON + timedelta(hours=24)
    assert calls(books, 1, first=3) == [(800, "unit")], "the hours count from the call that was charged in full"
    sound(books)


@pytest.mark.parametrize(
    "other",
    [
        pytest.param({"purpose": "post_loan"}, id="for another purpose"),
        pytest.param({"uscc": OTHER, "consent_required": False}, id="about another enterprise"),
    ],
)
def test_a_call_of_another_kind_is_no_repeat(books: Books, other: dict[str, Any]) -> None:
    contracted(books, {"repeat_hours": 24})
    assert calls(books, 1) + calls(books, 1, first=1, **other) == [(800, "unit")] * 2
    sound(books)


def test_the_repeat_of_a_reversed_call_is_charged(books: Books) -> None:
    contracted(books, {"repeat_hours": 24})
    (given,) = books.submit(draft(books.bank))
    assert isinstance(given, Receipt)
    reverse(books.engine, given.call_id, reason="wrong enterprise", at=NOON)
    assert calls(books, 1, first=2) == [(800, "unit")]
    sound(books)


def test_a_reversal_leaves_the_unit_used(books: Books) -> None:
    """What later calls cost is not changed by it."""
    contracted(books, {"price": {"model": "graduated", "tiers": [{"up_to": 1, "unit_fen": 10}, {"unit_fen": 4}]}})
    (given,) = books.submit(draft(books.bank))
    assert isinstance(given, Receipt)
    reverse(books.engine, given.call_id, reason="wrong enterprise", at=NOON)
    assert calls(books, 1, first=2) == [(4, "unit")]
    sound(books)


def test_an_entity_counts_once_a_month(books: Books) -> None:
    contracted(books, {"per": "entity_month"})
    assert calls(books, 2) == [(800, "unit"), (0, "same_entity")]
    assert calls(books, 1, first=2, purpose="post_loan") == [(0, "same_entity")]
    assert calls(books, 1, first=3, uscc=OTHER, consent_required=False) == [(800, "unit")]
    books.clock.at = MONTH_END
    assert calls(books, 1, first=4) == [(800, "unit")]
    sound(books)


def list_prices_added(books: Books) -> None:
    """A second client is made a moment later, when the catalogue has a product more: one more contract version."""
    books.clock.at += timedelta(seconds=1)
    with transaction(books.engine) as session:
        agree_list_prices(session, books.bank.institution_id, [ListPrice("P01", 300, "hit")], books.clock.at)


@pytest.mark.parametrize(
    ("price", "before", "after"),
    [
        pytest.param({"model": "package", "size": 3, "package_fen": 15}, [15, 0], [0, 15], id="package"),
        pytest.param({"model": "graduated", "tiers": TIERED}, [10, 10], [4, 4], id="graduated"),
        pytest.param({"model": "volume", "tiers": TIERED}, [10, 10], [-8, 4], id="volume"),
    ],
)
def test_units_are_counted_on_where_a_new_version_says_the_same(
    books: Books, price: dict[str, Any], before: list[int], after: list[int]
) -> None:
    contracted(books, {"price": price})
    assert calls(books, 2) == [(amount, "unit") for amount in before]
    list_prices_added(books)
    assert calls(books, 1, first=2) + calls(books, 1, first=3) == [(amount, "unit") for amount in after]
    with Session(books.engine) as session:
        lines = session.scalars(select(UsageLine).order_by(UsageLine.committed_at)).all()
        versions = [session.get_one(ContractVersion, line.contract_version_id).version for line in lines]
    assert versions == [2, 2, 3, 3], "a line keeps the version that charged it"
    sound(books)


def test_an_entity_counts_once_a_month_where_a_new_version_says_the_same(books: Books) -> None:
    contracted(books, {"per": "entity_month"})
    assert calls(books, 1) == [(800, "unit")]
    for n in (1, 2):
        list_prices_added(books)
        assert calls(books, 1, first=n) == [(0, "same_entity")]
    books.clock.at = MONTH_END
    assert calls(books, 1, first=3) == [(800, "unit")]
    sound(books)


def test_a_rule_is_the_same_wherever_a_new_version_puts_it(books: Books) -> None:
    package = {"price": {"model": "package", "size": 3, "package_fen": 15}}
    contracted(books, package)
    assert calls(books, 2) == [(15, "unit"), (0, "unit")]
    books.clock.at += timedelta(seconds=1)
    contracted(books, {"product": "P01"}, package)
    assert calls(books, 2, first=2) == [(0, "unit"), (15, "unit")]
    sound(books)


def test_a_version_that_changes_the_rule_starts_anew(books: Books) -> None:
    """And so does one that says again what an earlier one said, once another was in force between them."""
    for size, n in ((3, 0), (4, 1), (3, 2)):
        books.clock.at += timedelta(seconds=1)
        contracted(books, {"price": {"model": "package", "size": size, "package_fen": 15}})
        assert calls(books, 1, first=n) == [(15, "unit")]
    contracted(books, {"per": "entity_month"})
    books.clock.at += timedelta(seconds=1)
    assert calls(books, 1, first=3) == [(800, "unit")]
    contracted(books, {"per": "entity_month", "price": {"model": "flat", "unit_fen": 900}})
    books.clock.at += timedelta(seconds=1)
    assert calls(books, 1, first=4) == [(900, "unit")]
    sound(books)


def test_what_waits_for_its_day_ends_no_run(books: Books) -> None:
    """A version agreed for later stands between two of one rule by its number only."""
    package = {"price": {"model": "package", "size": 3, "package_fen": 15}}
    contracted(books, package)
    assert calls(books, 1) == [(15, "unit")]
    with transaction(books.engine) as session:
        later = Terms.model_validate({"rules": [{"product": "P07", "price": FLAT}]})
        agree(session, books.bank.institution_id, later, NOON + timedelta(days=1))
    list_prices_added(books)
    assert calls(books, 1, first=1) == [(0, "unit")]
    books.clock.at = NOON + timedelta(days=1)
    assert calls(books, 1, first=2) == [(800, "unit")]
    sound(books)


def test_a_package_is_given_back_with_the_last_call_that_fills_it(books: Books) -> None:
    contracted(books, {"price": {"model": "package", "size": 2, "package_fen": 15}})
    assert calls(books, 3) == [(15, "unit"), (0, "unit"), (15, "unit")]
    with Session(books.engine) as session:
        charged = session.scalars(select(UsageLine.id).order_by(UsageLine.committed_at, UsageLine.id)).all()
    lines = [reverse(books.engine, call_id, reason="wrong enterprise", at=books.clock.at) for call_id in charged[:2]]
    with Session(books.engine) as session:
        given = [session.get_one(UsageLine, line).amount_fen for line in lines]
    assert given == [-15, 0], "two calls fill one package, and so does one"
    assert calls(books, 2, first=3) == [(0, "unit"), (15, "unit")]
    sound(books)


def test_a_reversal_sees_the_units_of_every_version_that_says_the_same(books: Books) -> None:
    contracted(books, {"price": {"model": "volume", "tiers": TIERED}}, prepaid=True)
    pay_in(books.engine, books.bank.institution_id, 100, reference="transfer 1", at=NOON)
    (first,) = books.submit(draft(books.bank, "a"))
    assert isinstance(first, Receipt)
    list_prices_added(books)
    assert calls(books, 2, first=1) == [(10, "unit"), (-8, "unit")]
    reverse(books.engine, first.call_id, reason="wrong enterprise", at=books.clock.at)
    assert balance(books) == 92, "three of 4 were due, of which two stand"
    sound(books)


def test_a_repeat_is_found_as_far_back_as_agreed_where_an_entity_counts_once_a_month(books: Books) -> None:
    contracted(books, {"per": "entity_month", "repeat_hours": 8_760, "repeat_percent": 50})
    assert calls(books, 1) == [(800, "unit")]
    books.clock.at = NOON + timedelta(days=45)
    assert calls(books, 1, first=1) == [(400, "repeat")]
    sound(books)


def test_a_month_costs_no_more_than_its_cap(books: Books) -> None:
    contracted(books, {}, cap_fen=1_000)
    assert calls(books, 3) == [(800, "unit"), (200, "unit"), (0, "unit")]
    assert calls(books, 1, first=3) == [(0, "unit")]
    books.clock.at = MONTH_END
    assert calls(books, 1, first=4) == [(800, "unit")]
    sound(books)


def test_a_cap_agreed_below_what_was_spent_gives_nothing_back(books: Books) -> None:
    contracted(books, {})
    assert calls(books, 1) == [(800, "unit")]
    contracted(books, {}, cap_fen=500)
    books.clock.at += timedelta(microseconds=1)
    assert calls(books, 1, first=1) == [(0, "unit")]
    sound(books)


def test_a_volume_within_a_capped_month_gives_back_what_was_charged_and_no_more(books: Books) -> None:
    """Two of 10 fen reach the cap of 15; the third makes all cost 4, and 12 are due of 15."""
    contracted(books, {"price": {"model": "volume", "tiers": TIERED}}, cap_fen=15)
    assert calls(books, 2) + calls(books, 1, first=2) == [(10, "unit"), (5, "unit"), (-3, "unit")]
    assert calls(books, 2, first=3) == [(3, "unit"), (0, "unit")], "up to the cap again"
    sound(books)


def test_what_was_reversed_is_not_given_back_again_by_a_volume(books: Books) -> None:
    contracted(books, {"price": {"model": "volume", "tiers": TIERED}}, prepaid=True)
    pay_in(books.engine, books.bank.institution_id, 100, reference="transfer 1", at=NOON)
    given = books.submit(draft(books.bank, "a"), draft(books.bank, "b"))
    numbers = [one.call_id for one in given if isinstance(one, Receipt)]
    reverse(books.engine, numbers[0], reason="wrong enterprise", at=NOON)
    assert calls(books, 1, first=2) == [(-2, "unit")], "one of 10 stands; two of 4 are due"
    reverse(books.engine, numbers[1], reason="wrong enterprise", at=NOON)
    assert balance(books) == 96, "what it costs by now came back, not what it was charged"
    sound(books)


def test_a_call_that_gave_money_back_is_reversed_like_any_other(books: Books) -> None:
    contracted(books, {"price": {"model": "volume", "tiers": TIERED}}, prepaid=True)
    pay_in(books.engine, books.bank.institution_id, 20, reference="transfer 1", at=NOON)
    last = books.submit(*(draft(books.bank, f"key-{n}") for n in range(3)))[2]
    assert isinstance(last, Receipt)
    assert balance(books) == 8
    reverse(books.engine, last.call_id, reason="wrong enterprise", at=NOON)
    assert balance(books) == 12
    sound(books)


def test_what_is_reversed_a_month_later_leaves_the_new_months_cap_alone(books: Books) -> None:
    contracted(books, {}, cap_fen=800, quotas={"P07": 1})
    (first,) = books.submit(draft(books.bank))
    assert isinstance(first, Receipt)
    books.clock.at = MONTH_END
    assert calls(books, 1, first=5) == [(800, "unit")]
    reverse(books.engine, first.call_id, reason="wrong enterprise", at=MONTH_END)
    (refused,) = books.submit(draft(books.bank, "key-6"))
    assert isinstance(refused, QuotaUsedUp), "the quota is that of the calls of its month"
    sound(books)


def test_a_quota_refuses_and_charges_nothing(books: Books) -> None:
    contracted(books, {}, quotas={"P07": 2})
    given = books.submit(*(draft(books.bank, f"key-{n}") for n in range(3)))
    assert charges(given) == [(800, "unit")] * 2
    assert isinstance(given[2], QuotaUsedUp)
    (late,) = books.submit(draft(books.bank, "key-9"))
    assert isinstance(late, QuotaUsedUp)
    books.clock.at = MONTH_END
    assert calls(books, 1, first=10) == [(800, "unit")]
    sound(books)


def test_a_wallet_pays_and_never_goes_below_zero(books: Books) -> None:
    contracted(books, {}, prepaid=True)
    (empty,) = books.submit(draft(books.bank))
    assert isinstance(empty, WalletEmpty)
    assert pay_in(books.engine, books.bank.institution_id, 2_000, reference="transfer 1", at=NOON) == 2_000
    given = books.submit(*(draft(books.bank, f"key-{n}") for n in range(4)))
    assert charges(given) == [(800, "unit")] * 2
    assert [type(one) for one in given[2:]] == [WalletEmpty] * 2
    assert balance(books) == 400
    assert pay_in(books.engine, books.bank.institution_id, 500, reference="transfer 2", at=NOON) == 900
    assert charges(books.submit(draft(books.bank, "key-2"))) == [(800, "unit")], "the refused key was not bound"
    sound(books)


def test_what_is_reversed_flows_back(books: Books) -> None:
    contracted(books, {}, prepaid=True)
    pay_in(books.engine, books.bank.institution_id, 1_000, reference="transfer 1", at=NOON)
    (given,) = books.submit(draft(books.bank))
    assert isinstance(given, Receipt)
    reverse(books.engine, given.call_id, reason="wrong enterprise", at=NOON)
    assert balance(books) == 1_000
    sound(books)


def test_a_call_in_test_mode_is_priced_and_not_paid(books: Books) -> None:
    contracted(books, {}, prepaid=True, cap_fen=800)
    tried = books.submit(draft(add_bank(books.engine, test=True), test=True))
    assert charges(tried) == [(800, "unit")]
    pay_in(books.engine, books.bank.institution_id, 800, reference="transfer 1", at=NOON)
    assert calls(books, 1, first=1) == [(800, "unit")], "the cap was not used up by the test"
    assert balance(books) == 0
    sound(books)


def test_a_reversal_of_another_amount_is_named(books: Books) -> None:
    """Written so, with a leaf of its own: only a volume gives a call another price than it was charged."""
    contracted(books, {})
    (given,) = books.submit(draft(books.bank))
    assert isinstance(given, Receipt)
    with exclusive(books.engine) as connection:
        charged = connection.execute(select(UsageLine.__table__)).one()._asdict()
        line = charged | {"id": "reversal", "kind": "reversal", "reverses": given.call_id, "calls": -1, "units": 0}
        line |= {"amount_fen": -799}
        leaf, _ = append_leaf(read_tail(connection), {"line": line}, no_answer("SHA-256"), "SHA-256")
        connection.execute(insert(UsageLine), [line])
        connection.execute(insert(AuditLeaf), [leaf])
    with Session(books.engine) as session:
        fault = verify_ledger(session, books.signer, books.vault).fault
    assert fault is not None
    assert (fault.named, fault.what) == ("reversal", "its reversal takes back another amount")


@pytest.mark.parametrize(
    ("fen", "reference"),
    [
        pytest.param(0, "t", id="nothing"),
        pytest.param(-5, "t", id="less"),
        pytest.param(10**12 + 1, "t", id="more than any amount"),
        (5, " "),
    ],
)
def test_a_payment_that_is_none(books: Books, fen: int, reference: str) -> None:
    with pytest.raises(InvalidInput):
        pay_in(books.engine, books.bank.institution_id, fen, reference=reference, at=NOON)


def test_a_payment_is_entered_once_and_for_somebody(books: Books) -> None:
    pay_in(books.engine, books.bank.institution_id, 5, reference="transfer 1", at=NOON)
    with pytest.raises(StateConflict, match="entered before"):
        pay_in(books.engine, books.bank.institution_id, 5, reference=" transfer 1 ", at=NOON)
    with pytest.raises(UnknownObject):
        pay_in(books.engine, 99, 5, reference="transfer 2", at=NOON)
    assert balance(books) == 5


def test_two_institutions_may_use_one_reference(books: Books) -> None:
    other = add_bank(books.engine, "另一银行").institution_id
    for owner, fen in ((books.bank.institution_id, 5), (other, 7)):
        assert pay_in(books.engine, owner, fen, reference="transfer 1", at=NOON) == fen
    sound(books)


def test_a_reference_that_reads_like_anothers_name_is_its_own(books: Books) -> None:
    owner = books.bank.institution_id
    assert pay_in(books.engine, owner, 5, reference="transfer 1", at=NOON) == 5
    assert pay_in(books.engine, owner, 7, reference=f"{owner}:0:transfer 1", at=NOON) == 12
    sound(books)


def test_a_payment_is_taken_back_once_and_entered_anew(books: Books) -> None:
    owner = books.bank.institution_id
    pay_in(books.engine, owner, 500, reference="transfer 1", at=NOON)
    pay_in(books.engine, owner, 60_000, reference="transfer 2", at=NOON)
    back = partial(take_back_payment, books.engine, owner, reference=" transfer 2 ", at=NOON)
    with pytest.raises(InvalidInput, match="reason"):
        back(reason=" ")
    for _ in range(2):
        assert back(reason="a nought too many") == 500
        with pytest.raises(UnknownObject):
            back(reason="again")
        assert pay_in(books.engine, owner, 6_000, reference="transfer 2", at=NOON) == 6_500
        with pytest.raises(StateConflict, match="entered before"):
            pay_in(books.engine, owner, 6_000, reference="transfer 2", at=NOON)
    with pytest.raises(UnknownObject):
        take_back_payment(books.engine, owner, reference="transfer 3", reason="never made", at=NOON)
    with Session(books.engine) as session:
        reasons = session.scalars(select(WalletEntry.reason).where(WalletEntry.reason.is_not(None))).all()
    assert reasons == ["a nought too many"] * 4, "both sides, twice"
    assert balance(books) == 6_500
    sound(books)


def test_a_payment_that_was_used_is_not_taken_back(books: Books) -> None:
    contracted(books, {}, prepaid=True)
    pay_in(books.engine, books.bank.institution_id, 1_000, reference="transfer 1", at=NOON)
    (given,) = books.submit(draft(books.bank))
    assert isinstance(given, Receipt)
    back = partial(take_back_payment, books.engine, books.bank.institution_id, reason="of another bank", at=NOON)
    with pytest.raises(StateConflict, match="holds 200 fen"):
        back(reference="transfer 1")
    assert balance(books) == 200
    reverse(books.engine, given.call_id, reason="wrong enterprise", at=NOON)
    assert back(reference="transfer 1") == 0
    sound(books)


def test_who_reaches_a_sum_is_told_once(books: Books) -> None:
    contracted(books, {}, alerts_fen=[800, 1_000, 5_000])
    calls(books, 1)
    calls(books, 2, first=1)
    with Session(books.engine) as session:
        told = session.execute(select(Event.topic, Event.payload)).all()
    assert {(topic, said["threshold_fen"], said["charged_fen"]) for topic, said in told} == {
        ("usage.threshold_reached", 800, 800),
        ("usage.threshold_reached", 1_000, 1_600),
    }
    assert len(told) == 2


def test_the_recount_finds_what_was_changed(books: Books) -> None:
    contracted(books, {}, prepaid=True)
    pay_in(books.engine, books.bank.institution_id, 5_000, reference="transfer 1", at=NOON)
    calls(books, 2)
    with transaction(books.engine) as session:
        session.scalars(select(UsageMonth)).one().units += 1
        session.get_one(Wallet, books.bank.institution_id).balance_fen += 1
    with Session(books.engine) as session:
        assert [one.what.split()[0] for one in recount(session)] == ["month", "wallet"]


@pytest.mark.parametrize("ledger_url", ["sqlite"], indirect=True)
def test_a_call_that_no_wallet_paid_is_named(books: Books) -> None:
    contracted(books, {}, prepaid=True)
    pay_in(books.engine, books.bank.institution_id, 5_000, reference="transfer 1", at=NOON)
    calls(books, 2)
    calls(books, 1, test=True)
    with books.engine.begin() as connection:
        for name in connection.scalars(text("SELECT name FROM sqlite_master WHERE type = 'trigger'")).all():
            connection.execute(text(f'DROP TRIGGER "{name}"'))
        line = connection.scalar(select(func.min(WalletEntry.posting)).where(WalletEntry.account == "revenue"))
        connection.execute(text("DELETE FROM wallet_entry WHERE posting = :line"), {"line": line})
        connection.execute(text("UPDATE wallet SET balance_fen = balance_fen + 800"))
    with Session(books.engine) as session:
        assert list(recount(session)) == [(f"posting of {line}", 0, 800)]
        fault = verify_ledger(session, books.signer, books.vault).fault
    assert fault is not None
    assert (fault.named, fault.what) == (f"usage_line [{line}]", "no wallet paid it although its contract is prepaid")


def balance(books: Books) -> int:
    with Session(books.engine) as session:
        held = session.get_one(Wallet, books.bank.institution_id).balance_fen
        entries = select(WalletEntry.amount_fen).where(WalletEntry.account == "prepaid")
        assert held == sum(session.scalars(entries))
    return held
