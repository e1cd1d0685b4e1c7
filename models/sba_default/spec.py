"""sba_default: what is asked, of which loans, by which features, and the two recipes that compete for it."""

from datetime import date
from itertools import chain

from models.boosted_trees import TreeRecipe
from models.cross_validation import Division
from models.logistic import LogisticRecipe
from models.question import Question
from models.sba_default.reasons import REASONS
from models.spec import ModelSpec
from models.terms import AtEnd, Population, Target, Weights
from models.time_split import TimeSplit

TREES = TreeRecipe(
    trees=400, depth=4, leaves=12, learning_rate=0.03, smallest_leaf=50, penalty=20.0, share_of_features=0.4
)

CALIBRATED_BY = Division(repeats=2, folds=3, seed=20050930)
"""The last year before the test is fitted too: these folds score it by fits that had not seen the loan."""

SPEC = ModelSpec(
    name="sba_default",
    title="担保贷款核销模型",
    title_en="Charge-off of guaranteed small-business loans",
    features=tuple(chain.from_iterable(REASONS.values())),
    target=Target("担保贷款最终被核销", "the guaranteed loan is charged off in the end", dpd=90),
    # The market of older loans was another, and most of what the form asks today was not asked of them.
    population=Population("loans guaranteed under the US programme 7(a)", granted_from=date(1999, 10, 1)),
    # Of the charge-offs of loans approved from 2000 to 2006, 53 % came within 60 months and 84 % within these.
    maturity=AtEnd(vintage_months=84),
    # Charged-off and repaid loans were drawn in equal numbers, and the market moves fast: see the card for the choice.
    weights=Weights(fitted="equal", half_life_days=365),
    # Fiscal years of the US begin in October: calibrated on 2004, judged on 2005 and what follows.
    split=TimeSplit(calibrate_from=date(2003, 10, 1), test_from=date(2004, 10, 1), folds=CALIBRATED_BY),
    recipes=(TREES, LogisticRecipe(penalty=100.0)),
    least_to_train=30,
    least_to_judge=15,
)

QUESTION = Question(SPEC)
