"""F20 tax refunded on exports, and the class in which the bureau manages an exporter's refunds."""

import numpy as np
import polars as pl

from features.contracts.export_refund import REFUND_CLASSES
from features.sources.city.fiscal.customs import EXPORT, cross_border
from features.sources.city.rows import days, fen, state
from features.sources.city.shard import Shard

_REFUND_RATE = 0.09
_CLASS_FROM = (-1.2, 0.4, 1.9)
"""Score from which an exporter leaves the first, second and third class."""


def export_refunds(shard: Shard) -> pl.DataFrame:
    """Not every export is refunded. The class is reviewed every year: integrity, and a judgement's error."""
    chance, rule = shard.chances.of("export-refunds"), shard.parameters.fiscal.export_refund
    trade = cross_border(shard, EXPORT)
    refunded = chance.random(len(trade.firm)) < rule.refunded_share
    firm, month, yuan = trade.firm[refunded], trade.month[refunded], trade.yuan[refunded]
    years = shard.months.year - shard.months.year[0]
    score = rule.class_integrity * shard.latent.integrity[:, None] + chance.standard_normal(
        (shard.firms.count, int(years[-1]) + 1)
    )
    period = shard.months.ends[month]
    return state(
        shard, "F20", firm, month, period,
        {
            "period": days(period),
            "refund_fen": fen(np.round(yuan * _REFUND_RATE, 2)),
            "refund_class": pl.Series(REFUND_CLASSES).gather(
                np.searchsorted(_CLASS_FROM, score[firm, years[month]], side="right")
            ),
        },
    )  # fmt: skip
