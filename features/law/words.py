"""The condition of use in words, for who reads a contract."""

import re

from features.contracts.contract import Contract
from features.engine.sentence import Language, expression_words
from features.law.usability import usable

_ALWAYS = {"en": "always", "zh": "始终可用"}
_RULE = re.compile(r"(?:the legal day|法定日) ([^\s()]+)")
_DAYS = {
    "months": {"en": "the day {name} months before use", "zh": "使用日前{name}个月之日"},
    "law": {"en": "the day the table {name} reaches back to", "zh": "期限表 {name} 的起始日"},
    "class": {
        "en": "the day the table {name} reaches back to for {classes}",
        "zh": "期限表 {name} 中{classes}的起始日",
    },
    "clock": {"en": "the day of the clock {name}", "zh": "时限 {name} 的起算日"},
}
"""What `bureau law terms` and `bureau law clocks` print whole."""


def use_words(contract: Contract, language: Language = "en") -> str:
    """While what a record of a feed may be used, e.g. `event_date > the day 36 months before use`."""
    condition = usable(contract)
    if condition is None:
        return _ALWAYS[language]
    return _RULE.sub(lambda found: _day(found[1], language), expression_words(condition, language, contract))


def _day(rule: str, language: Language) -> str:
    """The day a rule reaches back to: so many months, a class of a table of terms, a clock."""
    kind, name, *classes = rule.split(":")
    if kind == "law" and classes:
        kind = "class"
    return _DAYS[kind][language].format(name=name, classes="/".join(classes))
