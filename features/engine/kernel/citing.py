"""Programs that say which records stand behind values, and how far records reach, instead of the values themselves."""

from collections.abc import Callable
from dataclasses import replace

import numpy as np

from features.contracts.contract import Contract
from features.engine.kernel import machine
from features.engine.kernel.program import DAYS_OF_A_RECORD, Program

_CODE, _VALUE = 0, 3
"""Places in an aggregate's line."""
_DECIDED = {
    machine.LATEST: machine.CITE_NEWEST,
    machine.SINCE_LAST: machine.CITE_NEWEST,
    machine.SINCE_FIRST: machine.CITE_OLDEST,
}
"""Aggregates that one record decides; all others every record that enters."""


def citing(program: Program, numbers: Callable[[Contract], str]) -> Program:
    """The same program, which cites the rows that decide each aggregate. numbers: the column rows are cited by."""
    made = _loading(program, numbers)
    made.aggregates[:, _CODE] = [_DECIDED.get(code, machine.CITE_ALL) for code in program.aggregates[:, _CODE].tolist()]
    return made


def reaching(program: Program) -> Program:
    """The same program, of which each aggregate is the newest day on which a row that enters became known."""
    made = _loading(program, lambda _: DAYS_OF_A_RECORD[machine.KNOWN_FROM])
    made.aggregates[:, _CODE] = machine.LARGEST
    return made


def _loading(program: Program, column: Callable[[Contract], str]) -> Program:
    """The program with one more column loaded of each feed, as the value of all its aggregates."""
    facts, aggregates = program.feed_facts.copy(), program.aggregates.copy()
    feeds, steps = [], [program.steps[:0]]
    for number, feed in enumerate(program.feeds):
        own = program.steps[facts[number, machine.STEPS] : facts[number, machine.STEPS + 1]]
        name, register = column(feed.contract), machine.FIRST_REGISTER + len(own)
        columns = feed.columns if name in feed.columns else (*feed.columns, name)
        feeds.append(replace(feed, columns=columns))
        steps += [own, np.array([[machine.LOAD, register, columns.index(name), 0]])]
        aggregates[facts[number, machine.AGGREGATES] : facts[number, machine.AGGREGATES + 1], _VALUE] = register
    more = np.arange(len(feeds))
    facts[:, machine.STEPS] += more
    facts[:, machine.STEPS + 1] += more + 1
    return replace(
        program,
        feeds=tuple(feeds),
        feed_facts=facts,
        steps=np.concatenate(steps),
        aggregates=aggregates,
        registers=program.registers + 1,
    )
