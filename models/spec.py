"""What a model is: features, target, population, maturity, weights and split, each declared here and nowhere else."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from features.definitions.entry import Entry
from features.definitions.library import find_feature
from models.columns import Column, Columns
from models.cross_validation import Division
from models.predictor import Recipe
from models.terms import AfterMonths, AtVerdict, Maturity, Population, Target, Weights
from models.time_split import TimeSplit
from models.wording import Words


@dataclass(frozen=True)
class ModelSpec:
    """One model of the shelf.

    features: names in the library, in the order of the matrix.
    target, population, maturity, weights: the terms by which labels are read and rows are fitted (`models/terms.py`).
    split: the days that divide the loans; where outcomes have no days, the shuffled folds that do.
    recipes: the kinds that compete, the simpler last.
    least_to_train, least_to_judge: defaults needed in the oldest and in the newest part; without days in all.
    codes: the reason code of a feature where it is not the library's, because the model gathers features under it.
    """

    name: str
    title: str
    title_en: str
    features: tuple[str, ...]
    target: Target
    population: Population
    maturity: Maturity
    weights: Weights
    split: TimeSplit | Division
    recipes: tuple[Recipe, ...]
    least_to_train: int
    least_to_judge: int = 0
    codes: Mapping[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        undated = isinstance(self.maturity, AtVerdict)
        if undated != isinstance(self.split, Division):
            raise ValueError(f"{self.name}: outcomes with days are split by time, and verdicts without days by folds")
        if undated and (self.population.granted_from or self.weights.half_life_days):
            raise ValueError(f"{self.name}: verdicts without days can be neither cut off by day nor fade")
        if isinstance(self.maturity, AfterMonths) and (self.target.months or 0) > self.maturity.months:
            raise ValueError(f"{self.name}: an outcome cannot be known before the months of its target have passed")

    @property
    def least_defaults(self) -> int:
        """Below which nothing is trained."""
        return self.least_to_train + self.least_to_judge

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

    @property
    def declared(self) -> dict[str, str]:
        """Its terms in words, for a card and a model's files."""
        return {
            "target": f"{self.target.text} ({self.target.text_en})",
            "features": f"{len(self.features)} of the library",
            "population": self.population.told,
            "label maturity": self.maturity.told,
            "weights": self.weights.told,
            "split": self.split.told,
        }


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
