"""invoice_default: the question, the features and the two recipes that compete for it."""

from itertools import chain

from models.boosted_trees import TreeRecipe
from models.cross_validation import Division
from models.invoice_default.reasons import REASONS
from models.logistic import LogisticRecipe
from models.spec import ModelSpec

SPEC = ModelSpec(
    name="invoice_default",
    title="发票经营评分模型",
    title_en="Default, judged by VAT invoices alone",
    target="银行认定违约(未披露日期)",
    target_en="default in the bank's verdict, day not disclosed",
    features=tuple(chain.from_iterable(REASONS.values())),
    recipes=(
        TreeRecipe(trees=60, depth=2, leaves=4, learning_rate=0.1, smallest_leaf=8, penalty=3.0),
        LogisticRecipe(penalty=10.0),
    ),
    division=Division(repeats=20, folds=5, seed=20200222),
    least_defaults=10,
)
