"""Made-up deliveries full of edges, drawn from the contracts alone, to hold the executions against each other.

Amounts at the ends of every storage width and beyond 42.9 million yuan, negatives and nulls where a contract takes
them, event days at window ends, lags of years, versions of one day, corrections, withdrawals, changes of owner, rows
that come without a code. Nothing here is meant to look like a city.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Any

import numpy as np
import polars as pl

from bureau.clock import month_end, months_before
from bureau.uscc import compose_uscc
from features.contracts.contract import HASH_PATTERN, SUBJECT_PATTERN, USCC_PATTERN, Contract
from features.contracts.quality import MOST, amounts
from features.contracts.registration import REGISTRATION
from features.definitions.inspection import QUALITY_SAMPLING
from features.engine.windows import MONTHS_IN
from features.lake.delivery import RECEIVED_AT
from features.lake.judgement import judge

LAST_DAY = date(2025, 7, 31)
LANDED_AT = datetime(2031, 1, 1, tzinfo=UTC)
"""Later than any row is received: of those of the last day some come years after it."""
COMPARED_DAYS = (LAST_DAY, date(2025, 2, 28), date(2023, 12, 30), date(2019, 1, 1))
FIRMS = tuple(compose_uscc("91", "440300", f"{number:08d}") for number in range(1, 31))
NUMBERS = (0, 1, 2, 7, 254, 255, 256, 32_767, 32_768, 65_534, 65_535, 65_536, 2**31, 2**32, 5_000_000_001)
LARGEST = (10**13, MOST)
"""The most a month's invoices and any amount or quantity may say."""
PERSONS = tuple(f"{number:016x}" for number in range(1, 41))
"""Few enough to run and own several firms each, so that derived feeds have rows."""
_ASKED_FOR = {"item": (QUALITY_SAMPLING,)}
"""Texts of columns without a closed list that a feature asks for: none of its records would enter."""
_CANDIDATES = 12
"""Rows drawn for each wanted one; the contract takes those that keep its rules."""
_TOKEN = re.compile(r"\[([^\]]+)\](\?|\{(\d+)(?:,(\d+))?\})?")

Chance = np.random.Generator


def first_versions(contract: Contract, rows: int, chance: Chance) -> pl.DataFrame:
    """Up to `rows` rows that keep the contract, as first received (`received_at`)."""
    count = rows * _CANDIDATES
    events = [_event(contract, chance) for _ in range(count)]
    firms = [FIRMS[int(n)] for n in chance.integers(0, len(FIRMS) - 4, count)]  # of the last four little is known
    return drawn(contract, firms, events, chance, contract.code).head(rows)


def drawn(
    contract: Contract, firms: Sequence[str], events: Sequence[date], chance: Chance, called: str
) -> pl.DataFrame:
    """A row for each firm and day side by side, less those that break the contract. called: begins their ids."""
    columns = contract.schema.to_schema().columns
    cells: dict[str, list[Any]] = {name: _cells(name, columns[name], events, chance) for name in contract.dtypes}
    cells |= {
        "record_id": [f"{called}-{number}" for number in range(len(firms))],
        "op": ["I"] * len(firms),
        "version": [1] * len(firms),
        "event_date": list(events),
        "publish_date": list(events),
        contract.subject: list(firms),
        RECEIVED_AT: [_received(event, chance) for event in events],
    }
    cells |= _names(contract, firms, cells, chance)
    frame = pl.DataFrame(cells, schema={**contract.dtypes, RECEIVED_AT: pl.Datetime("us", "UTC")}, strict=False)
    kept = judge(frame, contract, LANDED_AT).kept
    return frame[kept["row"].to_list()]


def history(contract: Contract, rows: int, chance: Chance) -> pl.DataFrame:
    """First versions, and later ones of half of them: another row's cells, a withdrawal, another owner."""
    first = first_versions(contract, rows, chance)
    changed = first.sample(fraction=0.5, seed=int(chance.integers(2**31)))
    other = first.sample(changed.height, seed=int(chance.integers(2**31)), with_replacement=True)
    days = chance.choice([0, 0, 1, 40, 300, 900], changed.height)
    later = changed[RECEIVED_AT].to_list()
    received = [
        max(at, noon(event)) + timedelta(days=int(lag), seconds=1)
        for at, event, lag in zip(later, other["event_date"], days, strict=True)
    ]
    stays = pl.Series(chance.random(changed.height) < 0.8)
    owner = changed[contract.subject].zip_with(stays, other[contract.subject])
    second = other.with_columns(
        record_id=changed["record_id"],
        version=pl.lit(2, pl.Int32),
        op=pl.Series(chance.choice(["U", "U", "D"], changed.height)),
        received_at=pl.Series(received, dtype=pl.Datetime("us", "UTC")),
    ).with_columns(owner.alias(contract.subject))
    return pl.concat([first, second])


