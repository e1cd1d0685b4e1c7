"""Features as a program: arrays of codes that the machine reads."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

import numpy as np
import numpy.typing as npt
import polars as pl

from features.contracts.contract import Contract
from features.engine.admission import admitted
from features.engine.algebra import Definition, Derived, Feature, Operation, leaves
from features.engine.day_sql import leaf_bounds, window_key
from features.engine.kernel import machine
from features.engine.kernel.aggregates import Taking, values
from features.engine.kernel.expressions import Steps, Table, day_number
from features.law.horizons import legal_day

Integers = npt.NDArray[np.int64]
Dtypes = Mapping[str, pl.DataType]
Key = tuple[Any, ...]
Cell = tuple[str, int, int, int]
"""An aggregate as the machine reads it, with the key of its window instead of the number."""

_OPERATIONS = {
    Operation.SUM: machine.PLUS,
    Operation.DIFFERENCE: machine.MINUS,
    Operation.RATIO: machine.RATIO,
    Operation.TREND: machine.TREND,
}


@dataclass(frozen=True)
class FeedProgram:
    """columns: what a segment must give, in order, the three days first. tables: what its texts are read by."""

    contract: Contract
    columns: tuple[str, ...]
    tables: tuple[Table, ...]


@dataclass(frozen=True)
class Program:
    """What the machine reads. feed_facts: still without what `running.bind` adds.

    windows: a leaf for each window, by its number. rules: of the legal days.
    """

    feeds: tuple[FeedProgram, ...]
    feed_facts: Integers
    steps: Integers
    aggregates: Integers
    finish: Integers
    constants: npt.NDArray[np.float64]
    literals: Integers
    outputs: Integers
    registers: int
    windows: tuple[Feature, ...]
    rules: tuple[str, ...]

    def day_facts(self, days: Sequence[tuple[date, date]]) -> tuple[Integers, Integers]:
        """Facts of pairs (day read, day of use): the days themselves, and the ends of every window."""
        facts = [
            [day_number(as_of), *(day_number(legal_day(rule, used_on)) for rule in self.rules)]
            for as_of, used_on in days
        ]
        ends = [[_ends(leaf, as_of) for leaf in self.windows] for as_of, _ in days]
        of_facts, of_ends = (len(days), 1 + len(self.rules)), (len(days), len(self.windows), 2)
        return np.array(facts, np.int64).reshape(of_facts), np.array(ends, np.int64).reshape(of_ends)


def _ends(leaf: Feature, as_of: date) -> tuple[int, int]:
    covered = leaf_bounds(leaf, as_of)
    return (machine.NULL if covered.after is None else day_number(covered.after)), day_number(covered.until)


def contract_dtypes(contract: Contract) -> Dtypes:
    """The types of a feed's columns."""
    return contract.dtypes


def compile_program(
    wanted: Mapping[str, Definition],
    dtypes: Callable[[Contract], Dtypes] = contract_dtypes,
    taking: Taking = values,
) -> Program:
    """The program that computes some features, in their order, or tells something else of the records they take.

    Raises `TypeError` for what only SQL can read.
    """
    return _Writer(dtypes, taking).write(wanted)


@dataclass
class _FeedPart:
    contract: Contract
    steps: Steps
    windows: dict[str, Feature] = field(default_factory=dict)
    aggregates: dict[Cell, None] = field(default_factory=dict)


