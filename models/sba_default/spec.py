"""sba_default: the question, the features and the two recipes that compete for it."""

from datetime import date
from itertools import chain

from models.boosted_trees import TreeRecipe
from models.cross_validation import Division
from models.logistic import LogisticRecipe
from models.sba_default.reasons import REASONS
from models.spec import ModelSpec
from models.time_split import TimeSplit

GRANTED_FROM = date(1999, 10, 1)
"""Older loans are left out: their market was another, and most of what the form asks today was not asked of them."""

SPLIT = TimeSplit(calibrate_from=date(2003, 10, 1), test_from=date(2004, 10, 1))
"""Fiscal years of the US begin in October: fitted to 2004, calibrated on 2004, judged on 2005 and what follows."""

HALF_LIFE_DAYS = 365
"""A loan a year older counts half as much: the market moves fast. Chosen, as was that the last year before the test is
fitted too, by loans of 2003 and of 2004, each judged by what came before it: see the card."""

LEAST_TO_TRAIN, LEAST_TO_JUDGE = 30, 15
"""Charge-offs needed in the oldest and in the newest part."""

TREES = TreeRecipe(
    trees=400, depth=4, leaves=12, learning_rate=0.03, smallest_leaf=50, penalty=20.0, share_of_features=0.4
)

SPEC = ModelSpec(
    name="sba_default",
    title="担保贷款核销模型",
    title_en="Charge-off of guaranteed small-business loans",
    target="担保贷款最终被核销",
    target_en="the guaranteed loan is charged off in the end",
    features=tuple(chain.from_iterable(REASONS.values())),
    recipes=(TREES, LogisticRecipe(penalty=100.0)),
    division=Division(repeats=2, folds=3, seed=20050930),
    least_defaults=LEAST_TO_TRAIN + LEAST_TO_JUDGE,
)
