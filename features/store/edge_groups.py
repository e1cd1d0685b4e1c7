"""Groups of made-up firms just below, at and just above the number of peers from which on a figure of them is told."""

from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Any

import polars as pl

from bureau.clock import month_end, months_before
from bureau.uscc import compose_uscc
from features.contracts.contract import Contract
from features.contracts.financial_statement import FINANCIAL_STATEMENT
from features.contracts.gas import GAS
from features.contracts.guaranteed_loan import GUARANTEED_LOAN, LOAN_STAGES
from features.contracts.registration import REGISTRATION
from features.contracts.shareholder import SHAREHOLDER
from features.definitions.library import kept
from features.definitions.parts import is_population
from features.engine.windows import MONTHS_IN
from features.store.edges import COMPARED_DAYS, PERSONS, Chance, drawn, noon

LEAST = 20
SIZES = {("F", "440305"): LEAST, ("F", "440306"): LEAST + 1, ("G", "440305"): LEAST + 2}
"""Firms of each section and district at first: every one has 19, 20 or 21 others."""
BORROWERS = {("TX", "44", 101): 31, ("TX", "44", 102): 2, ("WY", "55", 103): 30}
"""The same by state, sector and lender of guaranteed loans: others are 30 of a lender, 32 of a state, or 29 of both.
Nothing else that is drawn has these states, sectors and lenders."""
PEERS = tuple(compose_uscc("91", "440300", f"{number:08d}") for number in range(101, 101 + sum(SIZES.values())))
_GROUP_OF = dict(zip(PEERS, (group for group, size in SIZES.items() for _ in range(size)), strict=True))
_LOAN_OF = dict(zip(PEERS, (group for group, size in BORROWERS.items() for _ in range(size)), strict=True))
_KNOWN_FROM = date(2010, 3, 31)
_MOVES, _LEAVES = PEERS[-1], PEERS[LEAST]
_MOVED, _LEFT = date(2024, 10, 15), date(2025, 3, 10)
_PERIODS = 19
"""The longest trend compares half a year with the one before last."""
_EVENTS = 6
_PER_CASE = 4
"""Rows drawn of each firm and day; the contract takes those that keep its rules."""


def group_rows(contract: Contract, chance: Chance) -> pl.DataFrame:
    """Rows of the groups' members: where they are registered, whatever figures of peers are made of, statements and
    gas of many periods running, and one agent who holds a share of every one of them. Of other feeds none."""
    if contract is REGISTRATION:
        return _registered(chance)
    if contract is SHAREHOLDER:
        cases = [(firm, _KNOWN_FROM) for firm in PEERS for _ in range(_PER_CASE)]
        shares = _drawn(contract, cases, chance).unique(contract.subject, maintain_order=True)
        return shares.with_columns(holder_hash=pl.lit(PERSONS[0]), left_on=pl.lit(None, pl.Date))
    if contract.code not in _measured():
        return _drawn(contract, [], chance)
    days = [day for as_of in COMPARED_DAYS[::2] for day in _days(contract, as_of, chance)]
    times = _PER_CASE if contract.period else 1
    drawn_of_all = _drawn(contract, [(firm, day) for firm in PEERS for day in days * times], chance)
    return _lent(drawn_of_all) if contract is GUARANTEED_LOAN else _gaining(drawn_of_all, chance)


def _measured() -> frozenset[str]:
    of_peers = {code for entry in kept() if is_population(entry) for code in entry.feeds}
    return frozenset({*of_peers, FINANCIAL_STATEMENT.code, GAS.code})


def _lent(rows: pl.DataFrame) -> pl.DataFrame:
    """Loans of the groups of borrowers: two of three rows an approval, the others a charge-off of another loan."""
    groups = [_LOAN_OF[firm] for firm in rows["uscc"]]
    return rows.with_columns(
        loan_no_hash=pl.Series([f"{number:016x}" for number in range(2**32, 2**32 + rows.height)], dtype=pl.String),
        stage=pl.Series([LOAN_STAGES[number % 3 == 2] for number in range(rows.height)], dtype=pl.String),
        state=pl.Series([state for state, _, _ in groups], dtype=pl.String),
        sector=pl.Series([sector for _, sector, _ in groups], dtype=pl.String),
        lender_no=pl.Series([lender for _, _, lender in groups], dtype=pl.Int64),
    )


def _days(contract: Contract, as_of: date, chance: Chance) -> Sequence[date]:
    """The ends of the last periods before a day, or some days of the two years before it."""
    if contract.period is None:
        return [as_of - timedelta(days=int(back)) for back in chance.integers(30, 730, _EVENTS)]
    step = MONTHS_IN[contract.period]
    last = months_before(as_of.replace(day=1), (as_of.month - 1) % step + 1)
    return [month_end(months_before(last, step * number)) for number in range(_PERIODS)]


def _gaining(rows: pl.DataFrame, chance: Chance) -> pl.DataFrame:
    """Most rows of a loss left out: a change is known of what was above nothing."""
    if "amount_fen" not in rows.columns:
        return rows
    return rows.filter((rows["amount_fen"] >= 0) | pl.Series(chance.random(rows.height) < 0.1))


def _drawn(contract: Contract, cases: Sequence[tuple[str, date]], chance: Chance) -> pl.DataFrame:
    firms, events = [firm for firm, _ in cases], [day for _, day in cases]
    return drawn(contract, firms, events, chance, f"{contract.code}-peer")


def _registered(chance: Chance) -> pl.DataFrame:
    """One registration each, and two second versions: one firm moves to another group, one registration is
    withdrawn."""
    cases = [(firm, _KNOWN_FROM) for firm in PEERS for _ in range(_PER_CASE)]
    first = _drawn(REGISTRATION, cases, chance).unique("uscc", maintain_order=True)
    first = first.with_columns(
        section=_told(first, 0),
        division=_told(first, 1),
        est_date=pl.col("est_date").fill_null(pl.col("event_date")),
        received_at=pl.lit(noon(_KNOWN_FROM), pl.Datetime("us", "UTC")),
    )
    section, division = next(iter(SIZES))
    moved = _second(first, _MOVES, _MOVED, op="U", section=section, division=division)
    left = _second(first, _LEAVES, _LEFT, op="D")
    return pl.concat([first, moved, left])


def _told(first: pl.DataFrame, part: int) -> pl.Series:
    return pl.Series([_GROUP_OF[firm][part] for firm in first["uscc"]], dtype=pl.String)


def _second(first: pl.DataFrame, firm: str, day: date, **cells: str) -> pl.DataFrame:
    at = datetime(day.year, day.month, day.day, tzinfo=UTC)
    changed: Mapping[str, Any] = {name: pl.lit(cell) for name, cell in cells.items()}
    received = pl.lit(at, pl.Datetime("us", "UTC"))
    row = first.filter(pl.col("uscc") == firm)
    return row.with_columns(version=pl.lit(2, pl.Int32), received_at=received, **changed)
