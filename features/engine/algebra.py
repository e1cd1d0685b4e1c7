"""What a feature is made of: an aggregate of one feed's records over a window, or arithmetic between such aggregates.

The set is closed, so that lineage, corrections, deletion and other executions come by themselves (design D5).
Sums are integers, and a division is the last step.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import IntEnum, StrEnum

from features.contracts.contract import Contract
from features.engine.rows import Condition, Expression, columns
from features.engine.windows import Step, Window


class Sign(IntEnum):
    """Which direction is risky. The number is the monotone constraint of a model of default."""

    ADVERSE = 1
    FAVOURABLE = -1
    NEUTRAL = 0


ADVERSE, FAVOURABLE, NEUTRAL = Sign.ADVERSE, Sign.FAVOURABLE, Sign.NEUTRAL


@dataclass(frozen=True)
class Reason:
    """What an enterprise or a credit officer reads; `{value}` stands for the value with its unit.

    Features that say the same thing share a code, and their contributions one line.
    """

    code: str
    adverse: str
    favourable: str
    adverse_en: str
    favourable_en: str


class Kind(StrEnum):
    """The aggregates. Of no record every one of them is unknown, and `missing` says what that means."""

    COUNT = "count"
    DISTINCT = "distinct"
    TOTAL = "total"
    SMALLEST = "smallest"
    LARGEST = "largest"
    MEAN = "mean"
    LATEST = "latest"
    EXISTS = "exists"
    DAYS_SINCE_LAST = "days_since_last"
    DAYS_SINCE_FIRST = "days_since_first"
    MONTHS_ACTIVE = "months_active"


@dataclass(frozen=True)
class Aggregate:
    """An aggregate of a value in each record; counts and dates need no value."""

    kind: Kind
    value: Expression | None = None
    categories: tuple[str, ...] = ()


def count() -> Aggregate:
    """Number of records."""
    return Aggregate(Kind.COUNT)


def exists() -> Aggregate:
    """1 where there is any record."""
    return Aggregate(Kind.EXISTS)


def distinct(value: Expression) -> Aggregate:
    """Number of different known values."""
    return Aggregate(Kind.DISTINCT, value)


def total(value: Expression) -> Aggregate:
    """Sum of the known values, an int64."""
    return Aggregate(Kind.TOTAL, value)


def smallest(value: Expression) -> Aggregate:
    return Aggregate(Kind.SMALLEST, value)


def largest(value: Expression) -> Aggregate:
    return Aggregate(Kind.LARGEST, value)


def mean(value: Expression) -> Aggregate:
    """The int64 sum of the known values divided by their number."""
    return Aggregate(Kind.MEAN, value)


def latest(value: Expression, *, categories: tuple[str, ...] = ()) -> Aggregate:
    """The value in the newest record by (event date, day known, record number), unknown where that record has none.

    With `categories` the value is a text of that closed list; any other text is unknown.
    """
    return Aggregate(Kind.LATEST, value, categories)


def days_since_last() -> Aggregate:
    """Days from the newest event date to the day read."""
    return Aggregate(Kind.DAYS_SINCE_LAST)


def days_since_first() -> Aggregate:
    """Days from the oldest event date to the day read."""
    return Aggregate(Kind.DAYS_SINCE_FIRST)


def months_active() -> Aggregate:
    """Number of different calendar months with a record."""
    return Aggregate(Kind.MONTHS_ACTIVE)


@dataclass(frozen=True, kw_only=True)
class Feature:
    """One aggregate over the records of one feed known on the day, inside the window and satisfying `where`.

    missing: the value where there is no such record, for a known enterprise and a feed already connected on that
    day; None leaves it unknown.
    """

    feed: Contract
    take: Aggregate
    within: Window
    where: Condition | None = None
    missing: int | None = None

    def __post_init__(self) -> None:
        if self.within.step is Step.PERIODS and self.feed.period is None:
            raise ValueError(f"{self.feed.code} has no periods to count.")

    @property
    def reads(self) -> tuple[str, ...]:
        """Columns of the feed that enter, in order of mention."""
        parts = [part for part in (self.take.value, self.where) if part is not None]
        return tuple(dict.fromkeys(name for part in parts for name in columns(part)))


class Operation(StrEnum):
    """Arithmetic between two features; an unknown side makes the result unknown."""

    SUM = "sum"
    DIFFERENCE = "difference"
    RATIO = "ratio"
    """Left over right; unknown unless right is above 0."""
    TREND = "trend"
    """(left - right) / right, the change on an earlier window; unknown unless right is above 0."""


@dataclass(frozen=True)
class Derived:
    operation: Operation
    left: "Definition"
    right: "Definition"


Definition = Feature | Derived


class Statistic(StrEnum):
    """What is said of the others of a group; none where fewer than the least number of them have a value."""

    MEAN = "mean"
    """The others' integer sum over their number."""
    ABOVE = "above"
    """Own value less that mean."""
    RATE = "rate"
    """The others' sum of one value over their sum of another."""


