"""F06 the abnormal-operation list: who did not report by 30 June, who was not found, and who hid the truth."""

from dataclasses import dataclass

import numpy as np
import polars as pl

from features.contracts.abnormal_listing import ABNORMAL_REASONS
from features.sources.city.arrays import Flags, Ints, delayed
from features.sources.city.market.annual_reports import NEVER_FILED, draw_reporting
from features.sources.city.rows import days, only_where, settle, state, words
from features.sources.city.shard import Shard

NO_REPORT, LOST_CONTACT, FALSE_REPORT, OVERDUE = range(len(ABNORMAL_REASONS))
_CURES = ("补报未报年份的年度报告并公示", "依法办理住所变更登记", "更正其公示的信息", "履行即时信息公示义务")
_LISTED_WITHIN_DAYS = (4, 30)


@dataclass(frozen=True)
class _Listings:
    """Flat; days since 1970. removed: the day it was removed, or NEVER_FILED."""

    firm: Ints
    listed: Ints
    reason: Ints
    removed: Ints


def abnormal_listings(shard: Shard) -> pl.DataFrame:
    """A removal is a second version; of some only the reason arrives and not the day."""
    chance = shard.chances.of("abnormal-listings")
    parts = (_not_reported(shard, chance), _others(shard, chance))
    firm, listed, reason, removed = (
        np.concatenate([getattr(part, name) for part in parts]) for name in ("firm", "listed", "reason", "removed")
    )
    count, gone = len(firm), removed < NEVER_FILED
    dated = gone & (chance.random(count) >= shard.parameters.dirt.cleared_flag_missing)
    districts = [f"深圳市市场监督管理局{district.name}监管局" for district in shard.parameters.districts]
    stated = state(
        shard, "F06", firm, (listed % 65_536) * 4 + reason, listed,
        {
            "listed_on": days(listed),
            "reason": words(ABNORMAL_REASONS, reason),
            "listed_by": words(districts, shard.firms.district[firm]),
            "removed_on": days(removed, dated),
            "removal_reason": only_where(words(_CURES, reason), gone),
            "settled_on": days(removed, gone),
        },
    )  # fmt: skip
    unknown = {"removed_on": pl.lit(None, dtype=pl.Date), "removal_reason": pl.lit(None, dtype=pl.String)}
    return settle(stated, on="settled_on", unknown_before=unknown).drop("settled_on")


def _not_reported(shard: Shard, chance: np.random.Generator) -> _Listings:
    """Listed in July; removed on the day the report came after all."""
    drawn = draw_reporting(shard)
    months = shard.months
    listed = drawn.due + chance.integers(*_LISTED_WITHIN_DAYS, len(drawn.due))
    after: Flags = drawn.skipped & (drawn.filed > listed) & (listed <= months.last_day)
    position = np.clip(months.position(listed), 0, months.count - 1)
    still = np.flatnonzero(after & shard.delivered[drawn.firm, position])
    return _Listings(drawn.firm[still], listed[still], np.full(len(still), NO_REPORT), drawn.filed[still])


def _others(shard: Shard, chance: np.random.Generator) -> _Listings:
    rule, latent, months = shard.parameters.market.abnormal_listing, shard.latent, shard.months
    pull = rule.stress * delayed(latent.stress, rule.delay_months) + rule.dormant * shard.firms.dormant[:, None]
    lost = rule.rate * np.exp(pull)
    other = rule.other_rate * np.exp(rule.integrity * latent.integrity)[:, None]
    drawn = chance.random(lost.shape)
    firm, month = np.nonzero(shard.delivered & (drawn < np.minimum(lost + 2 * other, 0.2)))
    count = len(firm)
    place = drawn[firm, month]
    first = np.broadcast_to(other, lost.shape)[firm, month]
    reason = np.where(place < first, FALSE_REPORT, np.where(place < 2 * first, OVERDUE, LOST_CONTACT))
    listed = months.begins[month] + chance.integers(0, 28, count)
    removed = listed + 1 + (rule.removed_days * np.exp(0.9 * chance.standard_normal(count))).astype(np.int64)
    gone = chance.random(count) < rule.removed_share
    return _Listings(firm, listed, reason, np.where(gone, removed, NEVER_FILED))
