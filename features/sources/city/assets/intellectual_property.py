"""F52 patents, F53 trademarks and copyrights: they follow from quality, and a few firms file most of them."""

import numpy as np
import polars as pl

from features.contracts.patent import LAPSED, PATENT_KINDS, PENDING, REFUSED, VALID
from features.contracts.trademark import COPYRIGHT, MARK_EXPIRED, MARK_REVOKED, MARK_VALID, TRADEMARK_RIGHT
from features.sources.city.arrays import Floats, Ints
from features.sources.city.assets.drawing import in_business, numbered, weighted
from features.sources.city.rows import days, later, only_where, same, state, words
from features.sources.city.shard import Shard

_KIND_SHARES = (0.3, 0.55, 0.15)
_GRANTED_SHARES = np.array([0.55, 0.95, 0.97])
_EXAMINED_DAYS = np.array([780, 250, 200])
_LAPSE_WITHIN_DAYS = 3_650
_LAPSES = 0.35
_MOST_A_MONTH = 40
_TEN_YEARS = 3_652
_FIFTY_YEARS = 18_262
_REVOKED_SHARE = 0.03


def _filings(shard: Shard, monthly: Floats, chance: np.random.Generator) -> tuple[Ints, Ints]:
    """(firm, day) of each filing; a firm may file several times a month. monthly: (firms,) expected filings."""
    possible = in_business(shard)
    number = np.minimum(chance.poisson(monthly[:, None] * possible), _MOST_A_MONTH)
    firm, month = np.nonzero(number)
    times = number[firm, month]
    firm, month = np.repeat(firm, times), np.repeat(month, times)
    return firm, shard.months.begins[month] + chance.integers(0, 28, len(firm))


def _expected(
    shard: Shard, rate: float, quality: float, own_sigma: float, factor: Floats, chance: np.random.Generator
) -> Floats:
    """(firms,) filings a month: by section, size and quality, and very differently from firm to firm."""
    own = own_sigma * chance.standard_normal(shard.firms.count) - own_sigma**2 / 2
    scale = (shard.firms.revenue / 1_000_000) ** 0.25
    expected: Floats = rate * factor * scale * np.exp(quality * shard.latent.quality + own)
    return expected


def patents(shard: Shard) -> pl.DataFrame:
    """Filed, then examined: granted or refused in a second version; a grant may lapse or be pledged in a third."""
    chance = shard.chances.of("patents")
    rule = shard.parameters.assets.patent
    factor = weighted(shard, rule.sections, rule.other)
    firm, filed = _filings(shard, _expected(shard, rule.rate, rule.quality, rule.own_sigma, factor, chance), chance)
    count = len(firm)
    kind = chance.choice(len(PATENT_KINDS), size=count, p=_KIND_SHARES)
    granted = chance.random(count) < _GRANTED_SHARES[kind]
    examined = filed + (_EXAMINED_DAYS[kind] * np.exp(0.3 * chance.standard_normal(count))).astype(np.int64)
    lapsed = granted & (chance.random(count) < _LAPSES)
    pledged = granted & ~lapsed & (chance.random(count) < rule.pledged_share)
    fate = examined + chance.integers(200, _LAPSE_WITHIN_DAYS, count)
    owners = np.where(chance.random(count) < rule.joint_share, chance.integers(2, 4, count), 1)
    stated = state(
        shard, "F52", firm, np.arange(count), filed,
        {
            "patent_no": numbered("CN", shard.firms.entity[firm] * 4_096 + np.arange(count) % 4_096, 12),
            "kind": words(PATENT_KINDS, kind),
            "filed_on": days(filed),
            "granted_on": days(examined, granted),
            "status": words((REFUSED, VALID), granted.astype(np.int64)),
            "pledged": np.zeros(count, dtype=np.bool_),
            "owners": owners.astype(np.int32),
            "examined_on": days(examined),
            "lapsed_on": days(fate, lapsed),
            "pledged_on": days(fate, pledged),
        },
    )  # fmt: skip
    filed_only = stated.with_columns(status=pl.lit(PENDING), granted_on=pl.lit(None, dtype=pl.Date))
    gone = later(stated, "lapsed_on", op="U", versions=2).with_columns(status=pl.lit(LAPSED))
    pawned = later(stated, "pledged_on", op="U", versions=2).with_columns(pledged=pl.lit(True))
    return pl.concat([filed_only, later(stated, "examined_on", op="U"), gone, pawned]).drop(
        "examined_on", "lapsed_on", "pledged_on"
    )


def trademarks(shard: Shard) -> pl.DataFrame:
    """Copyrights above all of software houses; a revoked mark is a second version."""
    chance = shard.chances.of("trademarks")
    rule = shard.parameters.assets.trademark
    factor = weighted(shard, rule.sections, rule.other)
    firm, starts = _filings(shard, _expected(shard, rule.rate, rule.quality, rule.own_sigma, factor, chance), chance)
    count = len(firm)
    mark = chance.random(count) >= rule.copyright_share
    ends = starts + np.where(mark, _TEN_YEARS, _FIFTY_YEARS)
    over = starts + chance.integers(400, _TEN_YEARS, count)
    own_class = 1 + (shard.firms.entity[firm] * 13 + shard.firms.section[firm]) % 45
    spread = np.where(chance.random(count) < 0.6, own_class, chance.integers(1, 46, count))
    stated = state(
        shard, "F53", firm, np.arange(count), starts,
        {
            "reg_no": numbered("", shard.firms.entity[firm] * 4_096 + np.arange(count) % 4_096, 12),
            "kind": words((COPYRIGHT, TRADEMARK_RIGHT), mark.astype(np.int64)),
            "nice_class": only_where(pl.Series(spread.astype(np.int32)), mark),
            "starts_on": days(starts),
            "ends_on": days(ends),
            "status": same(MARK_VALID, count),
            "revoked_on": days(over, mark & (chance.random(count) < _REVOKED_SHARE)),
            "expired_on": days(ends, mark),
        },
    )  # fmt: skip
    revoked = later(stated, "revoked_on", op="U").with_columns(status=pl.lit(MARK_REVOKED), ends_on="revoked_on")
    expired = later(stated.filter(pl.col("revoked_on").is_null()), "expired_on", op="U").with_columns(
        status=pl.lit(MARK_EXPIRED)
    )
    return pl.concat([stated, revoked, expired]).drop("revoked_on", "expired_on")
