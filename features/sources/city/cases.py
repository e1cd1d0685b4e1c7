"""F26 civil cases. Those of ordinary life come more often under stress, before any default; others come out of default.

Whoever reads the latter at the day of the loan reads the outcome.
"""

from dataclasses import dataclass

import numpy as np
import polars as pl

from features.contracts.court_case import CASE_ROLES
from features.sources.city.arrays import Flags, Floats, Ints, delayed
from features.sources.city.default import Defaults
from features.sources.city.population import NEVER
from features.sources.city.rows import days, fen, only_where, settle, state, words
from features.sources.city.shard import Shard

PLAINTIFF, DEFENDANT = CASE_ROLES
LOAN_DISPUTE = "金融借款合同纠纷"
_CAUSES = ("买卖合同纠纷", "承揽合同纠纷", "劳动争议", "房屋租赁合同纠纷", "民间借贷纠纷", "服务合同纠纷")
_OUTCOMES = ("支持", "部分支持", "调解", "撤诉", "驳回")
_OUTCOME_SHARES = (0.3, 0.25, 0.2, 0.15, 0.1)
_WON = 2
"""The first two outcomes are won by the plaintiff."""
_LEAST_YUAN, _OF_REVENUE = 3_000, 0.04


@dataclass(frozen=True)
class Cases:
    """Civil cases, flat; days since 1970. lost: a judgment against the firm. from_default: brought by its bank.

    A firm at rest does not appear and loses.
    """

    firm: Ints
    filed: Ints
    defendant: Flags
    from_default: Flags
    judged: Ints
    outcome: Ints
    amount_yuan: Floats

    @property
    def lost(self) -> Flags:
        against: Flags = self.defendant & (self.outcome < _WON)
        return against


def draw_cases(shard: Shard, defaults: Defaults) -> Cases:
    """Cases against firms in business and at rest, cases they bring, and those a bank brings after a default."""
    chance = shard.chances.of("cases")
    rule, after = shard.parameters.feeds.court, shard.parameters.feeds.after_default
    stress = delayed(shard.latent.stress, rule.delay_months)
    sued = _ordinary(shard, np.minimum(rule.defendant * np.exp(rule.stress * stress), 0.3), chance)
    idle = shard.delivered & shard.firms.dormant[:, None]
    left = _drawn(shard, idle, np.full(stress.shape, rule.dormant_defendant), chance)
    suing = _ordinary(shard, np.full(stress.shape, rule.plaintiff), chance)
    failed = np.flatnonzero((defaults.month < NEVER) & (chance.random(shard.firms.count) < after.sued_share))
    firm = np.concatenate([sued[0], left[0], suing[0], failed])
    filed = np.concatenate(
        [sued[1], left[1], suing[1], days_after(shard, defaults.month[failed], after.sued_months, chance)]
    )
    count = len(firm)
    from_default = np.arange(count) >= count - len(failed)
    usual = chance.choice(len(_OUTCOMES), size=count, p=_OUTCOME_SHARES)
    return Cases(
        firm=firm,
        filed=filed,
        defendant=from_default | (np.arange(count) < len(sued[0]) + len(left[0])),
        from_default=from_default,
        judged=filed + 20 + (rule.judged_days * np.exp(0.5 * chance.standard_normal(count))).astype(np.int64),
        outcome=np.select(
            [from_default, shard.firms.dormant[firm]],
            [chance.integers(0, _WON + 1, count), chance.integers(0, _WON, count)],
            usual,
        ),
        amount_yuan=claims(shard, firm, _LEAST_YUAN, _OF_REVENUE, chance),
    )


def _ordinary(shard: Shard, hazard: Floats, chance: np.random.Generator) -> tuple[Ints, Ints]:
    """(firm, day filed), of those in business."""
    return _drawn(shard, shard.active, hazard, chance)


def _drawn(shard: Shard, possible: Flags, hazard: Floats, chance: np.random.Generator) -> tuple[Ints, Ints]:
    firm, month = np.nonzero(possible & (chance.random(hazard.shape) < hazard))
    return firm, shard.months.begins[month] + chance.integers(0, 28, len(firm))


def days_after(shard: Shard, month: Ints, span: tuple[int, int], chance: np.random.Generator) -> Ints:
    """Days between so many months after the end of a month."""
    later: Ints = (30.4 * chance.uniform(span[0], span[1], len(month))).astype(np.int64)
    return shard.months.ends[month] + later


def claims(shard: Shard, firm: Ints, least: float, of_revenue: float, chance: np.random.Generator) -> Floats:
    """Yuan in dispute: a part of the firm's yearly revenue, widely spread."""
    claimed: Floats = shard.firms.revenue[firm] * of_revenue * np.exp(1.1 * chance.standard_normal(len(firm)))
    return np.maximum(claimed, least)


def case_numbers(filed: Ints, kind: str, chance: np.random.Generator) -> pl.Series:
    """Case numbers of Shenzhen's district courts, such as (2021)粤0304民初1234567号."""
    years = filed.astype("datetime64[D]").astype("datetime64[Y]").astype(np.int64) + 1970
    frame = pl.DataFrame(
        {
            "year": years,
            "court": chance.integers(303, 312, len(filed)),
            "serial": chance.integers(1, 10_000_000, len(filed)),
        }
    )
    return frame.select(pl.format(f"({{}})粤0{{}}{kind}{{}}号", "year", "court", "serial")).to_series()


def court_cases(shard: Shard, cases: Cases) -> pl.DataFrame:
    """The judgment is a second version; some rows name no code, two in five no amount."""
    chance = shard.chances.of("court")
    rule, count = shard.parameters.feeds.court, len(cases.firm)
    usual = chance.integers(0, len(_CAUSES), count)
    stated = state(
        shard, "F26", cases.firm, np.arange(count), cases.filed,
        {
            "name": shard.identities.name.gather(cases.firm),
            "case_no": case_numbers(cases.filed, "民初", chance),
            "role": words(CASE_ROLES, cases.defendant.astype(np.int64)),
            "cause": words((*_CAUSES, LOAN_DISPUTE), np.where(cases.from_default, len(_CAUSES), usual)),
            "amount_fen": only_where(fen(cases.amount_yuan), chance.random(count) >= rule.amount_absent),
            "filed_on": days(cases.filed),
            "judged_on": days(cases.judged),
            "outcome": words(_OUTCOMES, cases.outcome),
        },
    )  # fmt: skip
    unknown = {"judged_on": pl.lit(None, dtype=pl.Date), "outcome": pl.lit(None, dtype=pl.String)}
    return settle(by_name_only(shard, stated, rule.name_only, chance), on="judged_on", unknown_before=unknown)


_BRANCH = "福田分公司"


def by_name_only(shard: Shard, statements: pl.DataFrame, share: float, chance: np.random.Generator) -> pl.DataFrame:
    """First versions of which a share names no code: the clerk wrote the name alone, of some a branch's name."""
    drawn = pl.Series(chance.random(statements.height))
    of_branch = (drawn < shard.parameters.dirt.branch_named) & (drawn < share) & pl.col("name").str.ends_with("公司")
    return statements.with_columns(
        uscc=pl.when(drawn >= share).then("uscc"),
        name=pl.when(of_branch).then(pl.col("name") + _BRANCH).otherwise("name"),
    )
