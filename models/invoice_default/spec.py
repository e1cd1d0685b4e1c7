"""invoice_default: what is asked, of which firms, by which features, and the two recipes that compete for it."""

from itertools import chain

from models.boosted_trees import TreeRecipe
from models.cross_validation import Division
from models.invoice_default.reasons import REASONS
from models.logistic import LogisticRecipe
from models.spec import ModelSpec
from models.terms import AtVerdict, Population, Target, Weights

DIVISION = Division(repeats=20, folds=5, seed=20200222)

SPEC = ModelSpec(
    name="invoice_default",
    title="发票经营评分模型",
    title_en="Default, judged by VAT invoices alone",
    features=tuple(chain.from_iterable(REASONS.values())),
    target=Target("银行认定违约(未披露日期)", "default in the bank's verdict, day not disclosed", dpd=90),
    population=Population("firms that a bank has judged"),
    maturity=AtVerdict(),
    weights=Weights(),
    split=DIVISION,
    recipes=(
        TreeRecipe(trees=60, depth=2, leaves=4, learning_rate=0.1, smallest_leaf=8, penalty=3.0),
        LogisticRecipe(penalty=10.0),
    ),
    least_to_train=10,
)
