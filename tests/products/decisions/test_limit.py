"""Limits: a share of sales, capped, in whole steps, and never more than was asked."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from products.decisions.limit import LimitFound, find_limit
from products.decisions.rules import Facts
from tests.factories.policies import policy

POLICY = policy()
TERMS = POLICY.bands[0].terms
"""20% of sales, at most 2,000,000 yuan."""


def limit(sales: int | None, requested: int, not_received: bool = False) -> LimitFound | None:
    assert TERMS is not None
    absent = {"sales_amount_12p": ("F16",)} if not_received else {}
    return find_limit(POLICY.limit, TERMS, Facts({"sales_amount_12p": sales}, absent), requested)


@pytest.mark.parametrize(
    ("sales", "requested", "limit_fen", "bound_by"),
    [
        pytest.param(500_000_000, 50_000_000, 50_000_000, "requested", id="less is asked than allowed"),
        pytest.param(500_000_000, 100_000_000, 100_000_000, "requested", id="exactly what is allowed"),
        pytest.param(500_000_000, 100_000_001, 100_000_000, "share", id="one fen more than the share"),
        pytest.param(2_000_000_000, 900_000_000, 200_000_000, "cap", id="the cap binds"),
        pytest.param(500_499_995, 900_000_000, 100_000_000, "share", id="rounded down to a whole step"),
        pytest.param(0, 50_000_000, 0, "share", id="no sales, no limit"),
        pytest.param(-5_000, 50_000_000, 0, "share", id="more reversed than sold"),
    ],
)
def test_a_limit_and_what_bound_it(sales: int, requested: int, limit_fen: int, bound_by: str) -> None:
    found = limit(sales, requested)
    assert found is not None
    assert (found.limit_fen, found.bound_by) == (limit_fen, bound_by)


def test_without_a_basis_there_is_no_limit() -> None:
    assert limit(None, 50_000_000) is None
    assert limit(500_000_000, 50_000_000, not_received=True) is None


@given(st.integers(0, 10**14), st.integers(1, 10**14))
def test_a_limit_keeps_every_bound(sales: int, requested: int) -> None:
    found = limit(sales, requested)
    assert found is not None
    assert TERMS is not None
    assert 0 <= found.limit_fen <= requested
    assert found.allowed_fen * 10_000 <= sales * TERMS.share_bp
    assert found.allowed_fen <= TERMS.cap_fen
    assert found.allowed_fen % POLICY.limit.step_fen == 0
