"""F27 enforcement and F28 the list of dishonest debtors: partly of old disputes, mostly months after a default."""

from dataclasses import dataclass

import numpy as np
import polars as pl

from features.contracts.dishonest_debtor import PERFORMANCES
from features.sources.city.arrays import Floats, Ints
from features.sources.city.cases import Cases, by_name_only, case_numbers, claims, days_after
from features.sources.city.default import Defaults
from features.sources.city.population import NEVER
from features.sources.city.rows import days, fen, later, only_where, same, settle, state, words
from features.sources.city.shard import Shard

_COURTS = tuple(f"深圳市{place}人民法院" for place in ("福田区", "南山区", "宝安区", "龙岗区", "罗湖区"))
_CLOSED_WAYS = ("终结本次执行程序", "执行完毕", "终结执行")
_CLOSED_SHARES = (0.6, 0.25, 0.15)
_LEAST_YUAN, _OF_REVENUE = 5_000, 0.06
_DISAPPEARS = 0.5
"""Of closed enforcements and ended listings: the source deletes them without a word."""
_DUTY = "偿还借款本金及利息"
_ACT = "有履行能力而拒不履行生效法律文书确定义务"


@dataclass(frozen=True)
class Enforcements:
    """Enforcements, flat; filed in days since 1970."""

    firm: Ints
    filed: Ints
    amount_yuan: Floats
    case_no: pl.Series


def draw_enforcements(shard: Shard, cases: Cases, defaults: Defaults) -> Enforcements:
    """Some judgments of ordinary life are enforced, and most defaults end so, 3 to 18 months later."""
    chance = shard.chances.of("enforcement")
    rule, after = shard.parameters.feeds.court, shard.parameters.feeds.after_default
    share = np.where(shard.firms.dormant[cases.firm], rule.dormant_enforced_share, rule.enforced_share)
    enforced = cases.lost & ~cases.from_default & (chance.random(len(cases.firm)) < share)
    failed = np.flatnonzero((defaults.month < NEVER) & (chance.random(shard.firms.count) < after.enforced_share))
    firm = np.concatenate([cases.firm[enforced], failed])
    of_cases = cases.judged[enforced] + chance.integers(30, 180, int(enforced.sum()))
    of_defaults = days_after(shard, defaults.month[failed], after.enforced_months, chance)
    filed = np.concatenate([of_cases, of_defaults])
    amount = claims(shard, firm, _LEAST_YUAN, _OF_REVENUE, chance)
    return Enforcements(firm, filed, amount, case_numbers(filed, "执", chance))


def enforcement_records(shard: Shard, drawn: Enforcements) -> pl.DataFrame:
    """F27: closing is a second version; the disappearance of a closed case arrives as a withdrawal."""
    chance = shard.chances.of("enforcement-records")
    count = len(drawn.firm)
    closed = drawn.filed + chance.integers(60, 500, count)
    told = chance.random(count) >= shard.parameters.dirt.cleared_flag_missing
    way = words(_CLOSED_WAYS, chance.choice(len(_CLOSED_WAYS), size=count, p=_CLOSED_SHARES))
    gone = closed + chance.integers(5, 60, count)
    stated = state(
        shard, "F27", drawn.firm, np.arange(count), drawn.filed,
        {
            "name": shard.identities.name.gather(drawn.firm),
            "case_no": drawn.case_no,
            "court": words(_COURTS, chance.integers(0, len(_COURTS), count)),
            "amount_fen": fen(drawn.amount_yuan),
            "filed_on": days(drawn.filed),
            "closed_on": days(closed, told),
            "closed_way": only_where(way, told),
            "gone_on": days(gone, told & (chance.random(count) < _DISAPPEARS)),
        },
    )  # fmt: skip
    stated = by_name_only(shard, stated, shard.parameters.feeds.court.name_only, chance)
    unknown = {"closed_on": pl.lit(None, dtype=pl.Date), "closed_way": pl.lit(None, dtype=pl.String)}
    settled = settle(stated, on="closed_on", unknown_before=unknown)
    return pl.concat([settled, later(stated, on="gone_on", op="D", versions=2)]).drop("gone_on")


def dishonest_debtors(shard: Shard, drawn: Enforcements) -> pl.DataFrame:
    """F28: some debtors are listed after the enforcement began; a removal is told, or learned by absence alone."""
    chance = shard.chances.of("dishonest")
    rule = shard.parameters.feeds.after_default
    on = np.flatnonzero(chance.random(len(drawn.firm)) < rule.listed_share)
    count, firm = len(on), drawn.firm[on]
    published = drawn.filed[on] + (30.4 * chance.uniform(*rule.listed_months, count)).astype(np.int64)
    removed = published + chance.integers(120, 900, count)
    silently = chance.random(count) < _DISAPPEARS
    stated = state(
        shard, "F28", firm, on, published,
        {
            "name": shard.identities.name.gather(firm),
            "case_no": drawn.case_no.gather(on),
            "duty": same(_DUTY, count),
            "performance": words(PERFORMANCES, (chance.random(count) < 0.2).astype(np.int64)),
            "act": same(_ACT, count),
            "published_on": days(published),
            "removed_on": days(removed, ~silently),
            "gone_on": days(removed, silently),
        },
    )  # fmt: skip
    stated = by_name_only(shard, stated, shard.parameters.feeds.court.name_only, chance)
    settled = settle(stated, on="removed_on", unknown_before={"removed_on": pl.lit(None, dtype=pl.Date)})
    return pl.concat([settled, later(stated, on="gone_on", op="D")]).drop("gone_on")
