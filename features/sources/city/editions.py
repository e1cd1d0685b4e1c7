"""Registrars who still write what an enterprise does in the industry codes of 2011."""

import numpy as np
import polars as pl

from features.sources.city.industries import CLASSES_OF_2011
from features.sources.city.parameters import Parameters
from features.sources.city.streams import scramble


def with_classes_of_2011(
    registrations: pl.DataFrame, parameters: Parameters, chance: np.random.Generator
) -> pl.DataFrame:
    """A share of the registrations, each in every version. A class both editions number alike does not show it."""
    drawn = scramble(registrations["record_id"].to_numpy(), int(chance.integers(1 << 62))) / 2.0**64
    chosen = pl.Series(drawn < parameters.dirt.of("F01").class_of_2011)
    older = pl.col("industry").replace(CLASSES_OF_2011)
    return registrations.with_columns(industry=pl.when(chosen).then(older).otherwise("industry"))
