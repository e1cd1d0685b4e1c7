"""Made-up firms with invoices and a bank's verdict, as a training set of invoice_default."""

from datetime import date

import numpy as np
import polars as pl

from features.definitions.library import definition_hash
from models.invoice_default.spec import SPEC
from models.training import Labelled, rows_of

VERDICT_DAY = date(2020, 2, 22)


def labelled_verdicts(firms: int = 80, *, size: float = 0.0, rate: float = 0.0, seed: int = 1) -> Labelled:
    """A training set of made-up verdicts, a coin's unless something tells them.

    size: how much small sales tell default, which a logistic model says best.
    rate: how much a tax rate in the middle tells it, which only trees can say.
    """
    random = np.random.default_rng(seed)
    columns = {name: random.random(firms) for name in SPEC.features}
    sales, tax_rate = random.normal(0, 1, firms), columns["sales_tax_rate_12p"]
    risk = -size * sales + rate * (np.abs(tax_rate - 0.5) < 0.2) + random.logistic(0, 1, firms)
    columns["sales_amount_24p"] = np.exp(20 + 1.5 * sales).round()
    frame = pl.DataFrame(
        {
            "subject": [f"E{i}" for i in range(firms)],
            "as_of": [VERDICT_DAY] * firms,
            "target": (risk >= np.quantile(risk, 0.7)).astype(float),
            "weight": np.ones(firms),
            "loan": [f"{i:016x}" for i in range(firms)],
            **columns,
        }
    )
    rows = rows_of(SPEC.columns, frame)
    return Labelled(frame, rows, definition_hash(SPEC.features), snapshot=3)
