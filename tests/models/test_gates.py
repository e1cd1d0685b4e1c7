"""The gates of a release, each shut by the fault it is there for and by no other."""

import re
from dataclasses import replace

import numpy as np
import pytest

from models.calibration import Platt, logit
from models.champion import Against
from models.columns import Columns
from models.evaluation import evaluate_pd
from models.gates import Gate, artefact_gates, judge_gates, refusal_of
from models.predictor import Predictor
from models.training import OneRate, Trained
from models.worth.figures import Figure

ALL = ["performance", "calibration", "stability", "fairness", "signs", "additivity", "forbidden features"]


def shut(trained: Trained) -> list[str]:
    return [gate.name for gate in judge_gates(trained) if not gate.passed]


def with_pd(trained: Trained, pd: np.ndarray) -> Trained:
    rows = trained.judged
    return replace(trained, pd=pd, figures=evaluate_pd(pd, rows.target, rows.weight, rows.firm))


def test_a_sound_model_passes_every_gate_and_each_says_what_was_found(trained: Trained) -> None:
    gates = judge_gates(trained)
    assert [gate.name for gate in gates] == ALL
    assert refusal_of(gates) is None
    assert all(gate.told for gate in gates)


def test_a_version_clearly_worse_than_the_one_in_service_is_stopped(trained: Trained) -> None:
    told = "AUC less that of version 4 in service"
    worse, perhaps = (Against("4", told, Figure(value=-0.05, error=error), rows=80) for error in (0.02, 0.03))
    assert [gate.name for gate in judge_gates(trained, worse) if not gate.passed] == ["performance"]
    assert f"clearly worse than what is served: {told}" in str(refusal_of(judge_gates(trained, worse)))
    assert refusal_of(judge_gates(trained, perhaps)) is None
    assert told in judge_gates(trained, perhaps)[0].told


def test_without_a_version_in_service_the_gate_says_so(trained: Trained) -> None:
    assert judge_gates(trained)[0].told == f"AUC {trained.figures.auc}; no version is in service to be held against"


def test_a_model_that_says_less_than_the_rate_known_before_is_stopped(trained: Trained) -> None:
    """It says twice what happens, and so few firms may have been lucky: its intervals are wide enough for that."""
    dear = with_pd(trained, 1 / (1 + np.exp(-logit(trained.pd) - 1.7)))
    assert shut(dear) == ["calibration"]
    assert "it says less than one rate for all: Brier score" in str(refusal_of(judge_gates(dear)))
    assert shut(replace(dear, one_rate=OneRate(1.0, "a rate"))) == []


def test_the_rate_of_the_other_firms_is_beaten_on_the_same_rows(trained: Trained) -> None:
    told = r"Brier score 0\.1\d+, on the same rows 0\.2\d+ of the rate of the other firms"
    assert re.search(told, judge_gates(trained)[1].told)


def test_a_coin_is_stopped_by_its_interval(coin: Trained) -> None:
    assert "performance" in shut(coin)
    assert "does not lie above 0.5" in (refusal_of(judge_gates(coin)) or "")


def test_a_pd_far_too_low_is_stopped(trained: Trained) -> None:
    assert shut(with_pd(trained, trained.pd * 0.05)) == ["calibration"]


def test_scores_that_fall_with_risk_are_stopped(trained: Trained) -> None:
    flat = replace(trained.model, calibration=Platt(-1.0, 0.0))
    assert shut(replace(trained, model=flat)) == ["calibration"]


def test_scores_that_have_moved_since_calibration_are_stopped(trained: Trained) -> None:
    """The period before is one half of the rows, the safe one; the judged are all."""
    said = trained.model.calibration.pd(trained.model.predictor.raw(trained.judged.matrix))
    safe = trained.judged.take(said < np.quantile(said, 0.3))
    moved = replace(trained, earlier=safe, pd=said)
    assert shut(moved) == ["stability"]
    assert shut(replace(moved, earlier=trained.judged)) == []


def test_a_group_charged_for_risks_it_has_not_stops_the_release(trained: Trained) -> None:
    rows = trained.judged
    repaid = np.where(rows.target == 0, "repaid", "")
    assert shut(replace(trained, groups={"outcome": repaid})) == ["fairness"]
    assert shut(replace(trained, groups={"outcome": np.where(np.arange(len(rows)) % 2, "a", "b")})) == []


def test_a_sign_the_finished_trees_break_stops_the_release(trained: Trained) -> None:
    turned = Columns(tuple(replace(column, sign=-column.sign) for column in trained.model.columns.columns))
    assert shut(replace(trained, model=replace(trained.model, columns=turned))) == ["signs"]


@pytest.mark.parametrize("lost", ["parts", "raw"])
def test_contributions_that_miss_the_score_stop_the_release(trained: Trained, lost: str) -> None:
    moved = _Moved(trained.model.predictor, lost)
    gates = artefact_gates(replace(trained.model, predictor=moved), trained.judged.matrix)
    assert [gate.name for gate in gates if not gate.passed] == ["additivity"]


class _Moved:
    """A predictor that has lost a thousandth on the way: of its parts, or of the score it gives without them."""

    kind = "boosted_trees"

    def __init__(self, honest: Predictor, lost: str) -> None:
        self._honest = honest
        self._of_raw, self._of_parts = (1e-3, 0.0) if lost == "raw" else (0.0, 1e-3)

    def raw(self, matrix: np.ndarray) -> np.ndarray:
        return self._honest.raw(matrix) + self._of_raw

    def parts(self, matrix: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        raw, parts = self._honest.parts(matrix)
        return raw + self._of_parts, parts


@pytest.mark.parametrize(
    ("name", "why"),
    [
        pytest.param("legal_person_gender", "gender", id="a word no feature may carry"),
        pytest.param("owner_is_woman", "woman", id="a gender"),
        pytest.param("legal_rep_minority", "minority", id="an ethnicity"),
        pytest.param("legal_rep_home_province", "home_province", id="two words"),
        pytest.param("owner_birth_region", "birth", id="a region of birth"),
        pytest.param("registration_district", None, id="where the firm is registered"),
        pytest.param("sales_amount_12p", None, id="a part of a word is no word"),
    ],
)
def test_forbidden_features_are_named(trained: Trained, name: str, why: str | None) -> None:
    model = trained.model
    columns = Columns((replace(model.columns.columns[0], name=name), *model.columns.columns[1:]))
    gate = artefact_gates(replace(model, columns=columns), trained.judged.matrix)[-1]
    assert gate.passed is (why is None)
    assert (why or "none") in gate.told


def test_a_refusal_tells_every_gate_that_is_shut() -> None:
    gates = (Gate("a", False, "its A is low."), Gate("b", True, "fine"), Gate("c", False, "its C is high."))
    assert refusal_of(gates) == "its A is low. its C is high."
