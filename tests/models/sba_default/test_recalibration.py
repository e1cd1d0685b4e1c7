"""A drift in real loans (outcomes in hindsight): fiscal 2005 went worse than 2004 let expect, and half of it tells."""

import os
from datetime import UTC, date, datetime
from pathlib import Path

import polars as pl
import pytest

from bureau.grant import operator_grant
from features.sources.loading import SourceOptions, load_source
from features.sources.sba.publication import LAST_DAY
from models.calibration import fit_platt
from models.evaluation import evaluate_pd
from models.recalibration import recalibrate
from models.sba_default.spec import QUESTION, SPEC, TREES
from models.training import Labelled, read_labelled
from tests.factories.lakes import make_lake

SPLIT = QUESTION.split
SPRING = date(2005, 4, 1)
GRANT = operator_grant("training")


@pytest.fixture(scope="module")
def real(tmp_path_factory: pytest.TempPathFactory) -> Labelled:
    data = os.environ.get("BUREAU_SBA_DATA")
    if not data:
        pytest.skip(
            "Set BUREAU_SBA_DATA to the folder of balanced30k.parquet and head22k.parquet to test on real loans."
        )
    folder = tmp_path_factory.mktemp("sba")
    lake = make_lake(folder)
    options = SourceOptions(data=Path(data))
    load_source(lake, lake.root.parent, "sba", options, at=datetime(2026, 1, 1, tzinfo=UTC))
    return read_labelled(lake, SPEC, QUESTION.read_labels(lake, LAST_DAY, GRANT), GRANT)


def test_half_a_year_of_a_drift_calibrates_the_other_half(real: Labelled) -> None:
    """Fitted before fiscal 2004, calibrated on it; the autumn of 2005 is known, its summer is judged."""

    def granted(first: date, end: date) -> pl.Series:
        return real.frame["granted_on"].is_between(first, end, closed="left")

    days = (
        (date.min, SPLIT.calibrate_from),
        (SPLIT.calibrate_from, SPLIT.test_from),
        (SPLIT.test_from, SPRING),
        (SPRING, date(2005, 10, 1)),
    )
    oldest, year, known, judged = (real.rows.take(granted(*of).to_numpy()) for of in days)
    drawn = SPEC.weights.to_fit(oldest, real.frame.filter(granted(*days[0]))["granted_on"])
    trees = TREES.fit(drawn.columns, drawn.matrix, drawn.target, drawn.weight)
    old = fit_platt(trees.raw(year.matrix), year.target, year.weight, rising=True)
    found = recalibrate(old, trees.raw(known.matrix), known.target, known.weight, known.firm)
    before, after = (
        evaluate_pd(line.pd(trees.raw(judged.matrix)), judged.target, judged.weight, judged.firm)
        for line in (old, found.calibration)
    )
    assert found.deed != "kept"
    assert found.ratio.low > 1.1
    assert abs(after.mean_pd - after.base_rate) < 0.5 * abs(before.mean_pd - before.base_rate)
    assert after.brier < before.brier - 0.003
    assert after.auc == before.auc
