"""The gates of a release: what a finished model must hold before two people may put it into service."""

from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import yaml
from numpy.typing import NDArray
from pydantic import BaseModel, ConfigDict, Field

from bureau.errors import ContributionsDisagree
from features.definitions.library import kept
from models.champion import NOBODY, Against
from models.evaluation import brier_score
from models.fairness.groups import group_lines, judged_of, overstated
from models.reliability import calibration_slope, observed_to_said
from models.scoring import TOLERANCE, ScoringModel
from models.sign_check import sign_violations
from models.training import Trained

Floats = NDArray[np.float64]

GATES = Path(__file__).with_name("gates.yaml")
Bounds = tuple[float, float]


class Bars(BaseModel):
    """gates.yaml."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    version: int = Field(ge=1)
    auc_above: float
    errors_below_champion: float = Field(gt=0)
    slope: Bounds
    observed_to_said: Bounds
    psi: float
    group_observed_to_said: float
    least_group_defaults_said: float
    forbidden_words: tuple[str, ...]
    forbidden_labels: tuple[str, ...]


@dataclass(frozen=True)
class Gate:
    """One gate and what was found. told: a sentence; for a gate that is shut it says why."""

    name: str
    passed: bool
    told: str


@cache
def bars() -> Bars:
    """The bars in force."""
    return Bars.model_validate(yaml.safe_load(GATES.read_text("utf-8")))


def judge_gates(trained: Trained, against: Against = NOBODY) -> tuple[Gate, ...]:
    """Every gate, asked of a trained model on rows it had not seen. against: how it stands to the one in service."""
    return (
        _performance(trained, against),
        _calibration(trained),
        _stability(trained),
        _fairness(trained),
        *artefact_gates(trained.model, trained.judged.matrix),
    )


def artefact_gates(model: ScoringModel, matrix: Floats) -> tuple[Gate, ...]:
    """The gates that need the model alone and some rows to put to it; asked again on the day of release."""
    return _signs(model, matrix), _additivity(model, matrix), _forbidden(model.features)


def refusal_of(gates: Iterable[Gate]) -> str | None:
    """Why a version may not be released; None where every gate is open."""
    return " ".join(gate.told for gate in gates if not gate.passed) or None


def as_facts(gates: Sequence[Gate]) -> list[dict[str, Any]]:
    """For a model's files."""
    return [asdict(gate) for gate in gates]


def _performance(trained: Trained, against: Against) -> Gate:
    auc, found = trained.figures.auc, against.difference
    if auc.low <= bars().auc_above:
        return Gate("performance", False, f"its AUC {auc} does not lie above {bars().auc_above}, which is a coin's.")
    if found is not None and found.value + bars().errors_below_champion * found.error < 0:
        return Gate("performance", False, f"it is clearly worse than what is served: {against.told}.")
    return Gate("performance", True, f"AUC {auc}; {against.told}")


def _calibration(trained: Trained) -> Gate:
    if trained.model.calibration.slope <= 0:
        return Gate("calibration", False, "its scores do not rise with risk in the calibration period.")
    rows = trained.judged
    slope = calibration_slope(trained.pd, rows.target, rows.weight, rows.firm)
    ratio = observed_to_said(trained.pd, rows.target, rows.weight, rows.firm)
    for name, interval, (low, high) in (
        ("calibration slope", slope, bars().slope),
        ("ratio of defaults observed to said", ratio, bars().observed_to_said),
    ):
        if interval.high < low or interval.low > high:
            return Gate("calibration", False, f"its {name} {interval} lies outside {low} to {high}.")
    told = f"slope {slope}, defaults observed for each said {ratio}"
    brier, constant = (brier_score(pd, rows.target, rows.weight) for pd in (trained.pd, trained.one_rate.pd))
    beside = f"Brier score {brier:.5f}, on the same rows {constant:.5f} of {trained.one_rate.told}"
    if not brier < constant:
        return Gate("calibration", False, f"it says less than one rate for all: {beside}.")
    return Gate("calibration", True, f"{told}; {beside}")


def _stability(trained: Trained) -> Gate:
    found = trained.score_shift()
    if found is None:
        return Gate("stability", True, "not asked: its outcomes have no days, so there is no later period to compare")
    told = f"PSI {found.index:.3f} between calibration and test ({found.chance:.3f} by chance)"
    if found.index > max(bars().psi, found.chance):
        return Gate("stability", False, f"its scores have shifted: {told}, more than {bars().psi}.")
    return Gate("stability", True, told)


def _fairness(trained: Trained) -> Gate:
    if not trained.groups:
        return Gate("fairness", True, "not asked: its rows know no size, industry, district or age")
    rows, bar = judged_of(trained.pd, trained.judged), bars()
    named = {by: pl.Series(groups).replace("", None) for by, groups in trained.groups.items()}
    lines = [line for by, groups in named.items() for line in group_lines(rows, by, groups)]
    shut = overstated(lines, bar.group_observed_to_said, bar.least_group_defaults_said)
    if shut:
        told = ", ".join(f"{one.grouping} {one.group} ({one.against_all})" for one in shut)
        return Gate(
            "fairness", False, f"it charges groups for risks they have not, observed to said against all: {told}."
        )
    return Gate("fairness", True, f"{len(lines)} groups of {len(named)} divisions compared")


def _signs(model: ScoringModel, matrix: Floats) -> Gate:
    broken = sign_violations(model.predictor, model.columns, matrix)
    if broken:
        return Gate("signs", False, f"it moves against the declared sign of {', '.join(broken)}.")
    return Gate("signs", True, f"{int(np.count_nonzero(model.columns.signs))} declared signs hold on the grid")


def _additivity(model: ScoringModel, matrix: Floats) -> Gate:
    try:
        model.contributions(matrix)
    except ContributionsDisagree as problem:
        return Gate("additivity", False, f"its contributions miss its score by {problem.gap:.3g} log-odds.")
    gap = float(np.abs(model.predictor.parts(matrix)[0] - model.predictor.raw(matrix)).max(initial=0.0))
    if gap > TOLERANCE:
        return Gate("additivity", False, f"the score its contributions add up to is {gap:.3g} log-odds from its own.")
    return Gate("additivity", True, f"contributions add up to the score in all of {len(matrix)} rows")


def _forbidden(names: Sequence[str]) -> Gate:
    banned = bars().forbidden_words
    wrong = [f"{name} ({word})" for name in names for word in banned if f"_{word}_" in f"_{name}_"]
    wrong += [f"{name} ({word})" for name in names for word in bars().forbidden_labels if word in _label(name)]
    if wrong:
        return Gate("forbidden features", False, f"it reads what no release may read: {', '.join(wrong)}.")
    return Gate("forbidden features", True, f"none among {len(names)}")


def _label(name: str) -> str:
    """What a feature is called; nothing where there is none of the name."""
    return next((entry.label for entry in kept() if entry.name == name), "")
