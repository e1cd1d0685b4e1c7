"""Tax behaviour in a small synthetic city: the tax bureau's feeds alone, and nothing read knows the outcome."""

from datetime import date

import numpy as np

from bureau.grant import operator_grant
from features.contracts.feeds import find_feed
from features.definitions.library import find_feature
from features.lake.lake import Lake
from features.store.training_set import training_set
from models.suspects import suspect_columns
from models.tax_behaviour.spec import QUESTION, SPEC
from models.training import LABEL_COLUMNS

LAST_DAY = date(2023, 4, 30)
GRANT = operator_grant("training")


def test_all_that_is_read_comes_from_the_tax_bureau() -> None:
    read = {code for name in SPEC.features for code in find_feature(name).feeds}
    assert read == {"F13", "F14", "F15", "F18", "F19"}
    assert {find_feed(code).department for code in read} == {"税务"}


def test_honest_features_are_known_and_not_accused(city: Lake) -> None:
    frame = training_set(city, QUESTION.read_labels(city, LAST_DAY, GRANT), SPEC.features, GRANT).frame
    matrix = SPEC.columns.matrix(frame)
    assert np.isfinite(matrix).mean() > 0.8
    assert suspect_columns(frame, "target", trusted=SPEC.features, ignore=LABEL_COLUMNS) == []
