"""Both measures of a version's reasons, on the newest loans of a home."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from bureau.errors import InvalidInput
from bureau.grant import ReadGrant
from features.lake.lake import Lake
from models.baselines import of_kind
from models.cross_validation import one_thread
from models.question import Question, chosen, read_for
from models.scoring import ScoringModel
from models.soundness.retraining import RETRAINS, Stability, measure_stability
from models.soundness.truth import Truth, measure_truth


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
    *,
    city: Path | None,
    retrains: int = RETRAINS,
    tell: Callable[[str, float], None] = lambda _line, _done: None,
) -> Soundness:
    """Ask the reasons a model gives for the loans of the test. city: the folder of its deliveries and its truth.

    Raises `InvalidInput` where no loan of the test has a known outcome.
    """
    labelled = read_for(question, model, lake, day, grant, to_fit=True)
    question = question.on(day, labelled)
    train = question.to_fit(labelled, "train")
    calibrate, judged = question.part(labelled, "calibrate"), question.part(labelled, "test")
    if not len(judged):
        raise InvalidInput(
            f"No loan granted from {question.split.test_from} has a known outcome on {day}, so that no reason of "
            f"{model.name} can be asked. Load more loan feedback (F60)."
        )
    (recipe,) = of_kind(question.spec, model.predictor.kind).recipes
    with one_thread():
        stability = measure_stability(model, recipe, train, calibrate, judged, retrains=retrains, tell=tell)
    if city is None:
        return Soundness(stability, None)
    asked = labelled.frame.filter(chosen(labelled, "test", question.split)).select("subject", "as_of")
    return Soundness(stability, measure_truth(model, judged, asked, city))
