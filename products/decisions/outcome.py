"""From answered rules, a grade's band and a limit to one decision with its grounds."""

from dataclasses import dataclass

from products.decisions.content import Ground
from products.decisions.limit import LimitFound, find_limit
from products.decisions.policy import Band, Policy, Verdict
from products.decisions.rules import Facts, RuleAnswer
from products.lending import Application, yuan

STRICTNESS: tuple[Verdict, ...] = ("approve", "refer", "decline")


@dataclass(frozen=True)
class Outcome:
    """The decision. grounds: what led to it, the strictest first; terms are None where nothing may be lent."""

    decision: Verdict
    grounds: tuple[Ground, ...]
    limit: LimitFound | None
    rate_bps: int | None
    term_months: int | None


def conclude(
    policy: Policy, rules: tuple[RuleAnswer, ...], grade: str | None, application: Application, facts: Facts
) -> Outcome:
    """The strictest of rules, band and limit decides. grade: None where nothing was found, which a person must see.

    The sums are shown with a referral too, as what the policy would allow, and never with a decline, nor how a limit
    would have been made.
    """
    band = policy.band(grade) if grade else None
    terms = band.terms if band else None
    limit = find_limit(policy.limit, terms, facts, application.amount_fen) if terms else None
    grounds = [*_from_rules(rules), _from_band(band), *(_from_limit(policy, limit) if terms else ())]
    grounds.sort(key=lambda ground: -STRICTNESS.index(ground.effect))
    decision = grounds[0].effect
    if decision == "decline":
        return Outcome(decision, tuple(grounds), None, None, None)
    if terms is None or limit is None or limit.allowed_fen < policy.limit.least_fen:
        return Outcome(decision, tuple(grounds), limit, None, None)
    term_months = min(application.term_months, terms.term_months)
    return Outcome(decision, tuple(grounds), limit, terms.rate_bps[application.secured], term_months)


def _from_rules(rules: tuple[RuleAnswer, ...]) -> list[Ground]:
    return [
        Ground(kind="rule", id=rule.id, effect=rule.effect, text=rule.text, text_en=rule.text_en)
        for rule in rules
        if rule.effect is not None
    ]


def _from_band(band: Band | None) -> Ground:
    if band is None:
        text, text_en = "没有可用于评分的记录,转人工核实", "No record to score: a person must look"
        return Ground(kind="no_record", id=None, effect="refer", text=text, text_en=text_en)
    text, text_en = f"信用等级{band.grade}", f"Grade {band.grade}"
    return Ground(kind="band", id=band.grade, effect=band.verdict, text=text, text_en=text_en)


def _from_limit(policy: Policy, limit: LimitFound | None) -> list[Ground]:
    """A referral where no worthwhile limit can be made."""
    least = policy.limit.least_fen
    if limit is None:
        text, text_en = "没有可用于测算额度的数据,转人工核实", "No data to make a limit from"
    elif limit.allowed_fen < least:
        text = f"按{limit.text}测算的额度低于{yuan(least)},转人工核实"
        text_en = f"The limit from {limit.text_en} is below CNY {least / 100:,.0f}"
    else:
        return []
    return [Ground(kind="limit", id=None, effect="refer", text=text, text_en=text_en)]
