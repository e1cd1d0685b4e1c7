"""Who competes on a set: ours, ours without signs, LightGBM as it comes, and the best that others bring."""

from collections.abc import Sequence

from models.boosted_trees import TreeRecipe
from models.logistic import LogisticRecipe
from models.predictor import Recipe
from models.real.extras import CatBoostLearner, EBMLearner, absent
from models.real.learner import Contender, Learner
from models.real.lightgbm_learner import LightGBMLearner, drawn_choices
from models.real.scorecard import ScorecardLearner

OURS, UNSIGNED, PLAIN = "ours", "ours without signs", "lightgbm_default"
TUNED = "LightGBM tuned"

_OWN: tuple[Recipe, ...] = (
    TreeRecipe(trees=200, depth=3, leaves=6, smallest_leaf=20, penalty=10.0),
    TreeRecipe(
        trees=400, depth=4, leaves=12, learning_rate=0.03, smallest_leaf=50, penalty=20.0, share_of_features=0.4
    ),
    TreeRecipe(trees=300, depth=6, leaves=24, learning_rate=0.05, smallest_leaf=20, penalty=10.0),
    LogisticRecipe(penalty=10.0),
    TreeRecipe(trees=600, depth=6, leaves=32, learning_rate=0.05, smallest_leaf=10, penalty=3.0, share_of_features=0.3),
    TreeRecipe(trees=60, depth=2, leaves=4, learning_rate=0.1, smallest_leaf=8, penalty=3.0),
    TreeRecipe(
        trees=400, depth=6, leaves=16, learning_rate=0.02, smallest_leaf=50, penalty=20.0, share_of_features=0.3
    ),
    LogisticRecipe(penalty=100.0),
)


def contenders(
    budget: int, seed: int, first: Sequence[Recipe] = (), plain_columns: tuple[str, ...] = ()
) -> list[Contender]:
    """All that can take part; each may try as many settings as the budget says.

    first: the recipes of the model the set belongs to, tried before the others of ours. plain_columns: what LightGBM
    as it comes reads, all unless said.
    """
    own = tuple(dict.fromkeys((*first, *_OWN)))[:budget]
    return [
        Contender(OURS, own, signed=True),
        Contender(UNSIGNED, own),
        Contender(PLAIN, (LightGBMLearner(),), plain=True, only=plain_columns),
        *others(budget, seed),
    ]


def others(budget: int, seed: int) -> list[Contender]:
    """The rivals, among which the best counts."""
    cards = [ScorecardLearner(bins, penalty) for bins in (5, 8, 12, 20) for penalty in (1.0, 30.0)]
    found = [Contender("logistic scorecard", tuple(cards[:budget])), Contender(TUNED, drawn_choices(budget, seed))]
    optional: dict[str, list[Learner]] = {
        "EBM": [EBMLearner(n, bins, seed) for n in (0, 10) for bins in (32, 64, 128, 256)],
        "CatBoost": [CatBoostLearner(depth, rate, 300, seed) for depth in (4, 6, 3, 8) for rate in (0.05, 0.1)],
    }
    found += [Contender(name, tuple(some[:budget])) for name, some in optional.items() if absent(name) is None]
    return found
