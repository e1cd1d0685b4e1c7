"""tax_behaviour: the question, its periods, the features and the two recipes that compete for it."""

from datetime import date
from itertools import chain

from models.boosted_trees import TreeRecipe
from models.cross_validation import Division
from models.logistic import LogisticRecipe
from models.question import Question
from models.spec import ModelSpec
from models.tax_behaviour.labels import read_labels
from models.tax_behaviour.reasons import REASONS
from models.time_split import TimeSplit

SPLIT = TimeSplit(calibrate_from=date(2020, 1, 1), test_from=date(2021, 1, 1))
"""A whole year calibrates, so that no season leans on it."""

LEAST_TO_TRAIN, LEAST_TO_JUDGE = 30, 15
"""Defaults needed in the oldest and in the newest part."""

TREES = TreeRecipe(
    trees=150, depth=3, leaves=6, learning_rate=0.03, smallest_leaf=50, penalty=20.0, share_of_features=0.5
)

SPEC = ModelSpec(
    name="tax_behaviour",
    title="税务行为评分模型",
    title_en="Default within 12 months of a loan, judged by tax conduct alone",
    target="放款后12个月内逾期90天及以上(仅以税务行为判断)",
    target_en="90 or more days past due within 12 months of the grant of a loan, judged by tax conduct alone",
    features=tuple(chain.from_iterable(REASONS.values())),
    codes={feature: code for code, features in REASONS.items() for feature in features},
    recipes=(TREES, LogisticRecipe(penalty=2000.0)),
    division=Division(repeats=4, folds=5, seed=20230430),
    least_defaults=LEAST_TO_TRAIN + LEAST_TO_JUDGE,
)

QUESTION = Question(SPEC, read_labels, SPLIT, TREES, LEAST_TO_TRAIN, LEAST_TO_JUDGE)
