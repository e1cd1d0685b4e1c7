"""The compiled passes of scoring, loaded before the first caller: compiling them takes seconds, loading them tenths."""

import numpy as np

from models.calibration import Platt
from models.columns import Column, Columns
from models.logistic import Logistic, Term
from models.scorecard import master_scale
from models.scoring import ScoringModel
from models.trees.parts import TreeParts
from models.wording import Words


def warm_up() -> None:
    """Run each pass once, for one row and for many, which are compiled apart."""
    _no_trees().of(np.zeros((1, 2)))
    model = _nothing()
    model.score(dict.fromkeys(model.features, 0.0))
    model.codes.principal(model.points(np.zeros((2, 2)))[1])


def _no_trees() -> TreeParts:
    return TreeParts(
        nodes=np.zeros((0, 10), np.int32),
        starts=np.zeros(1, np.int64),
        columns=np.zeros((0, 2), np.int32),
        questions=np.zeros((4, 0), np.int32),
        thresholds=np.zeros(0),
        sets=np.zeros(0, np.uint32),
        table=np.zeros(0),
        slots=np.zeros(0, np.int32),
        base=0.0,
        features=2,
    )


def _nothing() -> ScoringModel:
    """A model that says the same of everybody."""
    names = ("one", "other")
    return ScoringModel(
        name="warm-up",
        version="0",
        columns=Columns(tuple(map(Column, names))),
        predictor=Logistic(0.0, (Term((0.0,), (0.0,), 0.0, 1.0, (0.0,)),) * 2),
        calibration=Platt(0.0, 1.0),
        scale=master_scale(),
        words=tuple(Words(name, "", "", "", 0, name, "", "", "", "") for name in names),
        definition_hash="",
        snapshot=0,
    )
