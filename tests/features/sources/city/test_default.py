"""Default follows from the hidden state alone, at the promised rates, and only while something is owed."""

import numpy as np
import pytest

from features.sources.city.default import (
    FIRST_AT_RISK,
    LAST_AT_RISK,
    MONTHS_UNPAID,
    Defaults,
    draw_defaults,
    first_year_probability,
    kept_loans,
    solve_intercepts,
)
from features.sources.city.loans import Loans, lend
from features.sources.city.population import NEVER
from features.sources.city.shard import Shard
from tests.factories.cities import SEED, drawn_shard


@pytest.fixture(scope="module")
def town() -> Shard:
    return drawn_shard(3000)


@pytest.fixture(scope="module")
def drawn(town: Shard) -> tuple[Loans, Defaults]:
    intercepts = solve_intercepts(town.parameters, town.months, SEED)
    _, loans = lend(town.parameters, town.months, town.firms, town.relations, town.latent, town.chances)
    defaults = draw_defaults(town.parameters, town.months, town.latent, loans, intercepts, town.chances)
    return kept_loans(loans, defaults), defaults


def test_the_expected_rate_of_the_population_is_the_parameters(town: Shard, drawn: tuple[Loans, Defaults]) -> None:
    loans, defaults = drawn
    probability = first_year_probability(town.months, loans, defaults.hazard)
    mature = loans.month + 12 < town.months.count
    weight = town.firms.weight[loans.firm][mature]
    rates = town.parameters.default.yearly_rate
    assert np.average(probability[mature], weights=weight) == pytest.approx(np.mean(list(rates.values())), rel=0.2)


def test_drawn_defaults_are_as_many_as_expected(town: Shard, drawn: tuple[Loans, Defaults]) -> None:
    loans, defaults = drawn
    mature = loans.month + 12 < town.months.count
    expected = first_year_probability(town.months, loans, defaults.hazard)[mature].sum()
    bad = (defaults.month[loans.firm] <= loans.month + LAST_AT_RISK)[mature].sum()
    assert abs(bad - expected) < 4 * np.sqrt(expected)


def test_a_firm_defaults_only_while_it_owes(drawn: tuple[Loans, Defaults]) -> None:
    loans, defaults = drawn
    for firm in np.flatnonzero(defaults.month < NEVER):
        mine, month = loans.only(loans.firm == firm), defaults.month[firm]
        assert ((month >= mine.month + FIRST_AT_RISK) & (month <= mine.closes + MONTHS_UNPAID)).any()


def test_no_bank_lends_to_a_firm_that_has_stopped_paying(drawn: tuple[Loans, Defaults]) -> None:
    loans, defaults = drawn
    assert (loans.month < defaults.month[loans.firm] - MONTHS_UNPAID).all()


def test_a_first_year_is_survived_month_by_month(town: Shard, drawn: tuple[Loans, Defaults]) -> None:
    loans, defaults = drawn
    probability = first_year_probability(town.months, loans, defaults.hazard)
    for row in range(0, loans.count, max(loans.count // 50, 1)):
        last = min(loans.month[row] + LAST_AT_RISK, loans.closes[row] + MONTHS_UNPAID, town.months.count - 1)
        path = defaults.hazard[loans.firm[row], loans.month[row] + FIRST_AT_RISK : last + 1]
        assert probability[row] == pytest.approx(1 - np.prod(1 - path))


def test_the_hidden_state_of_the_slump_is_worse(town: Shard) -> None:
    slump = town.months.position(np.array([18_353]))[0]  # 2020-04-01
    stress = town.latent.stress
    assert stress[:, slump].mean() > stress[:, slump - 12].mean() + 0.5
