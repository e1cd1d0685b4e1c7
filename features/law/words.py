"""The condition of use in words, for who reads a contract."""

from features.contracts.contract import Contract
from features.engine.sentence import Language, expression_words
from features.law.usability import usable

_ALWAYS = {"en": "always", "zh": "始终可用"}


def use_words(contract: Contract, language: Language = "en") -> str:
    """While what a record of a feed may be used, e.g. `event_date > the legal day months:36`."""
    condition = usable(contract)
    return _ALWAYS[language] if condition is None else expression_words(condition, language, contract)
