"""Two people agree to terms; a version is in force from its instant until the next one's."""

import time
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from api.access.institutions import find_or_add_institution
from api.billing.months import Month
from api.billing.statements import issue_statement
from api.contracts.agreeing import LIST_PRICES, ListPrice, agree_list_prices, approve_terms, propose_terms
from api.contracts.in_force import Contracts, contract_in_force, require_product
from api.contracts.pricing import Flat, Free
from api.contracts.tables import ContractVersion
from api.contracts.terms import Terms
from api.metering.batch import Writing, enter_batch
from api.metering.exclusive import exclusive
from api.metering.ledger import Receipt
from api.metering.recount import recount
from api.metering.tables import UsageLine
from bureau.clock import SHANGHAI
from bureau.db import transaction
from bureau.errors import InvalidInput, ProductNotContracted, SecondPersonNeeded, StateConflict, UnknownObject
from tests.factories.ledger import NOON, Books, agree, draft

P01, P07 = ListPrice("P01", 300, "hit"), ListPrice("P07", 800, "hit")
TICK = timedelta(microseconds=1)


@pytest.fixture
def bank(session: Session) -> int:
    return find_or_add_institution(session, "深圳银行", NOON).id


def propose(session: Session, bank: int, **changes: object) -> str:
    said = {"by": "Li Wei", "in_force_from": NOON, "at": NOON} | changes
    return propose_terms(session, bank, Terms(rules=(P07.as_rule(),)), **said)  # type: ignore[arg-type]


def test_a_version_begins_at_its_instant(session: Session, bank: int) -> None:
    agree(session, bank, [P07], NOON)
    with pytest.raises(ProductNotContracted, match="深圳银行"):
        require_product(session, bank, "P07", NOON - TICK)
    assert require_product(session, bank, "P07", NOON).terms.rules == (P07.as_rule(),)


def test_the_newest_version_begun_is_in_force(session: Session, bank: int) -> None:
    later = NOON + timedelta(days=1)
    agree(session, bank, [P07], NOON)
    assert agree(session, bank, [ListPrice("P07", 700, "hit")], later) == 2
    assert [require_product(session, bank, "P07", at).version for at in (later - TICK, later)] == [1, 2]


def test_a_product_left_out_of_the_new_version_is_gone(session: Session, bank: int) -> None:
    agree(session, bank, [P01, P07], NOON)
    agree(session, bank, [P01], NOON)
    with pytest.raises(ProductNotContracted, match="P07"):
        require_product(session, bank, "P07", NOON)


def test_a_proposal_binds_nobody(session: Session, bank: int) -> None:
    propose(session, bank)
    assert contract_in_force(session, bank, NOON) is None


@pytest.mark.parametrize("name", ["Li Wei", " li wei ", ""])
def test_who_proposed_cannot_approve(session: Session, bank: int, name: str) -> None:
    with pytest.raises(SecondPersonNeeded, match="was proposed by Li Wei"):
        approve_terms(session, propose(session, bank), by=name, at=NOON)


def test_an_approval_after_the_day_begins_when_it_is_given(session: Session, bank: int) -> None:
    later = NOON + timedelta(days=3)
    assert approve_terms(session, propose(session, bank), by="Zhang Min", at=later).in_force_from == later


def test_terms_begin_in_no_month_of_which_a_statement_is_issued(books: Books) -> None:
    december = datetime(2026, 12, 1, tzinfo=SHANGHAI)
    with transaction(books.engine) as session:
        issue_statement(session, books.signer, books.bank.institution_id, Month.parse("2026-11"), december)
    late = december - timedelta(milliseconds=50)
    with transaction(books.engine) as session:
        proposal = propose(session, books.bank.institution_id, at=late, in_force_from=late)
        assert approve_terms(session, proposal, by="Zhang Min", at=late).in_force_from == december


def test_a_proposal_is_approved_once(session: Session, bank: int) -> None:
    proposal = propose(session, bank)
    approve_terms(session, proposal, by="Zhang Min", at=NOON + TICK)
    with pytest.raises(StateConflict, match="Propose again"):
        approve_terms(session, proposal, by="Zhang Min", at=NOON + TICK)


def test_a_proposal_older_than_the_newest_version_is_made_again(session: Session, bank: int) -> None:
    old, new = propose(session, bank), propose(session, bank, at=NOON + TICK, in_force_from=NOON + TICK)
    approve_terms(session, new, by="Zhang Min", at=NOON + 2 * TICK)
    with pytest.raises(StateConflict, match="version 1 was agreed after"):
        approve_terms(session, old, by="Zhang Min", at=NOON + 3 * TICK)


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        pytest.param({"in_force_from": NOON - TICK}, "in the past", id="terms for what was called already"),
        pytest.param({"by": " "}, "name", id="nobody"),
    ],
)
def test_what_cannot_be_proposed(session: Session, bank: int, changes: dict[str, object], why: str) -> None:
    with pytest.raises(InvalidInput, match=why):
        propose(session, bank, **changes)


def test_a_proposal_nobody_made(session: Session) -> None:
    with pytest.raises(UnknownObject):
        approve_terms(session, "none", by="Zhang Min", at=NOON)


