"""What a bank or a firm may write, and what is refused."""

from typing import Any

import pytest
from pydantic import ValidationError

from products.matchmaking.terms import Bound, LoanProductOffer, LoanProductTerms, Need

TERMS: dict[str, Any] = {
    "name": "税易贷",
    "institution": "前海银行",
    "amount_fen": {"least": 10_000_000, "most": 100_000_000},
    "term_months": {"least": 6, "most": 24},
    "rate_bps": 420,
    "secured": ["credit"],
}
NEED: dict[str, Any] = {"subject": "E1", "amount_fen": 50_000_000, "term_months": 12}


def test_a_bare_number_is_a_threshold_without_a_near_miss() -> None:
    terms = LoanProductTerms.model_validate(TERMS | {"min_score": 600, "min_grade": "C"})
    assert terms.min_score == Bound(value=600, near=0)
    assert terms.min_grade is not None
    assert (terms.min_grade.value, terms.min_grade.near) == ("C", 0)


def test_terms_survive_being_stored() -> None:
    terms = LoanProductTerms.model_validate(TERMS | {"min_score": {"value": 600, "near": 20}, "regions": ["4403"]})
    assert LoanProductTerms.model_validate_json(terms.model_dump_json()) == terms


@pytest.mark.parametrize(
    "change",
    [
        pytest.param({"rate_bps": 4.2}, id="a rate in percent"),
        pytest.param({"rate_bps": "420"}, id="a rate as text"),
        pytest.param({"rate_bps": True}, id="a truth value as a rate"),
        pytest.param({"amount_fen": {"least": 2, "most": 1}}, id="a range upside down"),
        pytest.param({"secured": []}, id="no security at all"),
        pytest.param({"secured": ["信用"]}, id="a security in other words"),
        pytest.param({"sections": ["U"]}, id="a section that does not exist"),
        pytest.param({"regions": ["44030"]}, id="half a division code"),
        pytest.param({"regions": ["４４０３"]}, id="a division code in wide digits"),
        pytest.param({"min_grade": "F"}, id="a grade that does not exist"),
        pytest.param({"min_score": {"value": 600, "nearly": 20}}, id="a misspelt key"),
        pytest.param({"colour": "red"}, id="an unknown condition"),
        pytest.param({"name": ""}, id="no name"),
    ],
)
def test_terms_that_cannot_be_meant(change: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        LoanProductTerms.model_validate(TERMS | change)


@pytest.mark.parametrize(
    "name",
    [
        pytest.param("王某11010519491231002X", id="a person's number"),
        pytest.param("税易贷\n二行", id="two lines"),
        pytest.param("税易贷\x00", id="a control character"),
        pytest.param("\ud800", id="half a character"),
    ],
)
def test_names_that_others_should_not_read(name: str) -> None:
    """A loan product's name stands in the answers of other institutions."""
    offer = {key: value for key, value in TERMS.items() if key != "institution"}
    assert LoanProductOffer.model_validate(offer).name == "税易贷"
    with pytest.raises(ValidationError):
        LoanProductOffer.model_validate(offer | {"name": name})


@pytest.mark.parametrize(
    "change",
    [
        pytest.param({"amount_fen": 0}, id="no money"),
        pytest.param({"amount_fen": -1}, id="less than none"),
        pytest.param({"amount_fen": 10**15 + 1}, id="more than any bank has"),
        pytest.param({"term_months": 0}, id="no time"),
        pytest.param({"use": "gambling"}, id="an unknown use"),
        pytest.param({"subject": ""}, id="nobody"),
    ],
)
def test_needs_that_cannot_be_meant(change: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        Need.model_validate(NEED | change)
