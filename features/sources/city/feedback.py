"""F60: what the banks report each month about the loans they granted."""

import numpy as np
import polars as pl

from features.contracts.loan_feedback import FIVE_CLASSES, SECURITIES
from features.sources.city.arrays import Floats, Ints
from features.sources.city.default import MONTHS_UNPAID, Defaults
from features.sources.city.identity import keyed_hashes
from features.sources.city.loans import Loans
from features.sources.city.months import day_number
from features.sources.city.rows import ORDINALS, Column, days, fen, state, words
from features.sources.city.shard import Shard

_INSTALMENT_DAY = 21
_CLASS_FROM_DPD = (1, 91, 181, 361)
"""Days past due from which a loan is 关注, 次级, 可疑, 损失."""
_SHORT_DELAY_DAYS = 26
_PRODUCT_KINDS = (
    "流水贷",
    "税易贷",
    "抵押快贷",
    "保证贷",
    "政采贷",
    "科创贷",
    "商户贷",
    "票据贷",
    "助保贷",
    "信用快贷",
    "循环贷",
)
_GRADES, _GRADE_FROM = ("D", "C", "B", "A"), (0.3, 0.8, 1.6)


def reported_loans(shard: Shard, loans: Loans) -> Loans:
    """The loans banks tell of: some of those from before they joined, and those granted through the platform since."""
    chance = shard.chances.of("reported")
    before = loans.day < _joining_days(shard)[loans.bank]
    share = np.where(before, shard.mix.backfilled_share, shard.mix.platform_share)
    return loans.only(chance.random(loans.count) < share)


def loan_feedback(shard: Shard, loans: Loans, defaults: Defaults) -> pl.DataFrame:
    """One row per loan and month, from the grant to the last payment or the writing-off."""
    chance = shard.chances.of("feedback")
    months = shard.months
    missed = defaults.month[loans.firm] - MONTHS_UNPAID
    failing = missed <= loans.closes
    written_off = missed + MONTHS_UNPAID + shard.parameters.loans.write_off_months
    ends = np.minimum(np.where(failing, written_off, loans.closes), months.count - 1)
    length = ends - loans.month + 1
    loan = np.repeat(np.arange(loans.count), length)
    month = loans.month[loan] + np.arange(len(loan)) - np.repeat(np.cumsum(length) - length, length)
    dpd = _days_past_due(shard, loans, loan, month, missed, chance)
    period = months.ends[month]
    joined = _joining_days(shard)[loans.bank]
    serial = shard.firms.entity[loans.firm] * ORDINALS + loans.month * 2 + _second_of_month(loans)
    return state(
        shard, "F60", loans.firm[loan], (month * months.count + loans.month[loan]) * 2 + _second_of_month(loans)[loan],
        period,
        {
            "loan_no_hash": keyed_hashes("loan", serial, shard.chances.seed).gather(loan),
            **_terms(shard, loans, loan, chance),
            "period": days(period),
            "balance_fen": fen(_balances(loans, loan, month, missed)),
            "dpd": dpd.astype(np.int32),
            "class5": words(FIVE_CLASSES, np.searchsorted(_CLASS_FROM_DPD, dpd, side="right")),
            "weight": shard.firms.weight[loans.firm[loan]],
            "published_after": days(joined[loan]),
        },
    )  # fmt: skip


def loan_numbers(shard: Shard, loans: Loans) -> pl.Series:
    """The hash under which each loan is reported."""
    serial = shard.firms.entity[loans.firm] * ORDINALS + loans.month * 2 + _second_of_month(loans)
    return keyed_hashes("loan", serial, shard.chances.seed)


def _second_of_month(loans: Loans) -> Ints:
    """1 for a firm's second loan of one month, else 0."""
    frame = pl.DataFrame({"firm": loans.firm, "month": loans.month})
    second: Ints = frame.select(pl.int_range(pl.len()).over("firm", "month")).to_series().to_numpy()
    return second


def _days_past_due(
    shard: Shard, loans: Loans, loan: Ints, month: Ints, missed: Ints, chance: np.random.Generator
) -> Ints:
    """Counted from the 21st of the first month unpaid; before it, now and then a short delay that is made good."""
    months, rule = shard.months, shard.parameters.loans.short_delay
    since = months.begins[np.minimum(missed, months.count - 1)] + _INSTALMENT_DAY - 1
    unpaid = (month >= missed[loan]) & (missed <= loans.closes)[loan]
    stress = shard.latent.stress[loans.firm[loan], month]
    delayed = chance.random(len(loan)) < np.minimum(rule.rate * np.exp(rule.stress * stress), 0.3)
    delayed &= (month > loans.month[loan]) & (month < loans.closes[loan])
    short = np.where(delayed, chance.integers(1, _SHORT_DELAY_DAYS, len(loan)), 0)
    return np.where(unpaid, months.ends[month] - since[loan], short)


def _balances(loans: Loans, loan: Ints, month: Ints, missed: Ints) -> Floats:
    """What is owed at the end of the month, yuan; frozen from the first missed instalment."""
    paying_until = np.minimum(month, missed[loan] - 1)
    elapsed = (paying_until - loans.month[loan]) / loans.term[loan]
    part = np.where(loans.amortised[loan], 1 - elapsed, 1.0)
    closed = (month >= loans.closes[loan]) & (missed > loans.closes)[loan]
    return np.where(closed, 0.0, loans.amount_yuan[loan] * np.maximum(part, 0.0))


def _joining_days(shard: Shard) -> Ints:
    """(banks,) the day each bank joined and delivered its loans since the beginning: the same in every shard."""
    first, last = shard.parameters.loans.joined_between
    count = shard.parameters.loans.banks
    return np.linspace(day_number(first), day_number(last), count).astype(np.int64)


def _terms(shard: Shard, loans: Loans, loan: Ints, chance: np.random.Generator) -> dict[str, Column]:
    banks = [f"试点银行{number + 1:02d}" for number in range(shard.parameters.loans.banks)]
    kinds = [
        f"{_PRODUCT_KINDS[n % len(_PRODUCT_KINDS)]}{n // len(_PRODUCT_KINDS) + 1}号"
        for n in range(shard.parameters.loans.products)
    ]
    verdict = loans.verdict + 0.3 * chance.standard_normal(loans.count)
    grade = np.searchsorted(_GRADE_FROM, verdict, side="right")
    return {
        "bank": words(banks, loans.bank[loan]),
        "product": words(kinds, loans.product[loan]),
        "amount_fen": fen(loans.amount_yuan).gather(loan),
        "rate_bps": loans.rate_bps[loan].astype(np.int32),
        "term_months": loans.term[loan].astype(np.int32),
        "secured": words(SECURITIES, loans.secured[loan]),
        "granted_on": days(loans.day[loan]),
        "bank_grade": words(_GRADES, grade[loan]),
    }