def _event(contract: Contract, chance: Chance) -> date:
    """A day on the edge of some window of a compared day, or the end of a period."""
    as_of = COMPARED_DAYS[int(chance.integers(3))]
    back = int(chance.choice([0, 1, 3, 6, 12, 13, 24, 36, 60, 61, 130]))
    day = months_before(as_of, back) + timedelta(days=int(chance.integers(-1, 2)))
    if chance.random() < 0.3:
        day = as_of - timedelta(days=int(chance.choice([0, 1, 30, 90, 255, 256, 365, 730])))
    if contract.period is None and chance.random() < 0.6:
        return day
    step = MONTHS_IN[contract.period or str(chance.choice(["month", "quarter", "year"]))]
    return month_end(months_before(day.replace(day=1), (day.month - 1) % step + 1 - step))


def _received(event: date, chance: Chance) -> datetime:
    """Mostly soon, sometimes years later, often around the midnight of Shanghai."""
    lag = int(chance.choice([0, 0, 1, 5, 30, 90, 120, 254, 255, 256, 900]))
    return noon(event) + timedelta(days=lag, hours=12, microseconds=int(chance.choice([-1, 0, 1])))


def noon(day: date) -> datetime:
    """Noon in Shanghai."""
    return datetime(day.year, day.month, day.day, 4, tzinfo=UTC)


def _names(contract: Contract, firms: Sequence[str], cells: dict[str, list[Any]], chance: Chance) -> dict[str, Any]:
    """Names that tell a firm, and rows that come with nothing else."""
    column = "name" if contract is REGISTRATION else contract.name_column
    if column is None:
        return {}
    named: dict[str, Any] = {column: [f"企业{firm}" for firm in firms]}
    if contract.name_column is not None and contract is not REGISTRATION:
        named[contract.subject] = [None if chance.random() < 0.25 else firm for firm in cells[contract.subject]]
    return named


def _cells(name: str, column: Any, events: Sequence[date], chance: Chance) -> list[Any]:
    """Values of a column that its own checks allow, nulls among them where it takes them."""
    draw = _drawing(name, column, chance)
    empty = column.nullable & (chance.random(len(events)) < 0.3)
    return [None if none else draw(event) for none, event in zip(empty, events, strict=True)]


def _drawing(name: str, column: Any, chance: Chance) -> Callable[[date], Any]:
    facts = {key: value for check in column.checks for key, value in (check.statistics or {}).items()}
    if "allowed_values" in facts:
        allowed = sorted(facts["allowed_values"])
        return lambda _: allowed[int(chance.integers(len(allowed)))]
    dtype = column.dtype.type
    if dtype == pl.Date:
        later = (0, 0, 1, 40, 400, 1200) if column.nullable else (0, 0, 0, 0, 0, 9)
        return lambda event: event + timedelta(days=int(chance.choice(later)))
    if dtype == pl.Boolean:
        return lambda _: bool(chance.integers(2))
    if dtype == pl.String:
        return _texts(facts, name, chance)
    low, high = facts.get("min_value", -(2**40)), facts.get("max_value", 2**31 - 1 if dtype == pl.Int32 else 2**60)
    if low >= 1900:  # a year
        return lambda event: event.year
    if amounts({name: dtype}):
        low, high = max(low, -MOST), min(high, MOST)
    numbers = [number for one in (*NUMBERS, *LARGEST) for number in (one, -one) if low <= number <= high]
    return lambda _: numbers[int(chance.integers(len(numbers)))]


def _texts(facts: Mapping[str, Any], name: str, chance: Chance) -> Callable[[date], str]:
    pattern = facts.get("pattern")
    if pattern is None:
        shortest = facts.get("min_value") or 1
        texts = [*(f"{name}{number}".ljust(shortest, "0") for number in range(5)), *_ASKED_FOR.get(name, ())]
        return lambda _: texts[int(chance.integers(len(texts)))]
    if pattern in (USCC_PATTERN, SUBJECT_PATTERN):
        return lambda _: FIRMS[int(chance.integers(len(FIRMS)))]
    if pattern == HASH_PATTERN:
        return lambda _: PERSONS[int(chance.integers(len(PERSONS)))]
    pattern = pattern.removeprefix("^(?:").partition("|")[0]  # of several lengths the first
    tokens = [
        (_alphabet(found[1]), int(found[3] or (0 if found[2] == "?" else 1))) for found in _TOKEN.finditer(pattern)
    ]
    return lambda _: "".join(
        letters[int(chance.integers(min(len(letters), 3)))] for letters, times in tokens for _ in range(times)
    )


def _alphabet(of: str) -> str:
    """The letters of a character class such as `0-9a-f`."""
    return re.sub(r"(.)-(.)", lambda ends: "".join(map(chr, range(ord(ends[1]), ord(ends[2]) + 1))), of)
