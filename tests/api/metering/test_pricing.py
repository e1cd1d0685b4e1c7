"""The outcome decides the charge, under the contract's price."""

import pytest

from api.access.contracts import ContractTerm
from api.metering.draft import ANSWERED, UNANSWERED
from api.metering.pricing import Charge, price


@pytest.mark.parametrize(
    ("per", "outcome", "fen"),
    [
        pytest.param("hit", "found", 800, id="per hit: found"),
        pytest.param("hit", "partial", 800, id="per hit: partly found"),
        pytest.param("hit", "not_found", 0, id="per hit: nothing found is free"),
        pytest.param("hit", "stale", 0, id="per hit: stale data is free"),
        pytest.param("call", "found", 800, id="per call: found"),
        pytest.param("call", "partial", 800, id="per call: partly found"),
        pytest.param("call", "not_found", 800, id="per call: nothing found is charged"),
        pytest.param("call", "stale", 800, id="per call: stale is charged"),
    ],
)
def test_the_outcome_decides_the_charge(per: str, outcome: str, fen: int) -> None:
    term = ContractTerm(1, 3, "P07", 800, per)
    assert price(term, outcome) == Charge(fen > 0, outcome, fen, contract_version=3)


@pytest.mark.parametrize("outcome", sorted(ANSWERED | UNANSWERED))
def test_free_is_free(outcome: str) -> None:
    assert price(ContractTerm(1, 1, "P31", 500, "free"), outcome).amount_fen == 0


@pytest.mark.parametrize("per", ["hit", "call", "free"])
@pytest.mark.parametrize("outcome", sorted(UNANSWERED))
def test_what_is_not_answered_is_never_charged(per: str, outcome: str) -> None:
    assert not price(ContractTerm(1, 1, "P07", 800, per), outcome).billable
