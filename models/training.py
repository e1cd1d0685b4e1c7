"""The steps every model is trained in: read point in time, refuse suspects, compare kinds, fit, calibrate, judge."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import date
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from bureau.errors import SuspectColumns, TooFewLabels
from bureau.grant import ReadGrant
from features.definitions.library import definition_hash
from features.lake.lake import Lake
from features.store.training_set import training_set
from models.calibration import Platt
from models.columns import Columns, Value
from models.cross_validation import Division, Floats, Rows, Validation
from models.evaluation import Figures
from models.lessons import Lessons
from models.peer_medians import peers_of
from models.predictor import Predictor, Recipe
from models.scorecard import master_scale
from models.scoring import ScoringModel
from models.segments import Groups, features_beside
from models.spec import ModelSpec
from models.stability import Shift, shift
from models.suspects import suspect_columns

LABEL_COLUMNS = ("subject", "weight", "loan", "granted_on")
"""What a label carries besides its day and its target; never offered as a feature."""


@dataclass(frozen=True)
class Labelled:
    """Labels with their features, read as of their days; `frame` and `rows` in the same order.

    others: loans outside the population that teach a fit besides; None where there are none.
    """

    frame: pl.DataFrame
    rows: Rows
    definition_hash: str
    snapshot: int
    others: Lessons | None = None


@dataclass(frozen=True)
class OneRate:
    """One rate of default for everybody, of those whose outcome is none of the rows judged.

    pd: of all, or of each where a row's own outcome has to be left out of it. told: whose rate it is.
    """

    pd: Floats | float
    told: str


@dataclass(frozen=True)
class Trained:
    """A fitted model and everything known about how good it is.

    figures: on rows no part of the model has seen; `judged` are those rows and `pd` what was said of them.
    earlier: unseen rows of the period before, where outcomes have days; months: of the grant of each of `judged`,
    as 2021-03. groups: by what enterprises are told apart, for each of `judged`. asked: the labelled rows behind
    `judged`, in its order. one_rate: what would have been said of them without a model. division: how the rows were
    divided where all of them were fitted on, each judged by fits without it; None where time divides.
    said: sentences for whoever ran the training. facts: what is stored with the model.
    """

    spec: ModelSpec
    model: ScoringModel
    validations: Sequence[Validation]
    figures: Figures
    judged: Rows
    pd: Floats
    said: tuple[str, ...]
    facts: dict[str, Any]
    golden: list[Mapping[str, Value]]
    asked: pl.DataFrame
    one_rate: OneRate
    division: Division | None = None
    earlier: Rows | None = None
    groups: Groups = field(default_factory=dict)
    months: NDArray[np.str_] | None = None
    population: Rows | None = None
    """Every row the model came of, which days in service are held against; None where that is `judged`."""
    earlier_pd: Floats | None = None
    """What was said of `earlier` by fits that had not seen them, where the model itself has."""

    def score_shift(self) -> Shift | None:
        """How far the scores moved from the period before to the rows judged; None where outcomes have no days."""
        if self.earlier is None:
            return None
        before = self.earlier_pd
        if before is None:
            before = self.model.calibration.pd(self.model.predictor.raw(self.earlier.matrix))
        return shift(before, self.pd, self.earlier.weight, self.judged.weight)


def read_labelled(
    lake: Lake,
    spec: ModelSpec,
    labels: pl.DataFrame,
    grant: ReadGrant,
    others: pl.DataFrame | None = None,
    columns: Columns | None = None,
    snapshot: int | None = None,
) -> Labelled:
    """The training set of a model, and beside its features those that tell segments apart.

    others: labels of loans outside its population that teach a fit besides. columns: of the matrix, those of the spec
    unless said. snapshot: the one the labels were read from, the newest unless said.

    Raises `TooFewLabels`, and `SuspectColumns` where a feature knows the outcome.
    """
    require_labels(spec, "defaults", int(labels["target"].sum()), spec.least_defaults)
    require_labels(spec, "loans repaid", int((1 - labels["target"]).sum()), spec.least_defaults)
    beside = features_beside(spec.features)
    asked = labels if others is None else pl.concat([labels, others])
    read = training_set(lake, asked, (*spec.features, *beside), grant, snapshot)
    ignore = [*beside, *(name for name in labels.columns if name in LABEL_COLUMNS)]
    suspects = suspect_columns(read.frame, "target", trusted=spec.features, ignore=ignore)
    if suspects:
        raise SuspectColumns(spec.name, [suspect.why for suspect in suspects])
    rows = rows_of(spec.columns if columns is None else columns, read.frame)
    own = np.arange(len(asked)) < len(labels)
    lessons = None if others is None else Lessons(rows.take(~own), read.frame["granted_on"].slice(len(labels)))
    frame = read.frame.head(len(labels))
    return Labelled(frame, rows.take(own), definition_hash(spec.features), read.snapshot, lessons)


def require_labels(spec: ModelSpec, what: str, present: int, needed: int) -> None:
    """Raise `TooFewLabels` where fewer than needed are present."""
    if present < needed:
        raise TooFewLabels(spec.name, what, present, needed)


def rows_of(columns: Columns, frame: pl.DataFrame) -> Rows:
    """A labelled frame as matrices."""
    return Rows(
        columns=columns,
        matrix=columns.matrix(frame),
        target=frame["target"].to_numpy().astype(np.float64),
        weight=frame["weight"].to_numpy().astype(np.float64),
        firm=frame["subject"].rank("dense").to_numpy().astype(np.int64),
    )


def recipe_of(spec: ModelSpec, kind: str) -> Recipe:
    """The spec's recipe of a kind."""
    return next(recipe for recipe in spec.recipes if recipe.kind == kind)


