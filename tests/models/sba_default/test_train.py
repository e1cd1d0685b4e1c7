"""sba_default on made-up loans: split by time, labels seen afterwards and labels of the day, no later column."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from bureau.grant import operator_grant
from features.lake.lake import Lake
from features.sources.loading import SourceOptions, load_source
from features.sources.sba.publication import LAST_DAY
from models.artefact import read_stored, write_model
from models.columns import Columns
from models.cross_validation import Floats
from models.gates import judge_gates, refusal_of
from models.labels import read_known
from models.question import chosen
from models.sba_default.evaluate import evaluate
from models.sba_default.spec import QUESTION, SPEC
from models.sba_default.train import fit, judged_by_then
from models.shelf import find_model
from models.time_split import Cuts
from models.training import read_labelled
from tests.factories.lakes import make_lake
from tests.factories.sba import charged_off, sba_loan, write_loans, write_sba_directory

GRANT = operator_grant("training")
SPLIT = QUESTION.split
CUTS = Cuts(2)


@pytest.fixture(scope="module")
def lake(tmp_path_factory: pytest.TempPathFactory) -> Lake:
    folder = tmp_path_factory.mktemp("sba")
    return loaded(folder, write_sba_directory(folder / "data", loans=700))


def loaded(folder: Path, data: Path) -> Lake:
    lake = make_lake(folder / "home")
    load_source(lake, folder / "home", "sba", SourceOptions(data=data), at=datetime(2026, 1, 1, tzinfo=UTC))
    return lake


def test_labels_are_of_the_end_or_of_what_was_known(tmp_path: Path) -> None:
    off = date(2004, 10, 5)
    old = sba_loan(4, ApprovalDate=date(1999, 9, 30))
    rows = (sba_loan(1), charged_off(2, off), sba_loan(3, MIS_Status=None), old)
    lake = loaded(tmp_path, write_loans(tmp_path / "data", "head22k", *rows))
    assert sorted(QUESTION.read_labels(lake, LAST_DAY, GRANT)["target"]) == [0.0, 1.0]
    assert read_known(lake, SPEC, off - timedelta(days=1), GRANT)["target"].to_list() == [0.0, 0.0, 0.0]
    assert read_known(lake, SPEC, off, GRANT)["target"].sum() == 1.0
    assert set(QUESTION.read_labels(lake, LAST_DAY, GRANT)["as_of"]) == {date(2001, 3, 15)}


def test_an_old_charge_off_still_labels_its_loan(tmp_path: Path) -> None:
    lake = loaded(tmp_path, write_loans(tmp_path / "data", "head22k", charged_off(2, date(2002, 6, 3))))
    assert QUESTION.read_labels(lake, LAST_DAY, GRANT)["target"].to_list() == [1.0]


def test_the_model_is_fitted_calibrated_and_judged_in_time_order(lake: Lake, tmp_path: Path) -> None:
    labelled = read_labelled(lake, SPEC, QUESTION.read_labels(lake, LAST_DAY, GRANT), GRANT)
    known = read_labelled(lake, SPEC, read_known(lake, SPEC, SPLIT.test_from - timedelta(days=1), GRANT), GRANT)
    trained = fit(labelled, known, LAST_DAY, CUTS)
    parts = [QUESTION.part(labelled, period) for period in ("train", "calibrate", "test")]
    assert sum(map(len, parts)) == len(labelled.rows)
    assert trained.figures.rows == len(parts[2])
    assert trained.figures.auc.value > 0.6
    gates = {gate.name: gate for gate in judge_gates(trained)}
    # A hundred made-up loans, some of which stand for thirty, shift and miss the rate by their weights alone.
    assert refusal_of(gate for gate in gates.values() if gate.name not in ("stability", "calibration")) is None
    assert f"of the rate known on {SPLIT.test_from}" in gates["calibration"].told
    assert not [gate.told for gate in gates.values() if "not asked" in gate.told]
    assert set(trained.groups) == {"size", "industry", "district", "age"}
    newest = labelled.frame.filter(chosen(labelled, "test", SPLIT))["granted_on"]
    assert set(trained.months.tolist()) == {f"{day:%Y-%m}" for day in newest}
    assert trained.figures.brier_constant == trained.facts["figures_labels_known"]["brier_constant"]
    assert trained.said[0].endswith("Fits saw outcomes in hindsight, as the model does.")
    assert "what was known the day before" in trained.said[2]
    assert f"{QUESTION.part(known, 'calibrate').defaults} charge-offs of the year that calibrates" in trained.said[2]
    assert trained.facts["figures_labels_known"]["rows"] == len(parts[2])
    write_model(tmp_path / "1", trained.model, trained.golden, trained.facts)
    stored = read_stored(tmp_path / "1", "sba_default")
    lines = evaluate(lake, LAST_DAY, GRANT, trained.model, stored)
    assert [line["granted"] for line in lines] == [f"{SPLIT.test_from} to {newest.max()}", "FY2005", "FY2005"]
    assert {line["loans"] for line in lines[1:]} == {"as they came", "weighted sample"}
    assert lines[0]["brier_constant"] == pytest.approx(trained.figures.brier_constant)
    later = stored.model_copy(update={"facts": stored.facts | {"test_from": "2005-04-01"}})
    assert evaluate(lake, LAST_DAY, GRANT, trained.model, later)[0]["granted"] == f"2005-04-01 to {newest.max()}"


@dataclass(frozen=True)
class Rote:
    """Knows the rows it was fitted on by heart, and nothing of any other; its own recipe."""

    learned: Mapping[bytes, float] = field(default_factory=dict)
    kind: str = "rote"

    def fit(self, columns: Columns, matrix: Floats, target: Floats, weight: Floats) -> "Rote":  # noqa: ARG002 - called as a recipe is
        return Rote({row.tobytes(): 2 * outcome - 1 for row, outcome in zip(matrix, target.tolist(), strict=True)})

    def raw(self, matrix: Floats) -> Floats:
        return np.array([self.learned.get(row.tobytes(), 0.0) for row in matrix])

    def parts(self, matrix: Floats) -> tuple[Floats, Floats]:
        return self.raw(matrix), np.zeros((len(matrix), matrix.shape[1] + 1))

    def figures(self) -> dict[str, Any]:
        return {}


def test_what_was_known_then_is_calibrated_by_fits_that_had_not_seen_the_loan(lake: Lake) -> None:
    known = read_labelled(lake, SPEC, read_known(lake, SPEC, SPLIT.test_from - timedelta(days=1), GRANT), GRANT)
    unseen = replace(known.rows, matrix=known.rows.matrix + 0.5)
    year = QUESTION.part(known, "calibrate")
    assert judged_by_then(QUESTION, Rote(), known, unseen).mean_pd == pytest.approx(year.rate, rel=0.05)


def test_hindsight_and_what_was_known_then_differ_by_their_labels_alone(lake: Lake) -> None:
    labelled = read_labelled(lake, SPEC, QUESTION.read_labels(lake, LAST_DAY, GRANT), GRANT)
    before = ~chosen(labelled, "test", SPLIT)
    known = replace(labelled, frame=labelled.frame.filter(before), rows=labelled.rows.take(before))
    trained = fit(labelled, known, LAST_DAY, spec=replace(SPEC, recipes=SPEC.recipes[-1:]))
    assert trained.facts["figures_labels_known"] == asdict(trained.figures)


def test_the_card_says_that_what_calibrates_is_fitted_too() -> None:
    assert SPEC.declared["split"] == (
        "fitted on loans granted before 2004-10-01, of which 4 spans compared kinds; calibrated on those from "
        "2003-10-01 on, each scored by fits without it (2 times in 3 shuffled folds); judged on those from 2004-10-01 "
        "on"
    )


def test_the_model_is_on_the_shelf() -> None:
    assert find_model("sba_default").spec is SPEC
