"""By what enterprises are told apart in a report and at the gate of fairness: size, industry, district and age."""

from collections.abc import Iterable, Mapping
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

Groups = Mapping[str, NDArray[Any]]
"""What enterprises are told apart by, and the group of each row; an empty text where it is not known."""

SEGMENT_FEATURES = ("insured_staff", "industry_section", "registration_district", "age_days")
"""Read beside a model's own features, and not offered to it unless they are its own."""
SIZES = ((1, "0 insured"), (10, "1-9 insured"), (100, "10-99 insured"), (None, "100 or more insured"))
AGES = ((365, "under 1 year"), (3 * 365, "1 to 3 years"), (8 * 365, "3 to 8 years"), (None, "8 years or more"))
EMPLOYEES = ((1, "no employee"), (10, "1-9 employees"), (50, "10-49 employees"), (None, "50 or more employees"))
NEW = ((1, "existing firm"), (None, "new firm"))
_BANDED = {
    "insured_staff": ("size", SIZES),
    "age_days": ("age", AGES),
    "guaranteed_loan_employees": ("size", EMPLOYEES),
    "guaranteed_loan_new_firm": ("age", NEW),
}
_NAMED = {
    "industry_section": "industry",
    "registration_district": "district",
    "guaranteed_loan_sector": "industry",
    "guaranteed_loan_state": "district",
}
"""Of firms here, and of the loans abroad whose publication knows neither insured staff nor the day of founding."""


def features_beside(own: Iterable[str]) -> tuple[str, ...]:
    """The features of segments that a model does not read itself."""
    held = set(own)
    return tuple(name for name in SEGMENT_FEATURES if name not in held)


def segments_of(frame: pl.DataFrame) -> Groups:
    """The group of each row in every division whose feature the frame has; an empty text where it is not known."""
    found = [(by, _banded(frame[name], bands)) for name, (by, bands) in _BANDED.items() if name in frame.columns]
    found += [(by, frame[name].cast(pl.String)) for name, by in _NAMED.items() if name in frame.columns]
    known: dict[str, pl.Series] = {}
    for by, group in found:
        if by not in known or known[by].null_count() == len(group):
            known[by] = group
    return {by: np.asarray(group.fill_null("").to_list(), dtype=str) for by, group in known.items()}


def _banded(values: pl.Series, bands: Iterable[tuple[int | None, str]]) -> pl.Series:
    chosen = pl.lit(None, dtype=pl.String)
    for below, name in reversed(list(bands)):
        chosen = (
            pl.lit(name) if below is None else pl.when(pl.col("value") < below).then(pl.lit(name)).otherwise(chosen)
        )
    told = pl.when(pl.col("value").is_not_null() & pl.col("value").is_not_nan()).then(chosen)
    return pl.DataFrame({"value": values.cast(pl.Float64)}).select(told.alias("band"))["band"]
