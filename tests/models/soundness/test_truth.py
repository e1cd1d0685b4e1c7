"""What a reason speaks of, and what stands behind it in the city."""

from pathlib import Path

import numpy as np
import polars as pl
import pytest

from bureau.errors import UnreadableFile
from features.sources.city.causes import described
from models.shelf import SPECS
from models.soundness.truth import leading, measure_truth
from tests.factories.granted_loans import labelled_loans, quick_model


@pytest.mark.parametrize("name", ["sme_default", "first_loan", "tax_behaviour"])
def test_the_citys_models_read_described_feeds_only(name: str) -> None:
    assert {feed for entry in SPECS[name].entries for feed in entry.feeds} <= set(described())


def test_a_reason_speaks_of_the_feature_its_answer_names_first() -> None:
    labelled = labelled_loans()
    model, rows = quick_model(labelled), labelled.rows.take(np.arange(20))
    told = [
        {model.codes.codes[code]: model.features[feature] for code, feature in enumerate(row) if feature >= 0}
        for row in leading(model, rows)
    ]
    answers = model.score_many(labelled.frame.head(20))
    adverse = [[reason for reason in answer.reasons if reason.direction == "adverse"] for answer in answers]
    assert told == [{reason.code: reason.features[0].name for reason in reasons} for reasons in adverse]


def test_firms_no_city_holds_are_counted_apart(city_home: Path) -> None:
    labelled = labelled_loans(200)
    asked = labelled.frame.select("subject", "as_of")
    found = measure_truth(quick_model(labelled), labelled.rows, asked, city_home / "deliveries" / "city")
    assert found.moved.told == found.lowered.told == 0
    assert found.unmeasured > 0
    assert found.by_code == {}


def test_without_a_city_there_is_no_truth(tmp_path: Path) -> None:
    labelled = labelled_loans(200)
    asked = labelled.frame.select(pl.col("subject", "as_of"))
    with pytest.raises(UnreadableFile, match="load the city again"):
        measure_truth(quick_model(labelled), labelled.rows, asked, tmp_path)
