"""Who asks for a loan, and whom a bank believes: applications, a noisy bank rule, and the terms it grants.

The rule sees what a bank sees (some of quality, liquidity, leverage, age, size) with noise, so the loans granted are a
selection. Nothing here knows who will default.
"""

from dataclasses import dataclass, fields

import numpy as np

from features.sources.city.arrays import Flags, Floats, Ints, logistic
from features.sources.city.latent import Latent
from features.sources.city.months import Months
from features.sources.city.parameters import Parameters
from features.sources.city.population import MICRO, Firms
from features.sources.city.relations import Relations
from features.sources.city.streams import Chances

UNSECURED, MORTGAGE, GUARANTEE = range(3)
_USUAL_LOG_AGE = 1.5


@dataclass(frozen=True)
class Loans:
    """One row per loan granted; every array is (loans,).

    firm: position in Firms. month, day: of the grant. closes: month of the last payment, should all go well.
    verdict: the bank's own score, larger is better. amortised: paid back in equal parts instead of at the end.
    """

    firm: Ints
    month: Ints
    day: Ints
    term: Ints
    closes: Ints
    amount_yuan: Floats
    rate_bps: Ints
    bank: Ints
    product: Ints
    secured: Ints
    amortised: Flags
    verdict: Floats

    @property
    def count(self) -> int:
        return len(self.firm)

    def only(self, kept: Flags) -> "Loans":
        """The loans where `kept` is true."""
        return Loans(*(getattr(self, field.name)[kept] for field in fields(self)))


@dataclass(frozen=True)
class Applications:
    """One row per application: firm, month, and whether the bank granted it."""

    firm: Ints
    month: Ints
    granted: Flags


def lend(
    parameters: Parameters, months: Months, firms: Firms, relations: Relations, latent: Latent, chances: Chances
) -> tuple[Applications, Loans]:
    """Month by month: who needs money applies, and the bank's rule decides. A firm holds at most two loans."""
    chance = chances.of("loans")
    willing = _need(parameters, months, firms, latent)
    willing = willing * np.where(relations.inflating(parameters, months), parameters.relations.ring_need, 1.0)
    verdicts = _verdicts(parameters, months, firms, latent, chance)
    rule = parameters.loans.need
    free_from = np.zeros((2, firms.count), dtype=np.int64)
    borrowed = np.zeros(firms.count, dtype=np.bool_)
    asked, granted = [], []
    for month in range(months.burn_in, months.count):
        for slot in range(2):
            base = np.where(borrowed, rule.again, rule.first) if slot == 0 else rule.second
            needs = chance.random(firms.count) < base * willing[:, month]
            if slot == 1:
                needs &= free_from[0] > month
            applicants = np.flatnonzero(needs & (free_from[slot] <= month))
            believed = applicants[verdicts[applicants, month] > 0]
            terms = _terms(parameters, len(believed), chance)
            closes = np.minimum(month + _kept_months(parameters, terms, chance), firms.left[believed])
            free_from[slot, believed] = closes
            borrowed[believed] = True
            asked.append((applicants, month))
            granted.append((believed, month, terms, closes))
    loans = _described(parameters, months, firms, granted, verdicts, chance)
    return _applications(asked, verdicts), loans


def _need(parameters: Parameters, months: Months, firms: Firms, latent: Latent) -> Floats:
    """(firms, months) factor on the chance to apply; zero for those who may not or would not."""
    rule = parameters.loans.need
    years = np.maximum(np.arange(months.count) - months.burn_in, 0) / 12.0
    pull = np.exp(rule.illiquidity * -latent.liquidity + rule.leverage * latent.leverage[:, None])
    old_enough = np.arange(months.count) >= (firms.opened + parameters.loans.least_age_months)[:, None]
    may = firms.borrower[:, None] & old_enough & firms.open_in(months)
    return np.where(may, pull * (1 + rule.yearly_growth) ** years, 0.0)


