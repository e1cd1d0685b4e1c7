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
from features.engine.kernel.tiers import in_tiers
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
    tiers: Integers
    steps: Integers
    aggregates: Integers
    finish: Integers
    constants: npt.NDArray[np.float64]
    literals: Integers
    outputs: Integers
    registers: int
    windows: tuple[Feature, ...]
    rules: tuple[str, ...]

    def taken(self) -> list[int]:
        """The aggregate of each feature, none of which is derived from others."""
        steps, first = self.finish[:, 1], len(self.aggregates)
        return [slot if slot < first else int(steps[slot - first]) for slot in self.outputs.tolist()]

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
class _Tier:
    """Some windows of a feed while they are written. entered: the aggregate of each leaf, by its key."""

    steps: Steps
    windows: dict[str, Feature] = field(default_factory=dict)
    entered: dict[Key, Cell] = field(default_factory=dict)

    @property
    def aggregates(self) -> list[Cell]:
        """Those of one window together."""
        return sorted({*self.entered.values()})

    def enter(self, leaf: Feature, taking: Taking) -> Cell:
        """Enter a leaf's aggregate."""
        key = window_key(leaf)
        self.windows.setdefault(key, leaf)
        condition = admitted(leaf)
        where = -1 if condition is None else self.steps.register(condition)
        cell = self.entered[_key(leaf)] = (key, *taking(leaf, where, self.steps))
        return cell


class _Writer:
    """Collects parts, then numbers them: the aggregates of a feed stand together, those of one window too."""

    def __init__(self, dtypes: Callable[[Contract], Dtypes], taking: Taking) -> None:
        self._dtypes, self._taking = dtypes, taking
        self._literals: list[int] = []
        self._rules: list[str] = []
        self._constants: list[float] = []

    def write(self, wanted: Mapping[str, Definition]) -> Program:
        by_feed: dict[str, dict[Key, Feature]] = {}
        for definition in wanted.values():
            for leaf in leaves(definition):
                by_feed.setdefault(leaf.feed.code, {})[_key(leaf)] = leaf
        parts = [self._tiers(tuple(entered.values())) for entered in by_feed.values()]
        tiers = [tier for part in parts for tier in part]
        windows = [(number, key) for number, tier in enumerate(tiers) for key in sorted(tier.windows)]
        numbers = {window: number for number, window in enumerate(windows)}
        order = [(number, cell) for number, tier in enumerate(tiers) for cell in tier.aggregates]
        places = {cell: place for place, cell in enumerate(order)}
        finish = _Finish(self._constants, len(order))
        taken = {key: places[number, cell] for number, tier in enumerate(tiers) for key, cell in tier.entered.items()}
        for feed, entered in enumerate(by_feed.values()):
            for key, leaf in entered.items():
                finish.known[key] = taken[key] if leaf.missing is None else finish.told(taken[key], feed, leaf.missing)
        outputs = [finish.slot(definition) for definition in wanted.values()]
        return Program(
            feeds=tuple(_feed_program(part[0]) for part in parts),
            feed_facts=_ranges(machine.FEED_FACTS, {machine.TIERS: [len(part) for part in parts]}),
            tiers=_ranges(
                machine.TIER_FACTS,
                {
                    machine.STEPS: [len(tier.steps.steps) for tier in tiers],
                    machine.AGGREGATES: [len(tier.aggregates) for tier in tiers],
                    machine.WINDOWS: [len(tier.windows) for tier in tiers],
                },
            ),
            steps=_table([step for tier in tiers for step in tier.steps.steps]),
            aggregates=_table([(code, numbers[n, key], left, right) for n, (key, code, left, right) in order]),
            finish=_table(finish.steps),
            constants=np.array(self._constants, np.float64),
            literals=np.array(self._literals, np.int64),
            outputs=np.array(outputs, np.int64),
            registers=max((tier.steps.registers for tier in tiers), default=machine.FIRST_REGISTER),
            windows=tuple(tiers[number].windows[key] for number, key in windows),
            rules=tuple(self._rules),
        )

    def _tiers(self, entered: Sequence[Feature]) -> list[_Tier]:
        """The tiers of a feed's leaves."""
        whole = _Tier(Steps(self._dtypes(entered[0].feed), self._literals, self._rules))
        needs: dict[str, frozenset[int]] = {}
        for leaf in entered:
            key, _code, left, right = whole.enter(leaf, self._taking)
            needs[key] = needs.get(key, frozenset()) | whole.steps.behind(left) | whole.steps.behind(right)
        groups = in_tiers(whole.windows, needs)
        if len(groups) == 1:
            return [whole]
        tiers = [_Tier(whole.steps.beside()) for _ in groups]
        of_window = {key: tier for tier, keys in zip(tiers, groups, strict=True) for key in keys}
        for leaf in entered:
            of_window[window_key(leaf)].enter(leaf, self._taking)
        return tiers


def _feed_program(tier: _Tier) -> FeedProgram:
    """What all tiers of a feed read."""
    contract = next(iter(tier.windows.values())).feed
    return FeedProgram(contract, tuple(tier.steps.columns), tuple(tier.steps.tables))


def _ranges(width: int, counts: Mapping[int, Sequence[int]]) -> Integers:
    """Lines of facts in which parts that follow each other begin and end. counts: by the fact's place, of each part."""
    facts = np.zeros((len(next(iter(counts.values()))), width), np.int64)
    for place, lengths in counts.items():
        ends = np.cumsum(lengths, dtype=np.int64)
        facts[:, place], facts[:, place + 1] = ends - lengths, ends
    return facts


@dataclass
class _Finish:
    """The arithmetic between aggregates. first: the slot of its first step; those before are the aggregates'."""

    constants: list[float]
    first: int
    steps: list[tuple[int, int, int, int]] = field(default_factory=list)
    known: dict[Key, int] = field(default_factory=dict)

    def slot(self, definition: Definition) -> int:
        key = _key(definition)
        if isinstance(definition, Derived) and key not in self.known:
            left, right = self.slot(definition.left), self.slot(definition.right)
            self.known[key] = self._step(_OPERATIONS[definition.operation], left, right)
        return self.known[key]

    def told(self, aggregate: int, feed: int, instead: float) -> int:
        """The slot of an aggregate for which a constant stands where no record enters."""
        self.constants.append(float(instead))
        return self._step(machine.MISSING, aggregate, feed, len(self.constants) - 1)

    def _step(self, code: int, left: int, right: int, constant: int = -1) -> int:
        self.steps.append((code, left, right, constant))
        return self.first + len(self.steps) - 1


def _key(definition: Definition) -> Key:
    """Definitions with equal keys have equal values."""
    if isinstance(definition, Derived):
        return definition.operation, _key(definition.left), _key(definition.right)
    return definition.feed.code, window_key(definition), definition.take, definition.where, definition.missing


def _table(rows: Sequence[tuple[int, ...]]) -> Integers:
    return np.array(rows, np.int64).reshape(len(rows), 4)
