"""A new version held against the one in service: both judged on the very same rows, which neither has seen."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import polars as pl

from bureau.errors import ContributionsDisagree, DamagedModel, InvalidInput
from bureau.grant import ReadGrant
from features.lake.lake import Lake
from features.store.training_set import training_set
from models.artefact import StoredModel, read_stored
from models.baselines import recipe_from
from models.cross_validation import Division, cross_validate, difference_error
from models.release import model_folder, read_release
from models.scoring import ScoringModel
from models.service import load_version
from models.time_split import TimeSplit
from models.training import Trained
from models.worth.figures import Figure
from models.worth.resampling import resample

FEWEST = 5
"""Defaults, and rows repaid, below which two versions are not told apart."""

ReadFeatures = Callable[[pl.DataFrame, Sequence[str]], pl.DataFrame]
"""Labelled rows, and the same in the same order with some features more."""


@dataclass(frozen=True)
class Against:
    """version: the one in service, None where there is none. rows: those both were judged on.

    difference: AUC of the new version less that of the one in service, None where it was not measured. told: a clause.
    """

    version: str | None
    told: str
    difference: Figure | None = None
    rows: int = 0

    def facts(self) -> dict[str, Any]:
        """For a model's files."""
        difference = None if self.difference is None else self.difference.model_dump()
        return {"version": self.version, "told": self.told, "difference": difference, "rows": self.rows}


NOBODY = Against(None, "no version is in service to be held against")


def reading(lake: Lake, grant: ReadGrant) -> ReadFeatures:
    """Features as the lake knows them now, each row's as of its day."""
    return lambda asked, names: training_set(lake, asked, names, grant).frame


def hold_against_champion(home: Path, trained: Trained, read: ReadFeatures | None = None) -> Against:
    """The difference in AUC to the version in service, with the error of a difference over the same firms.

    read: features of the version in service that the new one does not have; without it such a version is not asked.
    """
    release = read_release(home, trained.spec.name)
    if release is None:
        return NOBODY
    version, name = release.version, trained.spec.name
    try:
        champion = load_version(home, name, version, release.sha256)
    except DamagedModel as problem:
        return Against(version, f"version {version} in service cannot be asked: {problem.why.rstrip('.')}")
    except ContributionsDisagree:
        return Against(version, f"version {version} in service cannot be asked: its contributions miss its score")
    frame = _with_features(trained.asked, champion.features, read)
    if frame is None:
        return Against(version, f"version {version} in service reads features that were not at hand here")
    stored = read_stored(model_folder(home, name, version), name)
    if trained.division is None:
        return _by_time(trained, champion, stored, frame)
    return _by_folds(trained, trained.division, champion, stored, frame)


def _with_features(asked: pl.DataFrame, names: Sequence[str], read: ReadFeatures | None) -> pl.DataFrame | None:
    lacking = [name for name in names if name not in asked.columns]
    if not lacking:
        return asked
    return read(asked, lacking) if read is not None else None


def _by_time(trained: Trained, champion: ScoringModel, stored: StoredModel, frame: pl.DataFrame) -> Against:
    """On the judged loans granted since the test of the one in service began; firms drawn with replacement."""
    since = TimeSplit.of_facts(stored.facts).test_from
    unseen = (frame["granted_on"] >= since).to_numpy()
    rows = trained.judged.take(unseen)
    if min(rows.defaults, len(rows) - rows.defaults) < FEWEST:
        told = f"of the rows judged too few are new to version {champion.version} in service, granted from {since}"
        return Against(champion.version, told, rows=len(rows))
    theirs = champion.calibration.pd(champion.predictor.raw(champion.columns.matrix(frame)[unseen]))
    drawn = resample(rows)
    difference = (drawn.judge([trained.pd[unseen]]) - drawn.judge([theirs])).figure
    return Against(champion.version, _told(difference, champion.version, len(rows)), difference, len(rows))


def _by_folds(
    trained: Trained, division: Division, champion: ScoringModel, stored: StoredModel, frame: pl.DataFrame
) -> Against:
    """Of models that were fitted on every firm the recipes are compared, on the same folds (Nadeau and Bengio)."""
    try:
        recipe = recipe_from(stored.kind, stored.facts["recipe"])
    except InvalidInput:
        return Against(champion.version, f"version {champion.version} in service is of a recipe nobody can fit here")
    own = next(one for one in trained.validations if one.kind == trained.model.predictor.kind)
    rows = replace(trained.judged, columns=champion.columns, matrix=champion.columns.matrix(frame))
    (theirs,) = cross_validate([recipe], rows, division, fitted=trained.spec.weights.to_fit(rows))
    difference = Figure(value=round(own.auc - theirs.auc, 5), error=round(difference_error(own, theirs), 5))
    told = f"{_told(difference, champion.version, len(rows))}, recipes on the same folds"
    return Against(champion.version, told, difference, len(rows))


def _told(difference: Figure, version: str, rows: int) -> str:
    return f"AUC less that of version {version} in service {difference} on the same {rows:,} rows"
