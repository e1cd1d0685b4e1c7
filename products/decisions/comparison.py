"""One comparison of a policy rule: whether it holds, and how far a value is from making it hold."""

import operator
from collections.abc import Callable, Mapping
from typing import Literal, Self, get_args

from pydantic import BaseModel, model_validator

from products.datafile import STRICT
from products.lending import GRADES, LoanUse, Secured

Known = float | int | str
Operator = Literal[">=", ">", "<=", "<", "==", "in"]
Input = Literal["score", "grade", "pd", "amount_fen", "term_months", "use", "secured"]

CHOICES: Mapping[str, tuple[str, ...]] = {
    "grade": GRADES,
    "use": get_args(LoanUse),
    "secured": get_args(Secured),
}
"""Inputs that are words, with the words they can be."""
_ORDER: Mapping[str, Callable[[float, float], bool]] = {
    ">=": operator.ge,
    ">": operator.gt,
    "<=": operator.le,
    "<": operator.lt,
    "==": operator.eq,
}


class Comparison(BaseModel):
    """A feature, or an input of the application or of the score, against a value."""

    model_config = STRICT

    feature: str | None = None
    input: Input | None = None
    op: Operator
    value: float | int | str | tuple[str, ...]

    @model_validator(mode="after")
    def _compares_one_thing(self) -> Self:
        if (self.feature is None) == (self.input is None):
            raise ValueError("a comparison is about one thing: name a feature or an input")
        if self.input and (fault := self.type_fault(CHOICES.get(self.input))):
            raise ValueError(fault)
        return self

    @property
    def subject(self) -> str:
        return self.feature or self.input or ""

    def type_fault(self, words: tuple[str, ...] | None) -> str | None:
        """What is wrong with comparing this subject so; `words` are its possible values, None for a number."""
        if words is None:
            fits = self.op != "in" and isinstance(self.value, int | float)
            return None if fits else f"{self.subject} is a number: compare it with >=, >, <=, < or == to a number"
        if self.op not in ("==", "in"):
            return f"{self.subject} is a word: compare it with == or in"
        strange = [word for word in self._words() if word not in words]
        return f"{self.subject} is never {strange[0]!r}; it is one of {', '.join(words)}" if strange else None

    def holds(self, value: Known) -> bool:
        """Whether a known value satisfies the comparison."""
        if isinstance(value, str) or not isinstance(self.value, int | float):
            return value in self._words()
        return _ORDER[self.op](value, self.value)

    def missed_by(self, value: Known) -> float | int | None:
        """How far a known value is from holding, in its unit; 0 is on the line; None where it holds or is a word.

        Grades count in steps: B misses `in [D, E]` by 2.
        """
        if self.holds(value):
            return None
        if self.input == "grade":
            at = GRADES.index(str(value))
            return min(abs(GRADES.index(word) - at) for word in self._words())
        if isinstance(value, int | float) and isinstance(self.value, int | float):
            # Twelve digits hold every amount in fen and drop the noise of a division.
            return round(abs(self.value - value), 12)
        return None

    def _words(self) -> tuple[str, ...]:
        return self.value if isinstance(self.value, tuple) else (str(self.value),)
