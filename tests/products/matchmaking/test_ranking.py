"""The order of loan products: what a firm can have comes first, and the cheapest of it."""

from typing import Any

from products.matchmaking.profile import Profile
from products.matchmaking.ranking import rank_matches
from products.matchmaking.terms import LoanProductTerms, Need

FIRM = Profile(score=640, grade="B", months_in_operation=30, arrears_fen=0, section="F", division="440305")
NEED = Need(subject="E1", amount_fen=50_000_000, term_months=12)


def terms(rate_bps: int, **conditions: Any) -> LoanProductTerms:
    written = {
        "name": f"贷{rate_bps}",
        "institution": "前海银行",
        "amount_fen": {"least": 10_000_000, "most": 100_000_000},
        "term_months": {"least": 6, "most": 24},
        "rate_bps": rate_bps,
        "secured": ["credit"],
    }
    return LoanProductTerms.model_validate(written | conditions)


def ranked(products: dict[str, LoanProductTerms]) -> list[str]:
    return [match.loan_product for match in rank_matches(products, NEED, FIRM)]


def test_eligible_before_cheap_and_cheap_among_the_eligible() -> None:
    offers = {"dear": terms(500), "cheap": terms(400), "cheapest but closed": terms(300, min_score=641)}
    assert ranked(offers) == ["cheap", "dear", "cheapest but closed"]


def test_the_nearest_of_those_out_of_reach_comes_first() -> None:
    offers = {
        "two fail": terms(300, min_score=700, sections=["C"]),
        "one fails": terms(310, sections=["C"]),
        "two near": terms(320, min_score={"value": 650, "near": 10}, min_grade={"value": "A", "near": 1}),
        "one near": terms(330, min_score={"value": 650, "near": 10}),
    }
    assert ranked(offers) == ["one near", "two near", "one fails", "two fail"]


def test_equal_offers_keep_one_order_whatever_order_they_came_in() -> None:
    offers = {name: terms(400) for name in "cab"}
    assert ranked(offers) == ["a", "b", "c"] == ranked(dict(reversed(offers.items())))


def test_the_one_condition_that_stands_between_is_named() -> None:
    offers = {"near": terms(400, min_score={"value": 650, "near": 10}), "open": terms(400)}
    near = next(m for m in rank_matches(offers, NEED, FIRM) if m.loan_product == "near")
    assert (near.eligible, near.one_short, near.failed, near.near_misses) == (False, "min_score", 0, 1)
    assert rank_matches({"open": terms(400)}, NEED, FIRM)[0].one_short is None


def test_no_loan_products_no_matches() -> None:
    assert rank_matches({}, NEED, FIRM) == ()
