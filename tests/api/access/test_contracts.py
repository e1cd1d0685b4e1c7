"""A contract version is in force from its instant until the next one's, and never changes."""

from datetime import timedelta

import pytest
from sqlalchemy.orm import Session

from api.access.contracts import (
    ContractTerm,
    ListPrice,
    agree_contract,
    contract_in_force,
    extend_contract,
    read_terms,
    terms_in_force,
)
from api.access.institutions import find_or_add_institution
from bureau.errors import InvalidInput, ProductNotContracted
from tests.factories.ledger import NOON

P01, P07 = ListPrice("P01", 300, "hit"), ListPrice("P07", 800, "hit")
TICK = timedelta(microseconds=1)


@pytest.fixture
def bank(session: Session) -> int:
    return find_or_add_institution(session, "深圳银行", NOON).id


def test_a_version_begins_at_its_instant(session: Session, bank: int) -> None:
    agree_contract(session, bank, [P07], NOON)
    with pytest.raises(ProductNotContracted, match="深圳银行"):
        contract_in_force(session, bank, "P07", NOON - TICK)
    assert contract_in_force(session, bank, "P07", NOON) == ContractTerm(1, 1, "P07", 800, "hit")


def test_the_newest_version_begun_is_in_force(session: Session, bank: int) -> None:
    later = NOON + timedelta(days=1)
    agree_contract(session, bank, [P07], NOON)
    assert agree_contract(session, bank, [ListPrice("P07", 700, "hit")], later) == 2
    assert contract_in_force(session, bank, "P07", later - TICK).amount_fen == 800
    assert contract_in_force(session, bank, "P07", later).amount_fen == 700


def test_a_product_left_out_of_the_new_version_is_gone(session: Session, bank: int) -> None:
    agree_contract(session, bank, [P01, P07], NOON)
    agree_contract(session, bank, [P01], NOON)
    with pytest.raises(ProductNotContracted, match="P07"):
        contract_in_force(session, bank, "P07", NOON)


def test_extending_keeps_what_was_agreed(session: Session, bank: int) -> None:
    agree_contract(session, bank, [ListPrice("P07", 650, "hit")], NOON)
    extend_contract(session, bank, [P07, P01], NOON)
    terms = terms_in_force(session, bank, NOON)
    assert {code: (term.version, term.amount_fen) for code, term in terms.items()} == {"P01": (2, 300), "P07": (2, 650)}


def test_extending_by_nothing_new_opens_no_version(session: Session, bank: int) -> None:
    agree_contract(session, bank, [P07], NOON)
    extend_contract(session, bank, [P07], NOON)
    extend_contract(session, bank, [], NOON)
    assert contract_in_force(session, bank, "P07", NOON).version == 1


def test_institutions_have_contracts_of_their_own(session: Session, bank: int) -> None:
    other = find_or_add_institution(session, "另一银行", NOON).id
    agree_contract(session, bank, [P07], NOON)
    agree_contract(session, other, [P01], NOON)
    assert [(owner, term.product_code) for owner, term in read_terms(session, [bank, other], NOON)] == [
        (bank, "P07"),
        (other, "P01"),
    ]
    assert terms_in_force(session, 99, NOON) == {}


@pytest.mark.parametrize(
    ("fen", "per"), [pytest.param(-1, "hit", id="negative"), pytest.param(1, "month", id="per month")]
)
def test_an_impossible_price(fen: int, per: str) -> None:
    with pytest.raises(InvalidInput):
        ListPrice("P07", fen, per)
