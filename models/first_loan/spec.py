"""first_loan: what is asked, of whom, by which features, and the two recipes that compete for it."""

from datetime import date
from itertools import chain

from models.boosted_trees import TreeRecipe
from models.first_loan.reasons import REASONS
from models.logistic import LogisticRecipe
from models.question import Question
from models.spec import ModelSpec
from models.terms import AfterMonths, Population, Target, Weights
from models.time_split import TimeSplit

TREES = TreeRecipe(
    trees=100, depth=2, leaves=4, learning_rate=0.03, smallest_leaf=50, penalty=20.0, share_of_features=0.3
)

SPEC = ModelSpec(
    name="first_loan",
    title="首贷户评分模型",
    title_en="Default of enterprises without loan history within 12 months of their first loan",
    features=tuple(chain.from_iterable(REASONS.values())),
    target=Target(
        "首笔贷款放款后{months}个月内逾期{dpd}天及以上",
        "{dpd} or more days past due within {months} months of the grant of the enterprise's first loan",
        dpd=90,
        months=12,
    ),
    population=Population("loans of enterprises that had none before", newcomers=True, others_teach=True),
    maturity=AfterMonths(12),
    weights=Weights(),
    # First loans are few: two years calibrate, a calm one and one of a slump.
    split=TimeSplit(calibrate_from=date(2019, 1, 1), test_from=date(2021, 1, 1), test_months=16),
    codes={feature: code for code, features in REASONS.items() for feature in features},
    recipes=(TREES, LogisticRecipe(penalty=4000.0)),
    least_to_train=30,
    least_to_judge=15,
)

QUESTION = Question(SPEC)