def _verdicts(
    parameters: Parameters, months: Months, firms: Firms, latent: Latent, chance: np.random.Generator
) -> Floats:
    """(firms, months) the bank's score of an application made that month; above zero it lends."""
    rule = parameters.loans.approval
    known = rule.intercept + rule.quality * latent.quality + rule.leverage * latent.leverage
    known = known + rule.size * np.where(firms.size <= MICRO, -0.5, 0.5)
    known = known[:, None] + rule.liquidity * latent.liquidity
    known = known + rule.log_age * (np.log1p(firms.age_years(months)) - _USUAL_LOG_AGE)
    return known + rule.noise_sigma * chance.standard_normal((firms.count, months.count))


def _terms(parameters: Parameters, count: int, chance: np.random.Generator) -> Ints:
    terms = parameters.loans.terms
    shares = np.array(list(terms.values()))
    return chance.choice(np.array(list(terms)), size=count, p=shares / shares.sum())


def _kept_months(parameters: Parameters, terms: Ints, chance: np.random.Generator) -> Ints:
    """Months until the last payment: the term, or earlier where the borrower repays before."""
    early = chance.geometric(max(parameters.loans.early_repayment, 1e-9), size=len(terms))
    return np.where(early + 3 < terms, early + 3, terms)


def _described(
    parameters: Parameters,
    months: Months,
    firms: Firms,
    granted: list[tuple[Ints, int, Ints, Ints]],
    verdicts: Floats,
    chance: np.random.Generator,
) -> Loans:
    firm = np.concatenate([row[0] for row in granted])
    month = np.concatenate([np.full(len(row[0]), row[1]) for row in granted])
    term = np.concatenate([row[2] for row in granted])
    verdict = verdicts[firm, month]
    amount = _amounts(parameters, firms.revenue[firm], chance)
    length = months.ends[month] - months.begins[month] + 1
    price = 520 + 110 * np.exp(-0.6 * verdict) + 60 * (firms.size[firm] <= MICRO) + chance.normal(0, 35, len(firm))
    return Loans(
        firm=firm,
        month=month,
        day=months.begins[month] + np.floor(chance.random(len(firm)) * length).astype(np.int64),
        term=term,
        closes=np.concatenate([row[3] for row in granted]),
        amount_yuan=amount,
        rate_bps=np.clip(np.round(price / 5) * 5, 300, 1800).astype(np.int64),
        bank=_banks(parameters, len(firm), chance),
        product=chance.integers(0, parameters.loans.products, len(firm)),
        secured=_securities(parameters, amount, firm, firms, chance),
        amortised=chance.random(len(firm)) < 0.35,
        verdict=verdict,
    )


def _amounts(parameters: Parameters, revenue: Floats, chance: np.random.Generator) -> Floats:
    """Rounded to 10,000 yuan."""
    rule = parameters.loans.amount_yuan
    scale = (revenue / 1_200_000) ** rule.revenue_elasticity
    amount = rule.median * scale * np.exp(rule.sigma * chance.standard_normal(len(revenue)))
    return np.maximum(np.round(amount / 10_000), 2) * 10_000.0


def _banks(parameters: Parameters, count: int, chance: np.random.Generator) -> Ints:
    share = np.arange(1, parameters.loans.banks + 1) ** -parameters.loans.bank_zipf
    return chance.choice(parameters.loans.banks, size=count, p=share / share.sum())


def _securities(parameters: Parameters, amount: Floats, firm: Ints, firms: Firms, chance: np.random.Generator) -> Ints:
    """Larger loans are secured more often, and a borrower keeps to what it is used to.

    Small borrowers bring a guarantor, the others a mortgage.
    """
    rule = parameters.loans.unsecured
    odds = rule.median_amount_odds * (amount / parameters.loans.amount_yuan.median) ** rule.log_amount
    habit = rule.habit_sigma * chance.standard_normal(firms.count)
    unsecured = chance.random(len(amount)) < logistic(np.log(odds) + habit[firm])
    mortgaged = chance.random(len(amount)) < np.where(firms.size[firm] <= MICRO, 0.4, 0.7)
    return np.where(unsecured, UNSECURED, np.where(mortgaged, MORTGAGE, GUARANTEE))


def _applications(asked: list[tuple[Ints, int]], verdicts: Floats) -> Applications:
    firm = np.concatenate([applicants for applicants, _ in asked])
    month = np.concatenate([np.full(len(applicants), month) for applicants, month in asked])
    return Applications(firm, month, verdicts[firm, month] > 0)
