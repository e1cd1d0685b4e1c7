"""One condition of a loan product against one firm: pass, fail or near miss, with the value and the threshold."""

from collections.abc import Iterator
from typing import Literal

from pydantic import BaseModel, ConfigDict

from products.lending import GRADES
from products.matchmaking.profile import Profile
from products.matchmaking.terms import Bound, GradeBound, LoanProductTerms, Need, Range
from products.matchmaking.wording import Relation, Threshold, Value, sentence

Status = Literal["pass", "near_miss", "fail"]


class ConditionMet(BaseModel):
    """A condition with its figures.

    missed_by: how far the value lies beyond the threshold, in the condition's unit (a grade: in steps); None where it
    passes, is a word, or the firm has no value. A firm without a value fails: nothing is assumed in its favour.
    """

    model_config = ConfigDict(frozen=True)

    condition: str
    status: Status
    value: Value
    threshold: Threshold
    missed_by: int | None
    text: str
    text_en: str


def check_conditions(terms: LoanProductTerms, need: Need, firm: Profile) -> tuple[ConditionMet, ...]:
    """Every condition of a loan product, in the order a bank reads them: the loan first, then the firm."""
    return (*_loan_conditions(terms, need), *_firm_conditions(terms, firm))


def _loan_conditions(terms: LoanProductTerms, need: Need) -> Iterator[ConditionMet]:
    yield within("amount_fen", need.amount_fen, terms.amount_fen)
    yield within("term_months", need.term_months, terms.term_months)
    yield one_of("secured", need.secured, terms.secured)
    if terms.uses:
        yield one_of("use", need.use, terms.uses)
    if need.max_rate_bps is not None:
        yield at_most("rate_bps", terms.rate_bps, Bound(value=need.max_rate_bps))


def _firm_conditions(terms: LoanProductTerms, firm: Profile) -> Iterator[ConditionMet]:
    if terms.min_grade:
        yield grade_at_least(firm.grade, terms.min_grade)
    if terms.min_score:
        yield at_least("min_score", firm.score, terms.min_score)
    if terms.min_months_in_operation:
        yield at_least("min_months_in_operation", firm.months_in_operation, terms.min_months_in_operation)
    if terms.max_arrears_fen:
        yield at_most("max_arrears_fen", firm.arrears_fen, terms.max_arrears_fen)
    if terms.sections:
        yield one_of("sections", firm.section, terms.sections)
    if terms.regions:
        yield in_region(firm.division, terms.regions)


def at_least(condition: str, value: int | None, bound: Bound) -> ConditionMet:
    missed = None if value is None else bound.value - value
    return _measured(condition, value, bound.value, missed, bound.near, Relation.AT_LEAST)


def at_most(condition: str, value: int | None, bound: Bound) -> ConditionMet:
    missed = None if value is None else value - bound.value
    return _measured(condition, value, bound.value, missed, bound.near, Relation.AT_MOST)


def within(condition: str, value: int, span: Range) -> ConditionMet:
    missed = max(span.least - value, value - span.most)
    return _measured(condition, value, (span.least, span.most), missed, span.near, Relation.WITHIN)


def grade_at_least(grade: str | None, bound: GradeBound) -> ConditionMet:
    missed = None if grade is None else GRADES.index(grade) - GRADES.index(bound.value)
    return _measured("min_grade", grade, bound.value, missed, bound.near, Relation.AT_LEAST)


def one_of(condition: str, value: str | None, accepted: tuple[str, ...]) -> ConditionMet:
    return _met(condition, value, accepted, "pass" if value in accepted else "fail", None, Relation.ONE_OF)


def in_region(division: str | None, regions: tuple[str, ...]) -> ConditionMet:
    """A region covers every division whose code begins with its own."""
    inside = division is not None and division.startswith(regions)
    return _met("regions", division, regions, "pass" if inside else "fail", None, Relation.INSIDE)


def _measured(
    condition: str, value: Value, threshold: Threshold, missed: int | None, near: int, relation: Relation
) -> ConditionMet:
    """The verdict on a distance: not above 0 passes, up to `near` is a near miss."""
    if missed is None:
        return _met(condition, value, threshold, "fail", None, relation)
    if missed <= 0:
        return _met(condition, value, threshold, "pass", None, relation)
    return _met(condition, value, threshold, "near_miss" if missed <= near else "fail", missed, relation)


def _met(
    condition: str, value: Value, threshold: Threshold, status: Status, missed: int | None, relation: Relation
) -> ConditionMet:
    text, text_en = sentence(condition, value, threshold, relation, missed)
    return ConditionMet(
        condition=condition,
        status=status,
        value=value,
        threshold=threshold,
        missed_by=missed,
        text=text,
        text_en=text_en,
    )
