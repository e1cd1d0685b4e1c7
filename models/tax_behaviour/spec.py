"""tax_behaviour: what is asked, of whom, by which features, and the two recipes that compete for it."""

from datetime import date
from itertools import chain

from models.boosted_trees import TreeRecipe
from models.logistic import LogisticRecipe
from models.question import Question
from models.spec import ModelSpec
from models.tax_behaviour.reasons import REASONS
from models.terms import AfterMonths, Population, Target, Weights
from models.time_split import TimeSplit

TREES = TreeRecipe(
    trees=150, depth=3, leaves=6, learning_rate=0.03, smallest_leaf=50, penalty=20.0, share_of_features=0.5
)

SPEC = ModelSpec(
    name="tax_behaviour",
    title="税务行为评分模型",
    title_en="Default within 12 months of a loan, judged by tax conduct alone",
    features=tuple(chain.from_iterable(REASONS.values())),
    target=Target(
        "放款后{months}个月内逾期{dpd}天及以上(仅以税务行为判断)",
        "{dpd} or more days past due within {months} months of the grant of a loan, judged by tax conduct alone",
        dpd=90,
        months=12,
    ),
    population=Population("loans of every enterprise that a bank granted one"),
    maturity=AfterMonths(12),
    weights=Weights(),
    # A whole year calibrates, so that no season leans on it.
    split=TimeSplit(calibrate_from=date(2020, 1, 1), test_from=date(2021, 1, 1), test_months=16),
    codes={feature: code for code, features in REASONS.items() for feature in features},
    recipes=(TREES, LogisticRecipe(penalty=2000.0)),
    least_to_train=30,
    least_to_judge=15,
)

QUESTION = Question(SPEC)
