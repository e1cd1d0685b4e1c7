"""Expressions over one record: columns, comparisons, integer arithmetic. Frozen data that every execution renders.

Comparison follows SQL: with an unknown operand the result is unknown, and an unknown condition takes no record.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields
from datetime import date


class Expression:
    """Anything that has a value in one record."""

    def __add__(self, other: "Operand") -> "Arithmetic":
        return Arithmetic("+", self, operand(other))

    def __sub__(self, other: "Operand") -> "Arithmetic":
        return Arithmetic("-", self, operand(other))

    def __mul__(self, other: "Operand") -> "Arithmetic":
        return Arithmetic("*", self, operand(other))

    def __neg__(self) -> "Arithmetic":
        return Arithmetic("-", Literal(0), self)

    def __gt__(self, other: "Operand") -> "Comparison":
        return Comparison(">", self, operand(other))

    def __ge__(self, other: "Operand") -> "Comparison":
        return Comparison(">=", self, operand(other))

    def __lt__(self, other: "Operand") -> "Comparison":
        return Comparison("<", self, operand(other))

    def __le__(self, other: "Operand") -> "Comparison":
        return Comparison("<=", self, operand(other))

    def equals(self, other: "Operand") -> "Comparison":
        """Equality has a name because `==` compares two expressions as data."""
        return Comparison("=", self, operand(other))

    def one_of(self, *values: str) -> "OneOf":
        return OneOf(self, values)

    def is_known(self) -> "IsKnown":
        return IsKnown(self)

    def mapped(self, scale: Mapping[str, int]) -> "Mapped":
        """An ordinal reading of a code, e.g. a grade A..D as 5..1; a code outside the scale is unknown."""
        return Mapped(self, tuple(scale.items()))


class Condition(Expression):
    """An expression that is true, false or unknown."""

    def __and__(self, other: "Condition") -> "Both":
        return Both(self, other)

    def __or__(self, other: "Condition") -> "Either":
        return Either(self, other)

    def __invert__(self) -> "Not":
        return Not(self)


Scalar = int | str | bool | date
Operand = Expression | Scalar


@dataclass(frozen=True)
class Column(Expression):
    name: str


@dataclass(frozen=True)
class Literal(Expression):
    value: Scalar


@dataclass(frozen=True)
class AsOf(Expression):
    """The day the feature is read as of."""


@dataclass(frozen=True)
class LegalDay(Expression):
    """A day that a rule derives from the day of use, e.g. the day a record's term began if it ends that day.

    `features.law.horizons` says which. The day of use is the day read, unless a reader names a later one.
    """

    rule: str


@dataclass(frozen=True)
class Arithmetic(Expression):
    """Integer arithmetic; there is no division inside a record."""

    sign: str
    left: Expression
    right: Expression


@dataclass(frozen=True)
class Mapped(Expression):
    code: Expression
    scale: tuple[tuple[str, int], ...]


@dataclass(frozen=True)
class Comparison(Condition):
    sign: str
    left: Expression
    right: Expression


@dataclass(frozen=True)
class OneOf(Condition):
    code: Expression
    values: tuple[str, ...]


@dataclass(frozen=True)
class IsKnown(Condition):
    """True where there is a value: the only condition that is never unknown by itself."""

    value: Expression


@dataclass(frozen=True)
class Both(Condition):
    left: Condition
    right: Condition


@dataclass(frozen=True)
class Either(Condition):
    left: Condition
    right: Condition


@dataclass(frozen=True)
class Not(Condition):
    condition: Condition


def col(name: str) -> Column:
    """A column of the feed the feature reads."""
    return Column(name)


AS_OF = AsOf()


def operand(value: Operand) -> Expression:
    return value if isinstance(value, Expression) else Literal(value)


def columns(expression: Expression) -> Iterator[str]:
    """Names of the columns an expression reads, in order of mention, repeats included."""
    if isinstance(expression, Column):
        yield expression.name
        return
    for field in fields(expression):  # type: ignore[arg-type]  # every subclass here is a dataclass
        part = getattr(expression, field.name)
        if isinstance(part, Expression):
            yield from columns(part)


def legal_days(expression: Expression) -> Iterator[LegalDay]:
    """The legal days an expression is held against, repeats included."""
    if isinstance(expression, LegalDay):
        yield expression
    for field in fields(expression):  # type: ignore[arg-type]  # every subclass here is a dataclass
        part = getattr(expression, field.name)
        if isinstance(part, Expression):
            yield from legal_days(part)
