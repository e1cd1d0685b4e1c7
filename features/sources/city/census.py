"""Who is in a city, counted on its register beside what its parameters let expect of the mix it has.

The reference city is the real one, as far as its counts are public; a smaller city has more borrowers than it.
"""

from dataclasses import dataclass
from datetime import date
from pathlib import Path

import numpy as np
import polars as pl

from features.sources.city.arrays import Floats, Ints
from features.sources.city.manifest import TRUTH
from features.sources.city.months import Months, day_number
from features.sources.city.outcomes import delivered
from features.sources.city.parameters import Parameters
from features.sources.city.population import exit_hazard, inverse_age
from features.sources.city.promises import Figure, Size, median_figure, near, share_figure
from features.sources.city.shapes import SIZES
from features.sources.city.truth import read_truth
from features.sources.source import Check

NEAR = 0.1
"""How far a share may be from what is expected, as a part of it."""
REFERENCE = {
    "sole traders": "38.6% in the reference city",
    "micro": "89.5% in the reference city",
    "small": "9.2% in the reference city",
    "medium": "1.0% in the reference city",
    "large": "0.3% in the reference city",
    "dormant": "38% in the reference city",
    "entry": "about 13% in the reference city",
    "exit": "about 6.4% in the reference city",
    "age": "about 5 years in the reference city",
}
_SOLE_TRADER, _GONE = "个体工商户", ("注销", "吊销")
_AGES = 4_000
"""Equally likely ones, by which a course is expected."""


@dataclass(frozen=True)
class Course:
    """Of one full year: who entered and who left, as shares of those on the register at its end; and on the last day
    the median age of those still there, in years."""

    entry: float
    exit: float
    median_age: float


def check_census(folder: Path, parameters: Parameters, size: Size) -> tuple[Check, ...]:
    """Kinds, sizes, dormancy, districts, trades, and how enterprises come and go."""
    register = _register(folder)
    return (
        *_kinds(register, read_truth(folder / TRUTH, "enterprises"), parameters, size),
        *_places_and_trades(register, parameters, size),
        *_courses(register, parameters, size),
    )


def _register(folder: Path) -> pl.DataFrame:
    """One row per enterprise: kind, division, section, est_date, and gone_on where it has left."""
    gone = pl.col("publish_date").filter(pl.col("status").is_in(_GONE)).min()
    return delivered(folder, "F01").group_by("uscc").agg(
        pl.first("kind", "division", "section", "est_date"), gone_on=gone
    )  # fmt: skip


def shares_of_sizes(parameters: Parameters, enterprises: int) -> dict[str, float]:
    """Of the mix in use."""
    sample, borrowing = parameters.sample, parameters.sample.mix(enterprises).borrower_share
    return {
        name: borrowing * sample.borrowers[name].sample + (1 - borrowing) * sample.others[name] for name in SIZES
    }  # fmt: skip


def _kinds(register: pl.DataFrame, truth: pl.DataFrame, parameters: Parameters, size: Size) -> list[Check]:
    expected = shares_of_sizes(parameters, size.enterprises)
    traders, firms = expected["sole_trader"], 1 - expected["sole_trader"]
    counted = int((register["kind"] == _SOLE_TRADER).sum())
    checks = [_share("sole traders of all", counted, register.height, traders, size, REFERENCE["sole traders"])]
    enterprises = truth.filter(pl.col("size") != "sole_trader")
    for name in SIZES[1:]:
        counted = int((enterprises["size"] == name).sum())
        rule = f"{name} ones of enterprises"
        checks.append(_share(rule, counted, enterprises.height, expected[name] / firms, size, REFERENCE[name]))
    idle = parameters.firms.dormant_share
    others = 1 - parameters.sample.mix(size.enterprises).borrower_share
    dormant = others * sum(parameters.sample.others[name] * idle[name] for name in SIZES[1:]) / firms
    counted, rule = int(enterprises["dormant"].sum()), "dormant ones of enterprises"
    return [*checks, _share(rule, counted, enterprises.height, dormant, size, REFERENCE["dormant"])]


