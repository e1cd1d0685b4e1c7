"""What was measured of one feed, as it is kept in a file."""

from datetime import date

from pydantic import BaseModel, ConfigDict


class Kept(BaseModel):
    """A part of the file."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Figure(Kept):
    """A figure and its standard error over the firms."""

    value: float
    error: float

    def __str__(self) -> str:
        return f"{self.value:.4f} ± {self.error:.4f}"


class Point(Kept):
    """Defaulting borrowers against others in one month: `difference` in standard deviations, its 95% band ±`half`.

    month: 0 is the one whose end first shows 90 days overdue. defaulted, others: how many have the feature.
    difference: None where too few have it, or where it is the same for all.
    """

    month: int
    defaulted: int
    others: int
    difference: float | None
    half: float | None


class Course(Kept):
    """A feature through the months around default, oldest first."""

    feature: str
    points: tuple[Point, ...]

    @property
    def warning(self) -> float:
        """How far the year before default stands out from its band: mean difference over mean half width."""
        seen = [one for one in self.points if -12 <= one.month < 0 and one.difference is not None and one.half]
        halves = sum(one.half or 0.0 for one in seen)
        return abs(sum(one.difference or 0.0 for one in seen)) / halves if halves else 0.0

    def at(self, month: int) -> Point | None:
        """The point of a month, where it was measured."""
        return next((one for one in self.points if one.month == month), None)


class Matching(Kept):
    """defaulted, others: borrowers followed. alike: share of the others of the same section and size."""

    defaulted: int
    others: int
    alike: float


class Ablation(Kept):
    """AUC on loans granted after all that was trained on.

    everything: of all published features. alone: of the feed's only. loss: what is lost without the feed's.
    best: of the feed's one feature that told the training loans best.
    """

    train_loans: int
    train_defaults: int
    test_loans: int
    test_defaults: int
    everything: Figure
    alone: Figure
    loss: Figure
    best_feature: str
    best: Figure


class Worth(Kept):
    """One feed. features: how many published ones read it; without any there is no course and no ablation."""

    feed: str
    model: str
    day: date
    snapshot: int
    definition_hash: str
    features: int
    matching: Matching
    courses: tuple[Course, ...]
    ablation: Ablation | None

    def strongest(self, count: int) -> list[Course]:
        """The courses that stand out most in the year before default."""
        return sorted(self.courses, key=lambda course: course.warning, reverse=True)[:count]
