"""After warming up no caller waits for a compiler."""

import numpy as np
import pytest

from models.additive import _add_up
from models.boosted_trees import TreeRecipe
from models.logistic import LogisticRecipe
from models.reasons import _choose_reasons
from models.scoring import _calibrate
from models.trees.parts import _walk_rows
from models.warming import warm_up
from tests.factories.portfolio import COLUMNS, PLAIN_LOGISTIC, SMALL_TREES, portfolio, scoring_model

PASSES = (_add_up, _calibrate, _choose_reasons, _walk_rows)


@pytest.mark.parametrize("recipe", [SMALL_TREES, PLAIN_LOGISTIC], ids=["trees", "logistic"])
def test_scoring_compiles_nothing_more(recipe: TreeRecipe | LogisticRecipe) -> None:
    model, frame = scoring_model(recipe), portfolio(20, seed=3)[0]
    warm_up()
    compiled = [len(one.signatures) for one in PASSES]
    model.score_many(frame[:1])
    model.score_many(frame)
    model.score(frame.select(model.features).to_dicts()[0])
    assert np.isfinite(model.points(COLUMNS.matrix(frame))[0]).all()
    assert [len(one.signatures) for one in PASSES] == compiled
    assert all(compiled)