def assemble(spec: ModelSpec, labelled: Labelled, predictor: Predictor, calibration: Platt) -> ScoringModel:
    """A scoring model without a version yet."""
    return ScoringModel(
        name=spec.name,
        version="unreleased",
        columns=labelled.rows.columns,
        predictor=predictor,
        calibration=calibration,
        scale=master_scale(),
        words=spec.words,
        definition_hash=labelled.definition_hash,
        snapshot=labelled.snapshot,
        peers=peers_of(labelled.rows),
    )


def training_facts(
    spec: ModelSpec,
    day: date,
    labelled: Labelled,
    recipe: Recipe,
    validations: Sequence[Validation],
    figures: Figures,
) -> dict[str, Any]:
    """What is stored with a model about its making."""
    return {
        "declared": spec.declared,
        "trained_as_of": day.isoformat(),
        "labels": len(labelled.rows),
        "defaults": labelled.rows.defaults,
        "other_labels": 0 if labelled.others is None else len(labelled.others.rows),
        "other_defaults": 0 if labelled.others is None else labelled.others.rows.defaults,
        "first_day": str(labelled.frame["as_of"].min()),
        "last_day": str(labelled.frame["as_of"].max()),
        "definition_hash": labelled.definition_hash,
        "snapshot": labelled.snapshot,
        "recipe": recipe.figures(),
        "figures": asdict(figures),
        "validations": [validation.summary() for validation in validations],
    }


def golden_values(columns: Columns, frame: pl.DataFrame) -> list[Mapping[str, Value]]:
    """Made-up rows at the quantiles of training, and one of nothing but missing values: no firm's own."""
    shares = (0.0, 0.1, 0.5, 0.9, 1.0)
    rows = [{name: _quantile(columns, frame[name], share) for name in columns.names} for share in shares]
    return [*rows, dict.fromkeys(columns.names)]


def _quantile(columns: Columns, values: pl.Series, share: float) -> Value:
    listed = next(column.categories for column in columns.columns if column.name == values.name)
    if listed is not None:
        return listed[round(share * (len(listed) - 1))]
    found = values.cast(pl.Float64).drop_nans().drop_nulls().quantile(share)
    return None if found is None else float(found)
