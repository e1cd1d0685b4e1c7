"""What a feed might be measured to be worth."""

from datetime import date
from typing import Any

from features.definitions.library import features_of
from models.worth.figures import Ablation, Course, Figure, Matching, Point, Worth


def course(feature: str, difference: float = 0.5, months: range = range(-18, 7)) -> Course:
    """A feature that stands off by the same distance in every month, unknown in the first."""
    first = Point(month=months[0], defaulted=3, others=9, difference=None, half=None)
    points = [Point(month=month, defaulted=80, others=240, difference=difference, half=0.2) for month in months[1:]]
    return Course(feature=feature, points=(first, *points))


def measured_worth(feed: str = "F18", **changes: Any) -> Worth:
    """A feed that tells a little; each of its features a little more than the one before."""
    entries = features_of(feed)
    ablation = Ablation(
        train_loans=4_499,
        train_defaults=72,
        test_loans=2_185,
        test_defaults=42,
        everything=Figure(value=0.7598, error=0.0408),
        alone=Figure(value=0.6178, error=0.0442),
        loss=Figure(value=0.0176, error=0.0134),
        best_feature=entries[0].name if entries else "",
        best=Figure(value=0.626, error=0.0428),
    )
    whole = Worth(
        feed=feed,
        model="sme_default",
        day=date(2023, 4, 30),
        snapshot=64,
        definition_hash="0" * 64,
        features=len(entries),
        matching=Matching(defaulted=188, others=564, alike=0.94),
        courses=tuple(course(entry.name, 0.1 * place) for place, entry in enumerate(entries, start=1)),
        ablation=ablation if entries else None,
    )
    return whole.model_copy(update=changes)