class _Writer:
    """Collects parts, then numbers them: the aggregates of a feed stand together, those of one window too."""

    def __init__(self, dtypes: Callable[[Contract], Dtypes], taking: Taking) -> None:
        self._dtypes, self._taking = dtypes, taking
        self._feeds: dict[str, _FeedPart] = {}
        self._literals: list[int] = []
        self._rules: list[str] = []
        self._constants: list[float] = []

    def write(self, wanted: Mapping[str, Definition]) -> Program:
        entered = [leaf for definition in wanted.values() for leaf in leaves(definition)]
        cells = {_key(leaf): (leaf, self._enter(leaf)) for leaf in entered}
        parts = list(self._feeds.values())
        order = [(n, cell) for n, part in enumerate(parts) for cell in sorted(part.aggregates)]
        places = {(parts[n].contract.code, cell): place for place, (n, cell) in enumerate(order)}
        windows = [(part.contract.code, key) for part in parts for key in sorted(part.windows)]
        numbers = {window: number for number, window in enumerate(windows)}
        aggregates = [
            (code, numbers[parts[n].contract.code, window], left, right) for n, (window, code, left, right) in order
        ]
        finish = _Finish(self._constants)
        for key, (leaf, cell) in cells.items():
            missing = -1 if leaf.missing is None else finish.constant(leaf.missing)
            feed = list(self._feeds).index(leaf.feed.code)
            finish.known[key] = finish.step(machine.CELL, places[leaf.feed.code, cell], feed, missing)
        outputs = [finish.slot(definition) for definition in wanted.values()]
        return Program(
            feeds=tuple(
                FeedProgram(part.contract, tuple(part.steps.columns), tuple(part.steps.tables)) for part in parts
            ),
            feed_facts=self._facts(parts),
            steps=_table([step for part in parts for step in part.steps.steps]),
            aggregates=_table(aggregates),
            finish=_table(finish.steps),
            constants=np.array(self._constants, np.float64),
            literals=np.array(self._literals, np.int64),
            outputs=np.array(outputs, np.int64),
            registers=max((part.steps.registers for part in parts), default=machine.FIRST_REGISTER),
            windows=tuple(self._feeds[code].windows[key] for code, key in windows),
            rules=tuple(self._rules),
        )

    def _enter(self, leaf: Feature) -> Cell:
        """Enter a leaf's aggregate."""
        part = self._feeds.get(leaf.feed.code)
        if part is None:
            steps = Steps(self._dtypes(leaf.feed), self._literals, self._rules)
            part = self._feeds[leaf.feed.code] = _FeedPart(leaf.feed, steps)
        key = window_key(leaf)
        part.windows.setdefault(key, leaf)
        condition = admitted(leaf)
        where = -1 if condition is None else part.steps.register(condition)
        cell = (key, *self._taking(leaf, where, part.steps))
        part.aggregates[cell] = None
        return cell

    @staticmethod
    def _facts(parts: Sequence[_FeedPart]) -> Integers:
        facts = np.zeros((len(parts), machine.FEED_FACTS), np.int64)
        counts = (
            (machine.STEPS, [len(part.steps.steps) for part in parts]),
            (machine.AGGREGATES, [len(part.aggregates) for part in parts]),
            (machine.WINDOWS, [len(part.windows) for part in parts]),
        )
        for column, lengths in counts:
            ends = np.cumsum(lengths)
            facts[:, column], facts[:, column + 1] = ends - lengths, ends
        return facts


@dataclass
class _Finish:
    """The arithmetic between aggregates; a slot is the number of the step that fills it."""

    constants: list[float]
    steps: list[tuple[int, int, int, int]] = field(default_factory=list)
    known: dict[Key, int] = field(default_factory=dict)

    def slot(self, definition: Definition) -> int:
        key = _key(definition)
        if isinstance(definition, Derived) and key not in self.known:
            left, right = self.slot(definition.left), self.slot(definition.right)
            self.known[key] = self.step(_OPERATIONS[definition.operation], left, right)
        return self.known[key]

    def constant(self, value: float) -> int:
        self.constants.append(float(value))
        return len(self.constants) - 1

    def step(self, code: int, left: int, right: int, missing: int = -1) -> int:
        self.steps.append((code, left, right, missing))
        return len(self.steps) - 1


def _key(definition: Definition) -> Key:
    """Definitions with equal keys have equal values."""
    if isinstance(definition, Derived):
        return definition.operation, _key(definition.left), _key(definition.right)
    return definition.feed.code, window_key(definition), definition.take, definition.where, definition.missing


def _table(rows: Sequence[tuple[int, ...]]) -> Integers:
    return np.array(rows, np.int64).reshape(len(rows), 4)
