"""What a model is held against: a scorecard as banks build it, and an EBM, in the model's own training."""

import importlib.util
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from bureau.errors import InvalidInput, UnknownName
from models.boosted_trees import TreeRecipe
from models.ebm import EBMRecipe
from models.logistic import LogisticRecipe
from models.predictor import Recipe
from models.spec import ModelSpec
from models.woe_scorecard import ScorecardRecipe

SCORECARD = ScorecardRecipe(bins=6, penalty=30.0)
EBM = EBMRecipe()
BASELINES: Mapping[str, Recipe] = {recipe.kind: recipe for recipe in (SCORECARD, EBM)}
EXTRA = "contenders"
_KINDS: Mapping[str, Callable[..., Recipe]] = {
    TreeRecipe.kind: TreeRecipe,
    LogisticRecipe.kind: LogisticRecipe,
    ScorecardRecipe.kind: ScorecardRecipe,
    EBMRecipe.kind: EBMRecipe,
}


def of_kind(spec: ModelSpec, kind: str) -> ModelSpec:
    """The same question put to one kind of model only: one of its own, or a baseline.

    Raises `UnknownName`, and `InvalidInput` where the kind needs a package that is not installed.
    """
    recipes = {recipe.kind: recipe for recipe in spec.recipes} | baselines()
    if kind not in recipes:
        raise UnknownName("kind of model", kind, recipes)
    _require_installed(kind)
    return replace(spec, recipes=(recipes[kind],))


def recipe_from(kind: str, choices: Mapping[str, Any]) -> Recipe:
    """A recipe from its figures, as a version's files keep them. Raises `InvalidInput` where none can be fitted so."""
    _require_installed(kind)
    try:
        return _KINDS[kind](**{name: tuple(made) if isinstance(made, list) else made for name, made in choices.items()})
    except (KeyError, TypeError) as problem:
        raise InvalidInput(f"The recipe of kind {kind!r} is none that can be fitted today. Train anew.") from problem


def baselines() -> dict[str, Recipe]:
    """By kind; the scorecard's bins are optbinning's where it is installed, else quantiles'."""
    return {**BASELINES, SCORECARD.kind: replace(SCORECARD, optimal=_installed("optbinning"))}


def _require_installed(kind: str) -> None:
    if kind == EBM.kind and not _installed("interpret"):
        raise InvalidInput(
            f"The kind {kind!r} needs the extra {EXTRA!r}: run `make {EXTRA}` (or pip install interpret-core) first."
        )


def _installed(module: str) -> bool:
    return importlib.util.find_spec(module) is not None