@dataclass(frozen=True)
class Population:
    """A figure of the other enterprises of the same group at the end of the month before the day read.

    of, of_name: the published number it is a figure of. by, by_names: the published categories that make a group.
    scale: values are rounded to 1/scale before they are summed, so that any order gives the same sum.
    least: how many others must have a value; law and decency hide a smaller group.
    """

    statistic: Statistic
    of: Definition
    of_name: str
    by: tuple[Definition, ...]
    by_names: tuple[str, ...]
    scale: int
    least: int = 20

    @property
    def parts(self) -> dict[str, Definition]:
        """What an execution computes of every enterprise, by name."""
        return {self.of_name: self.of, **dict(zip(self.by_names, self.by, strict=True))}


@dataclass(frozen=True, kw_only=True)
class GroupRate(Population):
    """Of the others of a group the sum of `of` over the sum of `whole`, for instance charge-offs over approvals.

    Counted is who has a `whole`; who has only an `of` enters its sum, as an old loan charged off of late does.
    """

    whole: Definition
    whole_name: str

    @property
    def parts(self) -> dict[str, Definition]:
        return {**super().parts, self.whole_name: self.whole}


Published = Definition | Population
"""What may be published: figures of an enterprise's own records, which every execution computes, and of its peers."""


def plus(left: Definition, right: Definition) -> Derived:
    return Derived(Operation.SUM, left, right)


def difference(left: Definition, right: Definition) -> Derived:
    return Derived(Operation.DIFFERENCE, left, right)


def ratio(part: Definition, whole: Definition) -> Derived:
    return Derived(Operation.RATIO, part, whole)


def trend(recent: Definition, earlier: Definition) -> Derived:
    return Derived(Operation.TREND, recent, earlier)


def leaves(definition: Published) -> Iterator[Feature]:
    """The feed aggregates a definition is made of, left to right."""
    if isinstance(definition, Feature):
        yield definition
    elif isinstance(definition, Population):
        for part in definition.parts.values():
            yield from leaves(part)
    else:
        yield from leaves(definition.left)
        yield from leaves(definition.right)


def own_leaves(definition: Published) -> Iterator[Feature]:
    """The aggregates of the enterprise's own records that may be shown, as of the day read: of a population the own
    value, where it is told less the others' mean."""
    if not isinstance(definition, Population):
        yield from leaves(definition)
    elif definition.statistic is Statistic.ABOVE:
        yield from leaves(definition.of)


def group_leaves(definition: Published) -> Iterator[Feature]:
    """The aggregates that make the group of a population, as of the day its peers are looked at."""
    if isinstance(definition, Population):
        for part in definition.by:
            yield from leaves(part)


def categories(definition: Published) -> tuple[str, ...]:
    """The closed list of texts a definition can take; empty for a number."""
    return definition.take.categories if isinstance(definition, Feature) else ()
