"""F09 random inspections: chance says who is inspected, integrity what is found."""

import numpy as np
import polars as pl

from features.contracts.inspection import INSPECTION_RESULTS
from features.sources.city.arrays import Floats, Ints
from features.sources.city.rows import days, only_where, state, words
from features.sources.city.shard import Shard

_ITEMS = (
    ("登记事项检查", "市场监管"),
    ("公示信息检查", "市场监管"),
    ("商品质量抽检", "市场监管"),
    ("价格行为检查", "市场监管"),
    ("消防安全检查", "消防"),
    ("劳动用工检查", "人社"),
    ("税务检查", "税务"),
)
_ITEM_SHARES = (0.25, 0.30, 0.15, 0.08, 0.10, 0.07, 0.05)
_IN_WORDS = ("未发现问题", "责令限期改正", "发现问题待后续处理", "通过登记的住所无法联系", "发现违法行为移送处理")
_TEXT_SHARE = 0.25


def inspections(shard: Shard) -> pl.DataFrame:
    """Some findings arrive in words only."""
    chance = shard.chances.of("inspections")
    rule, months = shard.parameters.market.inspection, shard.months
    firm, month = np.nonzero(shard.delivered & (chance.random(shard.delivered.shape) < rule.rate))
    count = len(firm)
    inspected = months.begins[month] + chance.integers(0, 28, count)
    result = _found(shard, firm, month, chance)
    item = chance.choice(len(_ITEMS), size=count, p=_ITEM_SHARES)
    coded = chance.random(count) >= rule.uncoded
    text = only_where(words(_IN_WORDS, result), ~coded | (chance.random(count) < _TEXT_SHARE))
    stated = state(
        shard, "F09", firm, month, inspected,
        {
            "plan": words([f"{year}年度双随机抽查计划" for year in months.year], month),
            "item": words([name for name, _ in _ITEMS], item),
            "org": words([org for _, org in _ITEMS], item),
            "result": only_where(words(INSPECTION_RESULTS, result), coded),
            "result_text": text,
            "inspected_on": days(inspected),
        },
    )  # fmt: skip
    calendar = zip(months.year, months.month_of_year, strict=True)
    of_month = words([f"SZ{year}{number:02d}" for year, number in calendar], month)
    task = pl.concat_str(of_month, pl.Series(shard.firms.district[firm]).cast(pl.String))
    return stated.with_columns(pl.select(task_id=task).to_series())


def _found(shard: Shard, firm: Ints, month: Ints, chance: np.random.Generator) -> Ints:
    """Positions in INSPECTION_RESULTS, drawn by the odds of each against a normal result."""
    rule, latent = shard.parameters.market.inspection, shard.latent
    careless = rule.integrity * latent.integrity[firm]
    lost = rule.not_found + rule.not_found_dormant * shard.firms.dormant[firm]
    odds: Floats = np.exp(
        np.stack(
            [
                np.zeros(len(firm)),
                rule.to_correct + careless,
                rule.abnormal + careless,
                lost + rule.not_found_stress * latent.stress[firm, month],
                rule.unlawful + 1.5 * careless,
            ]
        )
    )
    upto = np.cumsum(odds, axis=0) / odds.sum(axis=0)
    found: Ints = (chance.random(len(firm)) > upto).sum(axis=0)
    return found
