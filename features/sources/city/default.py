"""Default, drawn last: from the hidden state alone, after every record that may precede it has been written.

A firm that stops paying misses the instalment of the 21st; three month ends later its loans are 90 days overdue, and
that is the default. Eight month ends lie between the fourth month after a grant and its first anniversary.
"""

from dataclasses import dataclass

import numpy as np

from features.sources.city.arrays import Floats, Ints, logistic, trailing_mean
from features.sources.city.latent import Latent, draw_latent, draw_weather
from features.sources.city.loans import Loans, lend
from features.sources.city.months import Months
from features.sources.city.parameters import Parameters
from features.sources.city.population import NEVER, Firms, draw_firms
from features.sources.city.relations import draw_relations
from features.sources.city.streams import REFERENCE_SHARD, Chances

MONTHS_UNPAID = 3
"""Month ends from the first missed instalment to 90 days overdue."""
FIRST_AT_RISK = 1 + MONTHS_UNPAID
LAST_AT_RISK = 11
"""Months after the grant between which a default falls into the first year."""
_MONTHS_AT_RISK = LAST_AT_RISK - FIRST_AT_RISK + 1
_HIGHEST_HAZARD = 0.5
_PASSES = 3


@dataclass(frozen=True)
class Defaults:
    """month: (firms,) when the firm's loans became 90 days overdue, or NEVER. hazard: (firms, months), the truth."""

    month: Ints
    hazard: Floats


def log_odds(parameters: Parameters, latent: Latent) -> Floats:
    """(firms, months) yearly log-odds of default less the year's intercept."""
    rule = parameters.default
    recent = trailing_mean(latent.stress, rule.stress_months)
    return rule.slope * recent + rule.integrity * latent.integrity[:, None] + rule.ring * latent.ring


def solve_intercepts(parameters: Parameters, months: Months, seed: int) -> Floats:
    """(months,) the intercept of each month's year: constants of the city, the same for every shard.

    Solved on the expected defaults of a reference population that is never delivered, so that the loans of the
    population, not of the sample, follow `default.yearly_rate`. Firms that default leave the pool of borrowers, which
    lowers the rate among those who stay: hence more than one pass.
    """
    chances = Chances(seed, REFERENCE_SHARD)
    firms = draw_firms(
        parameters, months, chances, parameters.sample.dense, first=0, count=parameters.default.reference_enterprises
    )
    relations = draw_relations(parameters, months, firms, chances)
    latent = draw_latent(parameters, months, firms, relations, draw_weather(parameters, months, seed), chances)
    _, loans = lend(parameters, months, firms, relations, latent, chances)
    intercepts = _fitted(parameters, months, firms, latent, loans)
    for _ in range(_PASSES):
        defaults = draw_defaults(parameters, months, latent, loans, intercepts, chances)
        intercepts = _fitted(parameters, months, firms, latent, kept_loans(loans, defaults))
    return intercepts


def _fitted(parameters: Parameters, months: Months, firms: Firms, latent: Latent, loans: Loans) -> Floats:
    """The intercepts at which these loans' expected yearly rates are the parameters'."""
    row, month = _months_at_risk(months, loans)
    odds = log_odds(parameters, latent)[loans.firm[row], month]
    weight = firms.weight[loans.firm[row]]
    intercepts = np.zeros(months.count)
    for year, rate in parameters.default.yearly_rate.items():
        inside = months.year[month] == year
        if inside.any():
            intercepts[months.year == year] = _solve(odds[inside], weight[inside], rate)
    return intercepts


def _months_at_risk(months: Months, loans: Loans) -> tuple[Ints, Ints]:
    """Every (loan, month) in which a default would fall into the loan's first year."""
    month = loans.month[:, None] + np.arange(FIRST_AT_RISK, LAST_AT_RISK + 1)
    at_risk = (month < months.count) & (month <= (loans.closes + MONTHS_UNPAID)[:, None])
    row, column = np.nonzero(at_risk)
    return row, month[row, column]


def _solve(odds: Floats, weight: Floats, rate: float) -> float:
    """The intercept at which the weighted mean probability equals the rate, by bisection."""
    low, high = -30.0, 30.0
    for _ in range(60):
        middle = (low + high) / 2
        mean = np.average(logistic(middle + odds), weights=weight)
        low, high = (middle, high) if mean < rate else (low, middle)
    return (low + high) / 2


def draw_defaults(
    parameters: Parameters, months: Months, latent: Latent, loans: Loans, intercepts: Floats, chances: Chances
) -> Defaults:
    """The month each firm defaults in, if it does: only while it owes."""
    hazard = hazards(parameters, latent, intercepts)
    owing = np.zeros(hazard.shape, dtype=np.bool_)
    for after in range(FIRST_AT_RISK, int((loans.closes - loans.month).max(initial=0)) + MONTHS_UNPAID + 1):
        month = loans.month + after
        inside = (month < months.count) & (month <= loans.closes + MONTHS_UNPAID)
        owing[loans.firm[inside], month[inside]] = True
    fails = owing & (chances.of("default").random(hazard.shape) < hazard)
    return Defaults(np.where(fails.any(axis=1), fails.argmax(axis=1), NEVER), hazard)


def hazards(parameters: Parameters, latent: Latent, intercepts: Floats) -> Floats:
    """(firms, months) the chance to default in a month at risk."""
    monthly = logistic(intercepts + log_odds(parameters, latent)) / _MONTHS_AT_RISK
    return np.asarray(np.minimum(monthly, _HIGHEST_HAZARD))


def kept_loans(loans: Loans, defaults: Defaults) -> Loans:
    """The loans really granted: no bank lends from the month a firm first fails to pay."""
    return loans.only(loans.month < defaults.month[loans.firm] - MONTHS_UNPAID)


def first_year_probability(months: Months, loans: Loans, hazard: Floats) -> Floats:
    """(loans,) the true probability, given the whole hidden path, of default before the loan's anniversary.

    Counts only months of the calendar: for young loans it is the probability up to the last month.
    """
    row, month = _months_at_risk(months, loans)
    survival = np.bincount(row, weights=np.log1p(-hazard[loans.firm[row], month]), minlength=loans.count)
    return -np.expm1(survival)