def _places_and_trades(register: pl.DataFrame, parameters: Parameters, size: Size) -> list[Check]:
    traders = shares_of_sizes(parameters, size.enterprises)["sole_trader"]
    expected: dict[tuple[str, str], float] = {}
    for district in parameters.districts:
        place = "division", district.division
        expected[place] = expected.get(place, 0.0) + district.share
    for name, section in parameters.sections.items():
        expected["section", name] = traders * section.sole_traders + (1 - traders) * section.enterprises
    return [
        _share(f"{column} {name} of all", int((register[column] == name).sum()), register.height, share, size)
        for (column, name), share in expected.items()
    ]


def _share(rule: str, count: int, whole: int, expected: float, size: Size, note: str = "") -> Check:
    promise = near(rule, expected, NEAR * expected, ".1%")
    return promise.judge(share_figure(count, whole, expected), size, note)


def _courses(register: pl.DataFrame, parameters: Parameters, size: Size) -> tuple[Check, ...]:
    last = parameters.calendar.last
    year = last.year if (last.month, last.day) == (12, 31) else last.year - 1
    expected = expected_course(parameters, size.enterprises, year)
    ends = date(year, 12, 31)
    stock = register.filter(pl.col("est_date") <= ends, pl.col("gone_on").is_null() | (pl.col("gone_on") > ends)).height
    entered = register.filter(pl.col("est_date").dt.year() == year).height
    left = register.filter(pl.col("gone_on").dt.year() == year).height
    there = register.filter(pl.col("gone_on").is_null())
    ages = there.select((pl.lit(last) - pl.col("est_date")).dt.total_days() / 365.25).to_series().to_numpy()
    age = near("median age of those on the register, years", expected.median_age, NEAR * expected.median_age)
    return (
        _flow(f"entered in {year}, of those at its end", entered, stock, expected.entry, size, REFERENCE["entry"]),
        _flow(f"left in {year}, of those at its end", left, stock, expected.exit, size, REFERENCE["exit"]),
        age.judge(median_figure(ages), size, REFERENCE["age"]),
    )


def _flow(rule: str, count: int, stock: int, expected: float, size: Size, note: str) -> Check:
    figure = Figure(float("nan")) if stock == 0 else Figure(count / stock, max(count, expected * stock) ** 0.5 / stock)
    return near(rule, expected, NEAR * expected, ".1%").judge(figure, size, note)


def expected_course(parameters: Parameters, enterprises: int, year: int) -> Course:
    """What ages and exits lead to, without drawing any."""
    calendar, borrowing = parameters.calendar, parameters.sample.mix(enterprises).borrower_share
    months = Months(calendar.first, calendar.last, calendar.burn_in_months)
    part = (np.arange(_AGES) + 0.5) / _AGES
    borrower = np.repeat([True, False], _AGES)
    weight = np.repeat([borrowing, 1 - borrowing], _AGES) / _AGES
    age = inverse_age(parameters, borrower, np.tile(part, 2))
    born = (months.last_day - age * 365.25).astype(np.int64)
    staying = np.cumprod(1 - exit_hazard(parameters, months, borrower, months.position(born) + 1), axis=1)
    begins, ends = day_number(date(year, 1, 1)), day_number(date(year, 12, 31))
    before, after = (staying[:, months.position(np.array([day]))[0]] for day in (begins - 1, ends))
    stock = float((weight * after * (born <= ends)).sum())
    return Course(
        entry=float((weight * ((born >= begins) & (born <= ends))).sum()) / stock,
        exit=float((weight * (before - after)).sum()) / stock,
        median_age=_weighted_median(age, weight * staying[:, -1]),
    )


def _weighted_median(values: Floats, weight: Floats) -> float:
    order: Ints = np.argsort(values)
    below = np.cumsum(weight[order])
    return float(values[order][np.searchsorted(below, below[-1] / 2)])
