"""Who borrows: only those who may, at most two loans at a time, and not quite those the bank should have chosen."""

import numpy as np
import pytest

from features.sources.city.loans import Applications, Loans, lend
from features.sources.city.shard import Shard


@pytest.fixture(scope="module")
def lent(shard: Shard) -> tuple[Applications, Loans]:
    return lend(shard.parameters, shard.months, shard.firms, shard.relations, shard.latent, shard.chances)


def test_only_open_borrowers_of_some_age_borrow(shard: Shard, lent: tuple[Applications, Loans]) -> None:
    loans = lent[1]
    assert shard.firms.borrower[loans.firm].all()
    assert (loans.month - shard.firms.opened[loans.firm] >= shard.parameters.loans.least_age_months).all()
    assert (loans.month < shard.firms.left[loans.firm]).all()
    assert (loans.month >= shard.months.burn_in).all()


def test_a_firm_holds_at_most_two_loans(shard: Shard, lent: tuple[Applications, Loans]) -> None:
    loans = lent[1]
    for firm in np.unique(loans.firm):
        mine = loans.only(loans.firm == firm)
        for month in mine.month:
            assert ((mine.month <= month) & (mine.closes > month)).sum() <= 2


def test_a_loan_is_granted_in_its_month_and_closes_by_its_term(shard: Shard, lent: tuple[Applications, Loans]) -> None:
    loans = lent[1]
    assert (shard.months.position(loans.day) == loans.month).all()
    assert (loans.closes <= loans.month + loans.term).all()
    assert (loans.closes <= shard.firms.left[loans.firm]).all()


def test_the_bank_prefers_the_better_and_errs(shard: Shard, lent: tuple[Applications, Loans]) -> None:
    applications = lent[0]
    liquidity = shard.latent.liquidity[applications.firm, applications.month]
    granted, refused = liquidity[applications.granted], liquidity[~applications.granted]
    assert granted.mean() > refused.mean() + 0.2
    assert np.quantile(refused, 0.9) > granted.mean()


def test_every_grant_was_asked_for(lent: tuple[Applications, Loans]) -> None:
    applications, loans = lent
    asked = set(zip(applications.firm[applications.granted], applications.month[applications.granted], strict=True))
    assert applications.granted.sum() == loans.count
    assert asked == set(zip(loans.firm, loans.month, strict=True))
