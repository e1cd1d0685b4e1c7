"""F34 administrative penalties: they follow from integrity, not from stress."""

import numpy as np
import polars as pl

from features.contracts.penalty import SEVERITIES
from features.sources.city.arrays import Ints
from features.sources.city.rows import days, fen, only_where, settle, state, words
from features.sources.city.shard import Shard

_ACTS = (
    ("未按规定公示信息", "企业信息公示暂行条例", "警告、罚款", "市场监管"),
    ("产品质量不合格", "产品质量法", "罚款、没收", "产品质量"),
    ("消防设施不符合标准", "消防法", "罚款", "消防"),
    ("未按期申报纳税", "税收征收管理法", "罚款", "税务"),
    ("发布虚假广告", "广告法", "罚款", "广告"),
    ("超标排放污染物", "水污染防治法", "罚款", "环保"),
)
_FINES_YUAN = (800.0, 6_000.0, 60_000.0)
_SEVERITY_SHARES = (0.45, 0.45, 0.10)
_LEAST_PUBLICITY_DAYS = (30, 90, 365)
_DOMAIN_MISSING, _REVOKED = 0.08, 0.004


def penalties(shard: Shard) -> pl.DataFrame:
    """A repair or a revocation is a second version."""
    chance = shard.chances.of("penalties")
    rule, months = shard.parameters.feeds.penalty, shard.months
    hazard = rule.rate * np.exp(rule.integrity * shard.latent.integrity)
    firm, month = np.nonzero(shard.active & (chance.random(shard.active.shape) < hazard[:, None]))
    count = len(firm)
    decided = months.begins[month] + chance.integers(0, 28, count)
    act = chance.integers(0, len(_ACTS), count)
    acts, bases, kinds, domains = zip(*_ACTS, strict=True)
    confiscates = np.array(["没收" in kind for kind in kinds])
    severity = chance.choice(3, size=count, p=_SEVERITY_SHARES)
    fine = np.array(_FINES_YUAN)[severity] * np.exp(0.6 * chance.standard_normal(count))
    repaired = decided + np.array(_LEAST_PUBLICITY_DAYS)[severity] + chance.integers(5, 200, count)
    revoked = decided + chance.integers(20, 300, count)
    repairs = chance.random(count) < rule.repaired_share
    revokes = ~repairs & (chance.random(count) < _REVOKED)
    stated = state(
        shard, "F34", firm, month, decided,
        {
            "doc_no": _numbers(months.year[month], chance.integers(1, 99_999, count)),
            "act": words(acts, act),
            "basis": words(bases, act),
            "kind": words(kinds, act),
            "fine_fen": fen(np.round(fine, -2)),
            "confiscated_fen": fen(np.where(confiscates[act], np.round(fine * 0.4, -2), 0.0)),
            "decided_on": days(decided),
            "published_on": days(decided + chance.integers(2, 7, count)),
            "severity": words(SEVERITIES, severity),
            "domain": only_where(words(domains, act), chance.random(count) >= _DOMAIN_MISSING),
            "revoked_on": days(revoked, revokes),
            "repaired_on": days(repaired, repairs),
        },
    )  # fmt: skip
    nothing = pl.lit(None, dtype=pl.Date)
    settled = stated.with_columns(settled_on=pl.coalesce("repaired_on", "revoked_on"))
    return settle(settled, on="settled_on", unknown_before={"revoked_on": nothing, "repaired_on": nothing}).drop(
        "settled_on"
    )


def _numbers(year: Ints, number: Ints) -> pl.Series:
    """Numbers of decisions, such as 深罚决〔2021〕4711-0号; the last part keeps them apart."""
    frame = pl.DataFrame({"year": year, "number": number}).with_row_index("row")
    return frame.select(pl.format("深罚决〔{}〕{}-{}号", "year", "number", "row")).to_series()
