"""What a city promises as figures with bounds, and the verdict on what was measured of one."""

import math
from dataclasses import dataclass, replace

import numpy as np

from features.sources.city.arrays import Floats
from features.sources.city.parameters import SampleParameters
from features.sources.source import Check, Verdict

ROOM = 3.0
"""Standard errors a figure may lie beyond its bound by chance."""
LARGEST_CITY = 4_000_000
"""More enterprises than it has nobody generates to decide a check."""

FEWEST_VALUES = 30


@dataclass(frozen=True)
class Size:
    """How many enterprises a city has, and of which size it has the mix."""

    enterprises: int
    mix_of: int

    def times(self, factor: float) -> str:
        """So many times the city, in words: to two digits, and with the mix that keeps the same share borrowing."""
        wanted = self.enterprises * factor
        if wanted > LARGEST_CITY:
            return f"more than {LARGEST_CITY:,} enterprises"
        digits = 10 ** max(math.floor(math.log10(max(wanted, 1))) - 1, 0)
        rounded = max(math.ceil(wanted / digits) * digits, 1)
        return f"about {rounded:,} enterprises with sample.mix_of: {self.mix_of}"


def size_of(sample: SampleParameters, enterprises: int) -> Size:
    """Of a city so large; every city up to the dense one has its mix."""
    return Size(enterprises, sample.mix_of or max(enterprises, sample.dense.enterprises))


@dataclass(frozen=True)
class Figure:
    """What was measured. error: its standard error, 0 where chance has no part. of: what it was found of."""

    value: float
    error: float = 0.0
    of: str = ""


@dataclass(frozen=True)
class Promise:
    """A figure and the bounds it must lie between, both included.

    form: how the bounds are written. fine: how the figure is, one digit finer unless said, so that it is seen on which
    side of a bound it lies. about: the figure in the middle of the bounds, where it is the one that is meant.
    """

    rule: str
    low: float = -math.inf
    high: float = math.inf
    form: str = ".2f"
    fine: str = ""
    about: float | None = None

    @property
    def target(self) -> str:
        """The bounds, for people."""
        low, high = format(self.low, self.form), format(self.high, self.form)
        if self.about is not None:
            return f"{format(self.about, self.form)} ± {format(self.high - self.about, self.form)}"
        if math.isinf(self.low):
            return f"at most {high}"
        return f"at least {low}" if math.isinf(self.high) else f"{low} to {high}"

    def judge(self, figure: Figure, size: Size, note: str = "") -> Check:
        """The verdict on a figure of a city of that size."""
        verdict, advice = self._verdict(figure, size)
        said = "; ".join(part for part in (advice, note) if part)
        return Check(self.rule, verdict, self.written(figure), self.target, self._room(figure), said)

    def excuse(self, figure: Figure, size: Size, why: str, at_most: float) -> Check:
        """The same where it is known why it is missed: accepted up to that figure."""
        check = self.judge(figure, size)
        if check.verdict is not Verdict.MISSED:
            return check
        accepted = figure.value <= at_most
        said = f"known: {why}" if accepted else f"more than is known: {why}"
        return Check(self.rule, check.verdict, check.found, self.target, check.room, said, accepted)

    def unmeasured(self, how: str) -> Check:
        """Not measured, and how to have it measured."""
        return Check(self.rule, Verdict.NOT_MEASURED, "", self.target, note=how)

    def written(self, figure: Figure) -> str:
        """What was found, for people."""
        if math.isnan(figure.value):
            return ""
        value = self._finely(figure.value)
        return f"{value} ({figure.of})" if figure.of else value

    def beyond(self, value: float) -> float:
        """How far a value lies outside of the bounds; 0 inside."""
        return max(self.low - value, value - self.high, 0.0)

    def _room(self, figure: Figure) -> str:
        return f"± {self._finely(ROOM * figure.error)}" if 0 < figure.error < math.inf else ""

    def _finely(self, value: float) -> str:
        return format(value, self.fine or f".{int(self.form[-2]) + 1}{self.form[-1]}")

    def _verdict(self, figure: Figure, size: Size) -> tuple[Verdict, str]:
        if math.isnan(figure.value) or math.isinf(figure.error):
            return Verdict.NOT_MEASURED, f"too little to measure it by; generate {size.times(10)}"
        beyond = self.beyond(figure.value)
        if beyond == 0:
            return Verdict.MET, ""
        if beyond > ROOM * figure.error:
            return Verdict.MISSED, ""
        return Verdict.WITHIN_NOISE, f"{size.times((ROOM * figure.error / beyond) ** 2)} would decide it"


def near(rule: str, target: float, by: float, form: str = ".2f") -> Promise:
    """A promise to come as near to a figure."""
    return Promise(rule, target - by, target + by, form, about=target)


def share_figure(count: float, whole: float, target: float) -> Figure:
    """A share of independent draws, with the error it would have if the target were so; nothing of nothing."""
    if whole == 0:
        return Figure(math.nan)
    share = count / whole
    return Figure(share, math.sqrt(max(share * (1 - share), target * (1 - target)) / whole))


def median_figure(values: Floats) -> Figure:
    """A median, with half the distance between the quantiles one standard error of rank to both sides.

    Not a number of so few values that such quantiles say nothing.
    """
    if len(values) < FEWEST_VALUES:
        return Figure(math.nan)
    step = 0.5 / math.sqrt(len(values))
    low, middle, high = np.quantile(values, [0.5 - step, 0.5, 0.5 + step])
    return Figure(float(middle), float(high - low) / 2)


def judge_largest(promise: Promise, figures: dict[str, Figure], size: Size) -> Check:
    """The verdict on the figure that lies beyond the bounds by most of its own errors, or else on the largest."""
    return promise.judge(worst_of(promise, figures), size)


def worst_of(promise: Promise, figures: dict[str, Figure]) -> Figure:
    """The figure that lies beyond the bounds by most of its own errors, or else the largest, with its name."""

    def badness(name: str) -> tuple[float, float]:
        figure = figures[name]
        beyond = promise.beyond(figure.value)
        return (beyond / figure.error if figure.error else beyond and math.inf, figure.value)

    worst = max(figures, key=badness)
    return replace(figures[worst], of=worst)
