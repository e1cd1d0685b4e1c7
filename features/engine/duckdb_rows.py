"""Row expressions as SQL over the record alias `f`."""

from datetime import date
from typing import Protocol

from features.engine.dialects import Dialect
from features.engine.rows import (
    Arithmetic,
    AsOf,
    Both,
    Column,
    Comparison,
    Either,
    Expression,
    IsKnown,
    LegalDay,
    Literal,
    Mapped,
    Not,
    OneOf,
    Scalar,
)


class RowDays(Protocol):
    """SQL of the days a record is held against, in the words of one database."""

    dialect: Dialect
    as_of: str

    def legal(self, rule: str) -> str:
        """The day a rule of law names on the day of use."""


def row_sql(expression: Expression, days: RowDays) -> str:
    """The SQL of an expression."""

    def sql(part: Expression) -> str:
        return row_sql(part, days)

    match expression:
        case Column(name):
            return f'f."{name}"'
        case Literal(value):
            return literal_sql(value, days.dialect)
        case AsOf():
            return days.as_of
        case LegalDay(rule):
            return days.legal(rule)
        case Arithmetic(sign, left, right):  # 64 bits: the sum of two 32-bit columns must not overflow
            return f"(CAST({sql(left)} AS BIGINT) {sign} CAST({sql(right)} AS BIGINT))"
        case Comparison(sign, left, right):
            return f"({sql(left)} {sign} {sql(right)})"
        case OneOf(code, values):
            return f"({sql(code)} IN ({', '.join(map(days.dialect.text, values))}))"
        case IsKnown(value):
            return f"({sql(value)} IS NOT NULL)"
        case Both(left, right):
            return f"({sql(left)} AND {sql(right)})"
        case Either(left, right):
            return f"({sql(left)} OR {sql(right)})"
        case Not(condition):
            return f"(NOT {sql(condition)})"
        case Mapped(code, scale):
            cases = " ".join(f"WHEN {days.dialect.text(text)} THEN {number}" for text, number in scale)
            return f"(CASE {sql(code)} {cases} END)"
    raise TypeError(f"{type(expression).__name__} is not part of the algebra.")


def literal_sql(value: Scalar, dialect: Dialect) -> str:
    """A constant of a definition as SQL."""
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, int):
        return str(value)
    if isinstance(value, date):
        return f"DATE '{value.isoformat()}'"
    return dialect.text(value)
