"""Made-up loans over six years, as a training set of sme_default or of another model of loans."""

from datetime import date, timedelta

import numpy as np
import polars as pl

from features.definitions.library import definition_hash
from models.calibration import fit_platt
from models.logistic import LogisticRecipe
from models.scoring import ScoringModel
from models.sme_default.spec import SPEC
from models.spec import ModelSpec
from models.training import Labelled, assemble, rows_of

FIRST, LAST = date(2016, 2, 1), date(2022, 2, 28)


def labelled_loans(
    loans: int = 1500, *, strength: float = 1.5, rate: float = 0.08, seed: int = 1, spec: ModelSpec = SPEC
) -> Labelled:
    """Loans whose default follows late declarations and sales trend (of tax where sales are not read).

    strength 0 makes it a coin's.

    Every other loan is the second of its firm. Loans of odd position stand for three of the population.
    """
    random = np.random.default_rng(seed)
    listed = {column.name: column.categories for column in spec.columns.columns}
    columns = {name: _values(categories, loans, random) for name, categories in listed.items()}
    late, trend = random.poisson(1.0, loans).astype(float), random.normal(0, 0.3, loans)
    columns |= {"tax_late_declarations_12p": late, _trend_of(spec): trend}
    risk = strength * (0.8 * late - 3 * trend) + random.logistic(0, 1, loans)
    granted = [FIRST + timedelta(days=int(day)) for day in np.sort(random.integers(0, (LAST - FIRST).days, loans))]
    frame = pl.DataFrame(
        {
            "subject": [f"firm {i // 2}" for i in range(loans)],
            "as_of": [day - timedelta(days=1) for day in granted],
            "target": (risk >= np.quantile(risk, 1 - rate)).astype(float),
            "weight": np.where(np.arange(loans) % 2 == 1, 3.0, 1.0),
            "loan": [f"{i:016x}" for i in range(loans)],
            "granted_on": granted,
            **columns,
        }
    )
    return Labelled(frame, rows_of(spec.columns, frame), definition_hash(spec.features), snapshot=5)


def _trend_of(spec: ModelSpec) -> str:
    return next(name for name in ("sales_trend_6p", "tax_paid_trend_6p") if name in spec.features)


def _values(categories: tuple[str, ...] | None, rows: int, random: np.random.Generator) -> np.ndarray:
    return random.random(rows) if categories is None else random.choice(categories, rows)


def quick_model(labelled: Labelled) -> ScoringModel:
    """A signed logistic sme_default of all these loans, calibrated on them: fitted in a blink."""
    rows = labelled.rows
    predictor = LogisticRecipe(penalty=10.0).fit(rows.columns, rows.matrix, rows.target, rows.weight)
    calibration = fit_platt(predictor.raw(rows.matrix), rows.target, rows.weight, rising=True)
    return assemble(SPEC, labelled, predictor, calibration)
