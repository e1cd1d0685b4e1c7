"""Terms: which rule charges a call, and what no contract may say."""

from typing import Any

import pytest
from pydantic import ValidationError

from api.contracts.terms import BILLED, Terms

FLAT = {"model": "flat", "unit_fen": 800}
FREE = {"model": "free"}
AVAILABLE = {"product": "P07", "measure": "availability", "share_bp": 9_900, "credit_percent": 10}


def terms(*rules: dict[str, Any], **more: Any) -> Terms:
    return Terms.model_validate({"rules": [{"product": "P07", "price": FLAT} | rule for rule in rules], **more})


@pytest.mark.parametrize("outcome", ["found", "partial", "not_found", "stale", "refused", "source_down"])
@pytest.mark.parametrize("per", sorted(BILLED))
def test_the_outcome_decides_whether_a_call_is_charged(per: str, outcome: str) -> None:
    assert (terms({"per": per}).place_of("P07", "pre_loan", outcome) is not None) == (outcome in BILLED[per])


def test_a_rule_of_the_purpose_goes_before_one_of_all() -> None:
    agreed = terms({}, {"purpose": "post_loan", "price": FREE})
    assert agreed.place_of("P07", "post_loan", "found") == 1
    assert agreed.place_of("P07", "pre_loan", "found") == 0


def test_outcomes_can_have_prices_of_their_own() -> None:
    agreed = terms({"outcomes": ["found"]}, {"outcomes": ["partial", "not_found"], "price": FREE})
    assert [agreed.place_of("P07", "self", outcome) for outcome in ("found", "not_found", "stale")] == [0, 1, None]


def test_another_product_has_no_price() -> None:
    assert terms({}).place_of("P01", "pre_loan", "found") is None


@pytest.mark.parametrize(
    ("rules", "more", "why"),
    [
        pytest.param(
            [{}],
            {"service_levels": [AVAILABLE | {"product": "P01"}]},
            "service level but no price",
            id="unsold promise",
        ),
        pytest.param([{}], {"service_levels": [AVAILABLE, AVAILABLE]}, "2 service levels", id="a promise twice"),
        pytest.param(
            [{}], {"service_levels": [AVAILABLE | {"limit_ms": 3}]}, "limit_ms", id="a limit of another measure"
        ),
        pytest.param([{}], {"service_levels": [AVAILABLE | {"share_bp": 0}]}, "share_bp", id="a promise of nothing"),
        pytest.param([{}], {"service_levels": [AVAILABLE | {"credit_percent": 101}]}, "credit", id="more than it cost"),
        pytest.param([{}, {}], {}, "2 prices for", id="two prices for one call"),
        pytest.param([{}, {"per": "call"}], {}, "2 prices for", id="two that overlap"),
        pytest.param([{"purpose": "marketing"}], {}, "purpose is one of", id="an unknown purpose"),
        pytest.param([{"repeat_percent": 101}], {}, "less than or equal to 100", id="a repeat dearer than a call"),
        pytest.param([{"price_basis": "public_governance"}], {}, "is free", id="public governance at a price"),
        pytest.param([{"price_basis": "government_guided"}], {}, "ceiling_fen", id="a guided price without a ceiling"),
        pytest.param([{"ceiling_fen": 799}], {}, "ceiling of 799 fen", id="above its ceiling"),
        pytest.param(
            [{"price": {"model": "package", "size": 10, "package_fen": 101}, "ceiling_fen": 10}],
            {},
            "ceiling of 10 fen",
            id="a package above its ceiling",
        ),
        pytest.param([{}], {"quotas": {"P01": 5}}, "no price for P01", id="a quota of what is not sold"),
        pytest.param([{}], {"quotas": {"P07": 0}}, "greater than or equal to 1", id="a quota of none"),
        pytest.param([{}], {"minimum_fen": 2, "cap_fen": 1}, "below its minimum", id="a cap below the minimum"),
        pytest.param([{}], {"discount": 5}, "Extra inputs", id="a word nobody knows"),
    ],
)
def test_what_no_contract_may_say(rules: list[dict[str, Any]], more: dict[str, Any], why: str) -> None:
    with pytest.raises(ValidationError, match=why):
        terms(*rules, **more)


def test_terms_have_as_many_rules_as_can_be_read() -> None:
    with pytest.raises(ValidationError, match="at most 500"):
        terms(*({"product": f"P{number % 100:02}"} for number in range(501)))


def test_a_ceiling_is_met_by_what_costs_as_much() -> None:
    assert terms({"price_basis": "government_set", "ceiling_fen": 800}).products == {"P07"}
