"""Row expressions of one feed as steps of the machine, equal expressions once."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import TypeVar

import polars as pl

from features.engine.kernel import machine
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

FIRST_DAY = date(1900, 1, 1)
"""Days are counted from here; no record of an enterprise is older."""
_SIGNS = {
    "+": machine.ADD, "-": machine.SUB, "*": machine.MUL,
    "<": machine.LT, "<=": machine.LE, ">": machine.GT, ">=": machine.GE, "=": machine.EQ,
}  # fmt: skip
DAYS_OF_A_RECORD = ("event_day", "known_from_day", "known_to_day")
"""The first three columns of every segment; `known_to_day` unknown: still the newest."""
_TURNED = {"<": ">", "<=": ">=", ">": "<", ">=": "<=", "=": "="}

_READS = dict.fromkeys((machine.LOOK_UP, machine.KNOWN, machine.NOT, machine.HELD, machine.NEWEST, machine.OLDEST), 1)
_READS |= dict.fromkeys((machine.LOAD, machine.AS_OF, machine.LEGAL, machine.LITERAL, machine.MONTH), 0)
"""How many of a step's operands are registers, where it is not both."""

Step = tuple[int, int, int, int]
Item = TypeVar("Item")


def day_number(day: date) -> int:
    """A day as the machine counts it."""
    return (day - FIRST_DAY).days


@dataclass(frozen=True)
class Table:
    """What a text column's codes stand for in one expression: `Mapped`, `OneOf` or `Comparison` with a constant."""

    column: str
    reading: Mapped | OneOf | Comparison

    def read(self, text: str) -> int:
        """The expression's value for a text."""
        match self.reading:
            case Mapped(_, scale):
                return next((number for known, number in scale if known == text), machine.NULL)
            case OneOf(_, values):
                return int(text in values)
            case Comparison(sign, _, Literal(constant)):
                order = (text > str(constant)) - (text < str(constant))
                return int(satisfies(sign, order))
        raise TypeError(f"{self.reading} is no reading of a text.")


def satisfies(sign: str, order: int) -> bool:
    """Whether an order (-1, 0, 1) satisfies a sign."""
    return {"<": order < 0, "<=": order <= 0, ">": order > 0, ">=": order >= 0, "=": order == 0}[sign]


@dataclass
class Steps:
    """The steps of one tier while it is written, each with a register of its own, equal ones once.

    dtypes: of the feed's columns. columns: those loaded, by place, the three days first whether loaded or not.
    tables: those looked up in, by place. registers: how many there are.
    rules: of legal days, shared by all feeds; the day's facts hold them from place 1 on.
    """

    dtypes: Mapping[str, pl.DataType]
    literals: list[int]
    rules: list[str]
    steps: list[Step] = field(default_factory=list)
    columns: list[str] = field(default_factory=lambda: [*DAYS_OF_A_RECORD])
    tables: list[Table] = field(default_factory=list)
    registers: int = machine.FIRST_REGISTER
    _known: dict[Expression, int] = field(default_factory=dict)
    _filled: dict[tuple[int, int, int], int] = field(default_factory=dict)
    _reads: dict[int, tuple[int, ...]] = field(default_factory=dict)

    def register(self, expression: Expression) -> int:
        """The register that holds an expression."""
        if expression not in self._known:
            self._known[expression] = self._write(expression)
        return self._known[expression]

    def stored(self, column: str) -> int:
        """The register of a column as segments hold it, also of one that no feature may read."""
        return self.step(machine.LOAD, _place(self.columns, column))

    def step(self, code: int, left: int = 0, right: int = 0, registers: int = 1) -> int:
        """The register that a step fills, the first of several."""
        if (code, left, right) not in self._filled:
            self._filled[code, left, right] = self.registers
            self.steps.append((code, self.registers, left, right))
            self._reads[self.registers] = (left, right)[: _READS.get(code, 2)]
            self.registers += registers
        return self._filled[code, left, right]

    def category(self, column: Expression, categories: tuple[str, ...]) -> int:
        """The register of a text's place in a closed list."""
        return self.register(Mapped(column, tuple((text, place) for place, text in enumerate(categories))))

    def behind(self, register: int) -> frozenset[int]:
        """The registers that have to be filled for one, itself among them; none for -1."""
        if register not in self._reads:  # -1, or one that the machine fills itself
            return frozenset()
        return frozenset({register}).union(*map(self.behind, self._reads[register]))

    def beside(self) -> "Steps":
        """None yet, for the same columns and tables."""
        return Steps(self.dtypes, self.literals, self.rules, columns=self.columns, tables=self.tables)

    def _write(self, expression: Expression) -> int:
        match expression:
            case Column(name):
                if self.dtypes[name].is_float():
                    raise TypeError(f"{name} holds fractions, which no feature may read: deliver a smaller unit.")
                return self.stored(name)
            case AsOf():
                return self.step(machine.AS_OF)
            case LegalDay(rule):
                return self.step(machine.LEGAL, 1 + _place(self.rules, rule))
            case Literal(value):
                return self.step(machine.LITERAL, _place(self.literals, _number(value)))
            case IsKnown(value):
                return self.step(machine.KNOWN, self.register(value))
            case Not(condition):
                return self.step(machine.NOT, self.register(condition))
            case Both(left, right):
                return self.step(machine.AND, self.register(left), self.register(right))
            case Either(left, right):
                return self.step(machine.OR, self.register(left), self.register(right))
            case Mapped(Column() as column, _) | OneOf(Column() as column, _):
                return self._look_up(column, expression)
            case Comparison(sign, left, right):
                return self._compare(sign, left, right)
            case Arithmetic(sign, left, right):
                return self.step(_SIGNS[sign], self.register(left), self.register(right))
        raise TypeError(f"{expression} cannot be read by the kernel.")

    def _compare(self, sign: str, left: Expression, right: Expression) -> int:
        match left, right:
            case Column(), Literal(str()):
                return self._look_up(left, Comparison(sign, left, right))
            case Literal(str()), Column():
                return self._look_up(right, Comparison(_TURNED[sign], right, left))
        if self._is_text(left) or self._is_text(right):
            raise TypeError(f"{left} {sign} {right}: the kernel compares a text column with constants only.")
        return self.step(_SIGNS[sign], self.register(left), self.register(right))

    def _look_up(self, column: Column, reading: Mapped | OneOf | Comparison) -> int:
        if not self._is_text(column):
            raise TypeError(f"{column.name} is no text.")
        return self.step(machine.LOOK_UP, self.register(column), _place(self.tables, Table(column.name, reading)))

    def _is_text(self, expression: Expression) -> bool:
        return isinstance(expression, Column) and self.dtypes[expression.name] == pl.String


def _place(listed: list[Item], item: Item) -> int:
    if item not in listed:
        listed.append(item)
    return listed.index(item)


def _number(value: Scalar) -> int:
    if isinstance(value, str):
        raise TypeError(f"{value!r} is no number: the kernel compares texts with text columns only.")
    return day_number(value) if isinstance(value, date) else int(value)
