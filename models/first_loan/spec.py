"""first_loan: the question, its periods, the features and the two recipes that compete for it."""

from datetime import date
from itertools import chain

from models.boosted_trees import TreeRecipe
from models.cross_validation import Division
from models.first_loan.labels import read_labels
from models.first_loan.reasons import REASONS
from models.logistic import LogisticRecipe
from models.question import Question
from models.spec import ModelSpec
from models.time_split import TimeSplit

SPLIT = TimeSplit(calibrate_from=date(2019, 1, 1), test_from=date(2021, 1, 1))
"""First loans are few: two years calibrate, a calm one and one of a slump."""

LEAST_TO_TRAIN, LEAST_TO_JUDGE = 30, 15
"""Defaults needed in the oldest and in the newest part."""

TREES = TreeRecipe(
    trees=100, depth=2, leaves=4, learning_rate=0.03, smallest_leaf=50, penalty=20.0, share_of_features=0.3
)

SPEC = ModelSpec(
    name="first_loan",
    title="首贷户评分模型",
    title_en="Default of enterprises without loan history within 12 months of their first loan",
    target="首笔贷款放款后12个月内逾期90天及以上",
    target_en="90 or more days past due within 12 months of the grant of the enterprise's first loan",
    features=tuple(chain.from_iterable(REASONS.values())),
    codes={feature: code for code, features in REASONS.items() for feature in features},
    recipes=(TREES, LogisticRecipe(penalty=4000.0)),
    division=Division(repeats=4, folds=5, seed=20230430),
    least_defaults=LEAST_TO_TRAIN + LEAST_TO_JUDGE,
)

QUESTION = Question(SPEC, read_labels, SPLIT, TREES, LEAST_TO_TRAIN, LEAST_TO_JUDGE, newcomers=True)
