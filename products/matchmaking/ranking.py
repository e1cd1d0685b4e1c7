"""Loan products in the order a firm should read them, each with every condition."""

from collections.abc import Mapping

from pydantic import BaseModel, ConfigDict

from products.matchmaking.conditions import ConditionMet, check_conditions
from products.matchmaking.profile import Profile
from products.matchmaking.terms import LoanProductTerms, Need


class Match(BaseModel):
    """One loan product against one need.

    one_short: the only condition that is not passed, where there is exactly one: what stands between firm and loan.
    """

    model_config = ConfigDict(frozen=True)

    loan_product: str
    name: str
    institution: str
    rate_bps: int
    eligible: bool
    failed: int
    near_misses: int
    one_short: str | None
    conditions: tuple[ConditionMet, ...]


def rank_matches(loan_products: Mapping[str, LoanProductTerms], need: Need, firm: Profile) -> tuple[Match, ...]:
    """Eligible ones first, cheapest first; then those with the fewest misses, a fail weighing more than a near miss.

    Equal ones stand in the order of their identity, so that the same question has the same answer.
    """
    matches = [_match(identity, terms, need, firm) for identity, terms in loan_products.items()]
    return tuple(sorted(matches, key=lambda m: (m.failed, m.near_misses, m.rate_bps, m.loan_product)))


def _match(identity: str, terms: LoanProductTerms, need: Need, firm: Profile) -> Match:
    conditions = check_conditions(terms, need, firm)
    missed = [c.condition for c in conditions if c.status != "pass"]
    failed = sum(c.status == "fail" for c in conditions)
    return Match(
        loan_product=identity,
        name=terms.name,
        institution=terms.institution,
        rate_bps=terms.rate_bps,
        eligible=not missed,
        failed=failed,
        near_misses=len(missed) - failed,
        one_short=missed[0] if len(missed) == 1 else None,
        conditions=conditions,
    )
