"""F24 the housing fund's months: members among the insured staff, deposits paid or left owing."""

import numpy as np
import polars as pl

from features.sources.city.arrays import Flags, Ints, delayed, logistic
from features.sources.city.rows import days, fen, state
from features.sources.city.shapes import SIZES
from features.sources.city.shard import Shard
from features.sources.city.social_insurance import staff_course

_BASE_YUAN, _YEARLY_RISE, _RATE = 6_200.0, 1.04, 0.10
_MEMBERS_OF_STAFF = 0.85


def housing_fund(shard: Shard) -> pl.DataFrame:
    """The larger an employer, the likelier it has an account. A missed month is made good by the next payment."""
    chance, rule, firms = shard.chances.of("housing-fund"), shard.parameters.fiscal.housing_fund, shard.firms
    share = np.array([rule.accounts[size] for size in SIZES])[firms.size]
    joined = firms.insured & (chance.random(firms.count) < share)
    stress = delayed(shard.latent.stress, rule.delay_months)
    habit = rule.unpaid_sigma * chance.standard_normal(firms.count)
    missed = chance.random(stress.shape) < logistic(rule.unpaid + rule.unpaid_stress * stress + habit[:, None])
    owing = _run_lengths(missed)
    firm, month = np.nonzero(shard.active & joined[:, None])
    staff, *_moves = staff_course(shard, shard.chances.of("staff"))
    members = np.ceil(_MEMBERS_OF_STAFF * staff[firm, month]).astype(np.int64)
    wage = _BASE_YUAN * np.exp(0.3 * chance.standard_normal(firms.count))
    base = members * wage[firm] * _YEARLY_RISE ** (month / 12)
    made_good = np.where(month > 0, owing[firm, month - 1], 0)
    paid = np.where(missed[firm, month], 0.0, base * _RATE * (1 + made_good))
    period = shard.months.ends[month]
    account = pl.Series(firms.entity * 6_151 % 10**9 + 10**9).cast(pl.String)
    coded = chance.random(firms.count) >= rule.uncoded_share
    return state(
        shard, "F24", firm, month, period,
        {
            "account_no": account.gather(firm),
            "name": _account_names(shard, account, coded).gather(firm),
            "period": days(period),
            "members": members,
            "base_total_fen": fen(base),
            "paid_fen": fen(paid),
            "arrears_months": owing[firm, month],
        },
    ).with_columns(uscc=pl.when(pl.Series(coded[firm])).then("uscc"))  # fmt: skip


def _run_lengths(missed: Flags) -> Ints:
    """(firms, months) how many months in a row are missed, up to and with each."""
    position = np.arange(missed.shape[1])
    last_paid = np.maximum.accumulate(np.where(missed, -1, position), axis=1)
    run: Ints = np.where(missed, position - last_paid, 0)
    return run


def _account_names(shard: Shard, account: pl.Series, coded: Flags) -> pl.Series:
    """An account without a code carries no name that could be matched."""
    own = pl.DataFrame({"name": shard.identities.name, "account": account, "coded": coded})
    numbered = pl.concat_str(pl.lit("公积金单位"), "account")
    return own.select(pl.when("coded").then("name").otherwise(numbered)).to_series()