def test_list_prices_add_what_is_missing_and_keep_what_was_agreed(session: Session, bank: int) -> None:
    agree(session, bank, Terms(rules=(ListPrice("P07", 650, "hit").as_rule(),), cap_fen=9_000), NOON)
    agree_list_prices(session, bank, [P07, P01, ListPrice("P31", 0, "free")], NOON)
    contract = require_product(session, bank, "P01", NOON)
    assert (contract.version, contract.terms.cap_fen) == (2, 9_000)
    assert [rule.price for rule in contract.terms.rules] == [Flat(unit_fen=650), Flat(unit_fen=300), Free()]
    version = session.get_one(ContractVersion, contract.id)
    assert (version.agreed_by, version.proposal_id) == (LIST_PRICES, None)


def test_list_prices_leave_what_is_agreed_for_later_to_begin_on_its_day(session: Session, bank: int) -> None:
    agree(session, bank, [P07], NOON)
    first, second = NOON + timedelta(days=9), NOON + timedelta(days=20)
    agree(session, bank, Terms(rules=(ListPrice("P07", 1, "hit").as_rule(),)), second)
    agree(session, bank, Terms(rules=(ListPrice("P07", 700, "hit").as_rule(),), cap_fen=9_000), first)
    agree(session, bank, [ListPrice("P07", 600, "hit"), ListPrice("P31", 5, "hit")], second)
    for added in (P01, ListPrice("P31", 0, "free")):
        agree_list_prices(session, bank, [P07, added], NOON + TICK)
    expected = {
        second - TICK: [Flat(unit_fen=700), Flat(unit_fen=300), Free()],
        second: [Flat(unit_fen=600), Flat(unit_fen=5), Flat(unit_fen=300)],
        first - TICK: [Flat(unit_fen=800), Flat(unit_fen=300), Free()],
    }
    for at, prices in expected.items():
        contract = require_product(session, bank, "P01", at)
        assert [rule.price for rule in contract.terms.rules] == prices
    assert require_product(session, bank, "P01", first).terms.cap_fen == 9_000
    versions = session.scalars(select(ContractVersion).order_by(ContractVersion.version)).all()
    assert [version.agreed_by for version in versions] == ["Zhang Min"] * 4 + [LIST_PRICES] * 6
    assert all(version.proposal_id for version in versions[:4]), "who agreed stays on record"


def test_nothing_new_opens_no_version(session: Session, bank: int) -> None:
    agree(session, bank, [P07], NOON)
    agree_list_prices(session, bank, [P07], NOON)
    agree_list_prices(session, bank, [], NOON)
    assert require_product(session, bank, "P07", NOON).version == 1


@pytest.mark.parametrize("by", ["two people", "list prices"])
def test_new_terms_wait_for_what_is_being_written_and_begin_after_it(books: Books, by: str) -> None:
    """Else a call that is committed late would be charged by a version that was no longer in force."""
    later, owner = NOON + timedelta(minutes=1), books.bank.institution_id

    def new_terms() -> None:
        with transaction(books.engine) as session:
            if by == "two people":
                agree(session, owner, [ListPrice("P07", 700, "hit")], NOON)
            else:
                agree_list_prices(session, owner, [P01], NOON)

    with ThreadPoolExecutor(1) as pool:
        with exclusive(books.engine) as connection:
            agreeing = pool.submit(new_terms)
            time.sleep(0.5)
            enter_batch(connection, [draft(books.bank)], Writing(books.signer, books.vault, Contracts()), later)
        agreeing.result()
    with Session(books.engine) as session:
        versions = session.scalars(select(ContractVersion).order_by(ContractVersion.version)).all()
        assert [version.in_force_from for version in versions] == [NOON, later + TICK]
        assert session.scalars(select(UsageLine.contract_version_id)).one() == versions[0].id
        assert list(recount(session)) == []


def test_a_charge_by_a_version_that_was_not_in_force_is_named(books: Books) -> None:
    (given,) = books.submit(draft(books.bank))
    assert isinstance(given, Receipt)
    with transaction(books.engine) as session:
        first = session.scalars(select(ContractVersion)).one()
        late = {"institution_id": first.institution_id, "version": 2, "in_force_from": NOON}
        session.add(ContractVersion(**late, terms=first.terms, agreed_by=LIST_PRICES, agreed_at=NOON))
    with Session(books.engine) as session:
        (found,) = recount(session)
    assert found.what == f"contract version of {given.call_id}"


def test_institutions_have_contracts_of_their_own(session: Session, bank: int) -> None:
    other = find_or_add_institution(session, "另一银行", NOON).id
    agree(session, bank, [P07], NOON)
    agree(session, other, [P01], NOON)
    found = Contracts().in_force(session, [bank, other, 99], NOON)
    assert {owner: contract.terms.products for owner, contract in found.items()} == {bank: {"P07"}, other: {"P01"}}


@pytest.mark.parametrize(("fen", "per"), [pytest.param(-1, "hit", id="negative"), pytest.param(1, "month", id="month")])
def test_an_impossible_list_price(fen: int, per: str) -> None:
    with pytest.raises(InvalidInput):
        ListPrice("P07", fen, per).as_rule()
