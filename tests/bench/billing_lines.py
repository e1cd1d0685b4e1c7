"""The lines that billing gives, from works that measured it."""

import shutil
from argparse import Namespace
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

from tests.bench.running import Outcome, run_work
from tests.bench.table import Line, at_least, at_most, told

FULL = 18_000_000
"""Lines of the ledger of the reference city's year and a third."""
BYTES_A_LINE = 1_650
"""Of disk, with call, key, leaf and indexes: 29 GB in full."""
MILLION_SECONDS, MILLION_MIB = 10, 1024


def require_room(folder: Path, lines: int) -> None:
    """End here where the disk does not hold a ledger of so many lines."""
    needed, free = lines * BYTES_A_LINE, shutil.disk_usage(folder).free
    if free < needed:
        raise SystemExit(
            f"A ledger of {lines:,} lines needs {needed / 1e9:.1f} GB of disk and {free / 1e9:.1f} GB are free: "
            f"ask for fewer with --ledger, at most {free // BYTES_A_LINE:,}, or set BUREAU_HOME to another disk."
        )


def measure_billing(folder: Path, tell: Callable[[str], None], asked: Namespace) -> dict[str, Outcome]:
    """Calls over HTTP; a grown ledger; a month's statement."""
    tell("calls over HTTP, bare, by ORM and charged")
    calls = run_work("billed", folder / "calls", "billing", seconds=asked.call_seconds, rounds=asked.rounds)
    tell(f"a ledger of {asked.ledger:,} lines")
    sent = {"lines": asked.ledger, "answer": calls.facts["answer"], "seconds": 4 * asked.call_seconds}
    grown = run_work("grown", folder / "ledger", "grown_ledger", **sent)
    tell(f"a statement of {asked.month:,} calls")
    month = run_work("month_of_lines", folder / "month", "grown_ledger", lines=asked.month)
    return {"billed": calls, "grown": grown, "month": month}


def billing_lines(found: Mapping[str, Outcome]) -> Iterator[Line]:
    """A billable call, the ledger it grows, the statement drawn up from it: ratios of one run."""
    yield from call_lines(found["billed"].facts)
    yield from ledger_lines(found["grown"].facts)
    month = found["month"]
    what = f"statement of {month.facts['lines']:,} calls"
    per_million = 1e6 * month.seconds / month.facts["lines"]
    yield at_most(what, per_million, MILLION_SECONDS, "s a million")
    yield at_most(f"{what}: memory", month.peak_mib, MILLION_MIB, "MiB")


def call_lines(facts: Mapping[str, Any]) -> Iterator[Line]:
    """A billable call beside a bare route and beside an ORM commit for each request."""
    bare, orm = facts["bare"], facts["orm"]
    for name, bound in (("SQLite", 0.55), ("PostgreSQL", 0.45)):
        call = facts[f"prepared on {name}"]
        ratio = call["per_second"] / bare["per_second"]
        what = f"billable call on {name}, answer prepared, 64 connections, one core"
        yield at_least(what, ratio, bound, "x a bare FastAPI route", _beside(call, bare))
    prepared, live = facts["prepared on SQLite"], facts["live on SQLite"]
    against_orm = prepared["per_second"] / orm["per_second"]
    yield at_least("the same against an ORM commit for each request", against_orm, 4, "x", _beside(prepared, orm))
    read = live["per_second"] / bare["per_second"]
    yield at_least("the same with live features, score and reasons", read, 0.25, "x a bare route", _beside(live, bare))
    for name in ("SQLite", "PostgreSQL"):
        took = facts[f"live on {name}"]["single_p50_ms"]
        yield told(f"one connection on {name}, score and reasons included", f"p50 {took:.1f} ms", "target: 5 ms")


def ledger_lines(facts: Mapping[str, Any]) -> Iterator[Line]:
    """A ledger of many lines beside an empty one."""
    lines = facts["lines"]
    slower = facts["grown_p99_ms"] / facts["empty_p99_ms"]
    note = f", {facts['grown_p99_ms']:.0f} against {facts['empty_p99_ms']:.0f} ms"
    what = f"p99 of a charge in a ledger of {lines:,} lines, 64 callers"
    yield at_most(what, slower, 1.3, "x that of an empty one", note)
    whole = facts["statements"] * FULL / lines
    calls = facts["statement_calls"]
    measured = f"{facts['statements']:.1f} s for {calls:,} calls, {whole:.0f} s for those of {FULL:,} lines"
    yield told("all 48 monthly statements", measured, "target: 60 s")
    kib = facts["bytes_an_answer"] / 1000
    whole_call = f", {facts['bytes_a_call'] / 1000:.1f} kB with call, line, key, leaf and indexes"
    yield at_most("stored answer, sealed", kib, 2, "kB", whole_call)


def _beside(one: Mapping[str, float], other: Mapping[str, float]) -> str:
    """Both rates, and the processor each answer took."""
    rates = f"{one['per_second']:,.0f} against {other['per_second']:,.0f} a second"
    return f", {rates}; {one['cpu_us']:,.0f} against {other['cpu_us']:,.0f} us of processor"


def schedules_line(run: Outcome) -> Line:
    """Whether the books were right after every history of faults."""
    facts = run.facts
    measured = f"failing seeds {facts['failing']}, {facts['crashes']:,} deaths of the server, {run.seconds:.0f} s"
    return Line(f"{facts['schedules']:,} seeded fault schedules of the ledger", measured, "none", not facts["failing"])
