"""What a model is: its question, its features, the recipes that compete for it and how few labels it accepts."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from features.definitions.entry import Entry
from features.definitions.library import find_feature
from models.columns import Column, Columns
from models.cross_validation import Division
from models.predictor import Recipe
from models.wording import Words


@dataclass(frozen=True)
class ModelSpec:
    """One model of the shelf.

    target, target_en: what one means, in a sentence a credit officer would sign.
    features: names in the library, in the order of the matrix.
    recipes: the kinds that compete, the simpler last; cross-validation prefers one.
    least_defaults: below which nothing is trained.
    codes: the reason code of a feature where it is not the library's, because the model gathers features under it.
    """

    name: str
    title: str
    title_en: str
    target: str
    target_en: str
    features: tuple[str, ...]
    recipes: tuple[Recipe, ...]
    division: Division
    least_defaults: int
    codes: Mapping[str, str] = field(default_factory=dict)

    @property
    def entries(self) -> tuple[Entry, ...]:
        return tuple(find_feature(name) for name in self.features)

    @property
    def columns(self) -> Columns:
        """The features as a predictor sees them: signs and closed lists of categories from the library."""
        return Columns(tuple(_column(entry) for entry in self.entries))

    @property
    def words(self) -> tuple[Words, ...]:
        """What the model says about its features: the library's texts on the day of training, under its codes."""
        return tuple(
            replace(words_of(entry), code=self.codes.get(entry.name, entry.reason.code)) for entry in self.entries
        )


def _column(entry: Entry) -> Column:
    if entry.categories:
        return Column(entry.name, 0, tuple(entry.categories))
    return Column(entry.name, int(entry.sign))


def words_of(entry: Entry) -> Words:
    """The texts of one library entry."""
    reason = entry.reason
    return Words(
        name=entry.name,
        label=entry.label,
        label_en=entry.label_en,
        unit=entry.unit,
        sign=int(entry.sign),
        code=reason.code,
        adverse=reason.adverse,
        favourable=reason.favourable,
        adverse_en=reason.adverse_en,
        favourable_en=reason.favourable_en,
    )
