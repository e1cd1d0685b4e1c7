"""Both measures of a version's reasons, on the newest loans of a home; on every firm where outcomes have no days."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from bureau.errors import InvalidInput
from bureau.grant import ReadGrant
from features.lake.lake import Lake
from models.artefact import StoredModel
from models.baselines import recipe_from
from models.cross_validation import Division, Rows, one_thread
from models.question import Question, chosen, read_for
from models.scoring import ScoringModel
from models.soundness.retraining import RETRAINS, Stability, measure_stability
from models.soundness.truth import Truth, measure_truth
from models.training import Labelled


@dataclass(frozen=True)
class Soundness:
    """truth: None where the home's records are not those of a city, in which alone one can intervene."""

    stability: Stability
    truth: Truth | None


def measure_soundness(
    lake: Lake,
    question: Question,
    day: date,
    grant: ReadGrant,
    model: ScoringModel,
    stored: StoredModel,
    *,
    city: Path | None,
    retrains: int = RETRAINS,
    tell: Callable[[str, float], None] = lambda _line, _done: None,
) -> Soundness:
    """Ask the reasons a model gives for the loans of the test. stored: its files, whose recipe retrains it, whatever
    its spec's has become since. city: the folder of its deliveries and its truth.

    Verdicts without days have no test: each retrain is asked of all firms, drawn or not, as the model knows them all.
    Raises `InvalidInput` where no loan of the test has a known outcome, and where nobody can fit that recipe today.
    """
    recipe = recipe_from(stored.kind, stored.facts["recipe"])
    labelled = read_for(question, model, lake, day, grant, to_fit=True)
    undated = isinstance(question.spec.split, Division)
    question = question if undated else question.on(day, labelled)
    parts = _without_days(question, labelled) if undated else _by_time(question, labelled)
    if not parts.asked.any():
        raise InvalidInput(
            f"No loan granted from {question.split.test_from} has a known outcome on {day}, so that no reason of "
            f"{model.name} can be asked. Load more loan feedback (F60)."
        )
    with one_thread():
        stability = measure_stability(
            model,
            recipe,
            parts.fitted,
            parts.calibrate,
            labelled.rows.take(parts.asked),
            retrains=retrains,
            calibrate_unseen=parts.calibrate_unseen,
            tell=tell,
        )
    if city is None:
        return Soundness(stability, None)
    asked = labelled.frame.filter(parts.asked).select("subject", "as_of")
    return Soundness(stability, measure_truth(model, labelled.rows.take(parts.asked), asked, city))


@dataclass(frozen=True)
class _Parts:
    """fitted: as a fit sees them. asked: of which rows the reasons are compared. calibrate_unseen: what calibrates is
    fitted too."""

    fitted: Rows
    calibrate: Rows
    asked: NDArray[np.bool_]
    calibrate_unseen: bool


def _by_time(question: Question, labelled: Labelled) -> _Parts:
    unseen = question.split.folds is not None
    fitted = question.to_fit(labelled, "train", "calibrate") if unseen else question.to_fit(labelled, "train")
    calibrate, asked = question.part(labelled, "calibrate"), chosen(labelled, "test", question.split)
    return _Parts(fitted, calibrate, asked, unseen)


def _without_days(question: Question, labelled: Labelled) -> _Parts:
    rows = labelled.rows
    return _Parts(question.spec.weights.to_fit(rows), rows, np.ones(len(rows), dtype=np.bool_), calibrate_unseen=True)
