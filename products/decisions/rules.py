"""Evaluating the rules of a policy: every rule is answered, fired or not, with how far it is from firing."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from pydantic import BaseModel, ConfigDict

from products.decisions.comparison import Comparison, Known
from products.decisions.policy import Rule, Verdict
from products.reports.content import Shown

State = Literal["fired", "clear", "missing", "not_received"]


@dataclass(frozen=True)
class Facts:
    """What the rules are put to.

    values: features and inputs by name; None where the firm has none.
    not_received: features that read a feed this home has never received, with those feeds.
    """

    values: Mapping[str, Known | None]
    not_received: Mapping[str, tuple[str, ...]]


class Compared(BaseModel):
    """One comparison with the value it met."""

    model_config = ConfigDict(frozen=True)

    subject: str
    value: Shown
    op: str
    threshold: float | int | str | tuple[str, ...]
    missed_by: Shown


class RuleAnswer(BaseModel):
    """One rule's answer.

    state: fired; clear (it does not hold); missing (the firm has no value: `effect` is the policy's answer to that);
    not_received (this platform has never received the feed: the rule is skipped).
    missed_by: how far the first comparison that does not hold is from holding, in its unit (a grade: in steps);
    0 is on the line; None where the rule fired, was skipped, or compares words.
    """

    model_config = ConfigDict(frozen=True)

    id: str
    fired: bool
    state: State
    effect: Verdict | None
    missed_by: Shown
    text: str
    text_en: str
    compared: tuple[Compared, ...]


def answer_rules(rules: tuple[Rule, ...], facts: Facts) -> tuple[RuleAnswer, ...]:
    """Every rule's answer, in the policy's order: one that fires does not silence the next."""
    return tuple(answer_rule(rule, facts) for rule in rules)


def answer_rule(rule: Rule, facts: Facts) -> RuleAnswer:
    """One rule's answer. A comparison known not to hold settles the rule, whatever else is missing."""
    compared = tuple(_compare(comparison, facts) for comparison in rule.when)
    state = _state(rule, compared, facts)
    missed = [c.missed_by for c, k in zip(compared, rule.when, strict=True) if _fails(k, c.value)]
    caveat, caveat_en = _caveat(state, rule, facts)
    return RuleAnswer(
        id=rule.id,
        fired=state == "fired",
        state=state,
        effect=_effect(rule, state),
        missed_by=missed[0] if missed else None,
        text=caveat + rule.text,
        text_en=caveat_en + rule.text_en,
        compared=compared,
    )


def _compare(comparison: Comparison, facts: Facts) -> Compared:
    subject = comparison.subject
    value = None if subject in facts.not_received else facts.values.get(subject)
    return Compared(
        subject=subject,
        value=value,
        op=comparison.op,
        threshold=comparison.value,
        missed_by=None if value is None else comparison.missed_by(value),
    )


def _fails(comparison: Comparison, value: Known | None) -> bool:
    return value is not None and not comparison.holds(value)


def _state(rule: Rule, compared: tuple[Compared, ...], facts: Facts) -> State:
    values = [c.value for c in compared]
    if any(_fails(comparison, value) for comparison, value in zip(rule.when, values, strict=True)):
        return "clear"
    unknown = [c.subject for c in compared if c.value is None]
    if not unknown:
        return "fired"
    return "not_received" if all(subject in facts.not_received for subject in unknown) else "missing"


def _effect(rule: Rule, state: State) -> Verdict | None:
    if state == "fired":
        return rule.effect
    return rule.missing if state == "missing" and rule.missing != "pass" else None


def _caveat(state: State, rule: Rule, facts: Facts) -> tuple[str, str]:
    """What a reader must know before the rule's own text, which else would read as if it had fired."""
    if state == "missing":
        return "无此项数据,无法判断:", "Cannot be judged, the enterprise has no such data: "
    if state == "not_received":
        feeds = sorted({feed for c in rule.when for feed in facts.not_received.get(c.subject, ())})
        return f"本平台未接入{'、'.join(feeds)},未执行:", f"Skipped, {', '.join(feeds)} was never received here: "
    return "", ""
