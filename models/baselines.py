"""What a model is held against: a scorecard as banks build it, and an EBM, in the model's own training."""

import importlib.util
from collections.abc import Mapping
from dataclasses import replace

from bureau.errors import InvalidInput, UnknownName
from models.ebm import EBMRecipe
from models.predictor import Recipe
from models.spec import ModelSpec
from models.woe_scorecard import ScorecardRecipe

SCORECARD = ScorecardRecipe(bins=6, penalty=30.0)
EBM = EBMRecipe()
BASELINES: Mapping[str, Recipe] = {recipe.kind: recipe for recipe in (SCORECARD, EBM)}
EXTRA = "contenders"


def of_kind(spec: ModelSpec, kind: str) -> ModelSpec:
    """The same question put to one kind of model only: one of its own, or a baseline.

    Raises `UnknownName`, and `InvalidInput` where the kind needs a package that is not installed.
    """
    recipes = {recipe.kind: recipe for recipe in spec.recipes} | baselines()
    if kind not in recipes:
        raise UnknownName("kind of model", kind, recipes)
    if kind == EBM.kind and not _installed("interpret"):
        raise InvalidInput(
            f"The kind {kind!r} needs the extra {EXTRA!r}: run `make {EXTRA}` (or pip install interpret-core) first."
        )
    return replace(spec, recipes=(recipes[kind],))


def baselines() -> dict[str, Recipe]:
    """By kind; the scorecard's bins are optbinning's where it is installed, else quantiles'."""
    return {**BASELINES, SCORECARD.kind: replace(SCORECARD, optimal=_installed("optbinning"))}


def _installed(module: str) -> bool:
    return importlib.util.find_spec(module) is not None
