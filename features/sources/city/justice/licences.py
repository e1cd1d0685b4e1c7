"""F33 administrative licences: what a trade needs, granted again and again over a firm's life."""

import numpy as np
import polars as pl

from features.contracts.licence import LICENCE_STATES
from features.sources.city.justice.occasions import by_section, drawn, numbered, occasions, years_of
from features.sources.city.rows import days, settle, state, words
from features.sources.city.shard import Shard

_ITEMS = (
    ("食品经营许可", "市场监督管理局", 5),
    ("公共场所卫生许可", "卫生健康委员会", 4),
    ("道路运输经营许可", "交通运输局", 4),
    ("建筑业企业资质许可", "住房和建设局", 5),
    ("污水排入排水管网许可", "水务局", 5),
    ("户外广告设施设置许可", "城市管理和综合执法局", 2),
    ("占用挖掘道路许可", "交通运输局", 1),
    ("人力资源服务许可", "人力资源和社会保障局", 0),
    ("医疗器械经营许可", "市场监督管理局", 5),
    ("出版物零售许可", "新闻出版局", 3),
    ("特种设备使用登记", "市场监督管理局", 0),
    ("临时占用林地许可", "规划和自然资源局", 2),
)
"""Item, department, years it lasts (0: without end)."""
_NEEDED = 4
"""Different items a firm may need."""
_NEEDY = {"H": 1.6, "C": 1.3, "E": 1.5, "G": 1.4, "O": 1.2, "R": 1.3}
_OTHER_TRADES = 0.85
_GIVEN_UP = (0.70, 0.10, 0.20)
"""Of licences that end early: given up, withdrawn, revoked."""
_SECOND_NUMBER = 1 << 12


def licences(shard: Shard) -> pl.DataFrame:
    """An early end is a second version; a few licences arrive from two departments under two numbers."""
    chance = shard.chances.of("licences")
    rule, firms = shard.parameters.justice.licences, shard.firms
    own = np.exp(rule.quality * shard.latent.quality + 0.5 * chance.standard_normal(firms.count))
    hazard = np.minimum(rule.rate * by_section(shard, _NEEDY, _OTHER_TRADES) * own, 0.9)[:, None]
    granted = occasions(shard, hazard, chance, among=shard.delivered)
    item = (firms.entity[granted.firm] * 7 + chance.integers(0, _NEEDED, granted.count)) % len(_ITEMS)
    twice = np.flatnonzero(chance.random(granted.count) < rule.twice_share)
    firm, began = (np.concatenate([column, column[twice]]) for column in (granted.firm, granted.day))
    ordinal = np.concatenate([granted.month, granted.month[twice] + _SECOND_NUMBER])
    item, count = np.concatenate([item, item[twice]]), len(firm)
    term = (365.25 * np.array([years for _, _, years in _ITEMS])[item]).astype(np.int64)
    odds = rule.ended_share * np.exp(rule.ended_integrity * shard.latent.integrity[firm])
    ended = began + chance.integers(60, 1_000, count)
    early = (chance.random(count) < odds) & ((term == 0) | (ended < began + term))
    way = drawn(chance, count, _GIVEN_UP) + 1
    serial = firms.entity[firm] * (2 * _SECOND_NUMBER) + ordinal
    stated = state(
        shard, "F33", firm, ordinal, began,
        {
            "doc_no": numbered("深许准〔{}〕{}号", years_of(began), serial),
            "item": words([name for name, _, _ in _ITEMS], item),
            "from_on": days(began),
            "to_on": days(began + term, term > 0),
            "org": words([org for _, org, _ in _ITEMS], item),
            "status": words(LICENCE_STATES, np.where(early, way, 0)),
            "ended_on": days(ended, early),
        },
    )  # fmt: skip
    return settle(stated, on="ended_on", unknown_before={"status": pl.lit(LICENCE_STATES[0])}).drop("ended_on")
