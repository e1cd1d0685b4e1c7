"""Training of invoice_default on made-up verdicts: honest figures, one answer, no column that knows the outcome."""

from dataclasses import replace
from datetime import date
from pathlib import Path

import numpy as np
import polars as pl
import pytest

from bureau.clock import now
from bureau.errors import SuspectColumns
from bureau.grant import operator_grant
from features.definitions.library import definition_hash
from features.sources.loading import SourceOptions, load_source
from models import training
from models.cross_validation import Division
from models.invoice_default.evaluate import cut_off
from models.invoice_default.spec import SPEC
from models.invoice_default.train import fit
from models.labels import read_labels
from models.training import Trained, read_labelled
from tests.factories.cumcm import write_cumcm_directory
from tests.factories.homes import lake_in
from tests.factories.verdicts import VERDICT_DAY, labelled_verdicts

GRANT = operator_grant("training")


def test_the_same_verdicts_give_the_same_model(trained: Trained) -> None:
    present, earlier = labelled_verdicts(size=1.0, rate=6.0), labelled_verdicts(size=1.0, rate=6.0, seed=2)
    again = fit(present, earlier, VERDICT_DAY, Division(repeats=2, folds=5, seed=1))
    assert again.model.calibration == trained.model.calibration
    assert again.figures == trained.figures
    assert np.array_equal(
        again.model.predictor.raw(again.judged.matrix), trained.model.predictor.raw(again.judged.matrix)
    )


def test_figures_are_of_firms_scored_unseen(trained: Trained) -> None:
    seen = trained.model.calibration.pd(trained.model.predictor.raw(trained.judged.matrix))
    assert not np.allclose(seen, trained.pd)
    assert trained.figures.auc.low <= trained.figures.auc.value <= trained.figures.auc.high
    assert trained.figures.mean_pd == pytest.approx(trained.figures.base_rate, abs=0.03)


def test_facts_say_what_the_model_was_made_from(trained: Trained) -> None:
    assert trained.facts["definition_hash"] == definition_hash(SPEC.features)
    assert (trained.facts["snapshot"], trained.facts["labels"]) == (3, 80)
    assert [line["kind"] for line in trained.facts["validations_cut_off"]] == ["boosted_trees", "logistic"]


@pytest.fixture(scope="module")
def contest(tmp_path_factory: pytest.TempPathFactory) -> Path:
    home = tmp_path_factory.mktemp("contest")
    data = write_cumcm_directory(home / "given", firms=40, seed=3)
    load_source(lake_in(home), home, "cumcm", SourceOptions(data=data), at=now())
    return home


def test_labels_ask_on_the_day_of_the_verdict_and_six_months_earlier(contest: Path) -> None:
    labels = read_labels(lake_in(contest), SPEC, date(2020, 2, 22), GRANT)
    assert (len(labels), labels["target"].sum()) == (40, 10)
    assert labels["as_of"].unique().to_list() == [VERDICT_DAY]
    assert cut_off(labels)["as_of"].unique().to_list() == [date(2019, 8, 22)]


def test_verdicts_not_yet_known_are_no_labels(contest: Path) -> None:
    assert read_labels(lake_in(contest), SPEC, date(2020, 2, 21), GRANT).is_empty()


def test_nothing_recorded_in_the_six_months_is_read_when_they_are_cut_off(contest: Path) -> None:
    labels = read_labels(lake_in(contest), SPEC, date(2020, 2, 22), GRANT)
    full, cut = (read_labelled(lake_in(contest), SPEC, offered, GRANT) for offered in (labels, cut_off(labels)))
    months = [frame.frame["sales_history_months"].max() for frame in (full, cut)]
    assert months[0] - months[1] >= 5  # type: ignore[operator]


def test_a_column_known_only_afterwards_stops_the_training(contest: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The store cannot read one, so it is planted between the store and the training."""
    labels = read_labels(lake_in(contest), SPEC, date(2020, 2, 22), GRANT)
    read = training.training_set

    def with_outcome(*words: object) -> object:
        honest = read(*words)  # type: ignore[arg-type]
        known_later = pl.col("target") * 0.6 + pl.col("sales_trend_6p").rank() / 1000
        return replace(honest, frame=honest.frame.with_columns(sales_trend_6p=known_later))

    monkeypatch.setattr(training, "training_set", with_outcome)
    with pytest.raises(SuspectColumns, match=r"not trained, because 'sales_trend_6p' alone separates implausibly well"):
        read_labelled(lake_in(contest), SPEC, labels, GRANT)
