"""Who competes on a set: ours, what its bounds cost, LightGBM as it comes, and the best that others bring."""

from collections.abc import Sequence
from dataclasses import replace

from models.boosted_trees import TreeRecipe
from models.logistic import LogisticRecipe
from models.predictor import Recipe
from models.real.extras import CatBoostLearner, EBMLearner, absent
from models.real.learner import Contender, Learner
from models.real.lightgbm_learner import LightGBMLearner, WithoutDepth, drawn_choices
from models.woe_scorecard import ScorecardRecipe

OURS, UNSIGNED, DEEPER, PLAIN = "ours", "ours without signs", "ours without a depth limit", "lightgbm_default"
SERVED = "ours as served"
"""A release holds one recipe and no blend of them."""
TUNED = "LightGBM tuned"
OWN = (OURS, SERVED, UNSIGNED, DEEPER)

_STUMPS = TreeRecipe(
    trees=300, depth=1, leaves=2, learning_rate=0.1, smallest_leaf=8, penalty=1.0, share_of_features=0.5
)
_SHALLOW = TreeRecipe(trees=200, depth=3, leaves=6, smallest_leaf=20, penalty=10.0)
_CALM = TreeRecipe(
    trees=300, depth=6, leaves=16, learning_rate=0.03, smallest_leaf=50, penalty=20.0, share_of_features=0.3
)
_FREE = TreeRecipe(trees=250, depth=6, leaves=31, smallest_leaf=20, penalty=0.0, share_of_features=0.8)
_BALANCED = replace(_FREE, penalty=3.0, balanced=True)
_BLEND: tuple[Recipe, ...] = (_FREE, LogisticRecipe(penalty=10.0), _CALM, _STUMPS, _BALANCED, _SHALLOW)
"""From one step a column to six: which of them a set wants, it says itself by the weights they earn."""

LOAN_TREES = TreeRecipe(
    trees=800,
    depth=6,
    leaves=24,
    learning_rate=0.03,
    smallest_leaf=50,
    penalty=20.0,
    share_of_features=0.4,
    by_chance=True,
    smoothing=100.0,
)
"""For the loans, which have categories of fifty kinds: chosen by fiscal 2003 and 2004."""

_CARDS = tuple(ScorecardRecipe(bins, penalty) for bins in (8, 12, 5, 20) for penalty in (1.0, 30.0))
_CATBOOST = ((4, 0.05), (6, 0.05), (4, 0.1), (3, 0.1), (6, 0.03), (3, 0.05), (6, 0.1), (5, 0.05))
_EBM = ((10, 256), (0, 256), (0, 32), (10, 32), (0, 64), (0, 128), (10, 64), (10, 128))


def contenders(
    budget: int, seed: int, first: Sequence[Recipe] = (), plain_columns: tuple[str, ...] = ()
) -> list[Contender]:
    """All that can take part; each may try as many settings as the budget says.

    first: the recipes of the model the set belongs to, taken before the others of ours. plain_columns: what LightGBM
    as it comes reads, all unless said.
    """
    own = tuple(_of_run(one, seed) for one in dict.fromkeys((*first, *_BLEND)))[:budget]
    deeper = tuple(WithoutDepth(one) if isinstance(one, TreeRecipe) else one for one in own)
    return [
        Contender(OURS, blend=own, signed=True),
        Contender(SERVED, blend=own[:1], signed=True),
        Contender(UNSIGNED, blend=own),
        Contender(DEEPER, blend=deeper, signed=True),
        Contender(PLAIN, (LightGBMLearner(),), plain=True, only=plain_columns),
        *others(budget, seed),
    ]


def _of_run(recipe: Recipe, seed: int) -> Recipe:
    return replace(recipe, seed=recipe.seed + seed) if isinstance(recipe, TreeRecipe) else recipe


def others(budget: int, seed: int) -> list[Contender]:
    """The rivals, among which the best counts."""
    found = [Contender("logistic scorecard", _CARDS[:budget]), Contender(TUNED, drawn_choices(budget, seed))]
    optional: dict[str, list[Learner]] = {
        "EBM": [EBMLearner(interactions, bins, seed) for interactions, bins in _EBM],
        "CatBoost": [CatBoostLearner(depth, rate, 300, seed) for depth, rate in _CATBOOST],
    }
    found += [Contender(name, tuple(some[:budget])) for name, some in optional.items() if absent(name) is None]
    return found
