"""Medians of the firms a model is trained on: weighted, and of twenty firms at least."""

import numpy as np

from models.columns import Column, Columns
from models.cross_validation import Rows
from models.peer_medians import FEWEST, peers_of

COLUMNS = Columns((Column("sales", -1), Column("industry_section", 0, ("C", "I"))))


def rows(firms: int, *, in_c: int, weight: float = 1.0) -> Rows:
    """Firms with sales 0, 1, 2, ...; the first of them in C, the others in I and of the given weight."""
    section = np.where(np.arange(firms) < in_c, 0.0, 1.0)
    matrix = np.column_stack([np.arange(firms, dtype=float), section])
    weights = np.where(section == 0, 1.0, weight)
    return Rows(COLUMNS, matrix, np.zeros(firms), weights, np.arange(firms))


def test_the_middle_of_everyone_and_of_an_industry_with_enough_firms() -> None:
    peers = peers_of(rows(41, in_c=FEWEST))
    assert peers.everyone == {"sales": 20.0}
    assert peers.by_industry == {"C": {"sales": 9.0}, "I": {"sales": 30.0}}


def test_an_industry_of_too_few_firms_is_not_told() -> None:
    assert set(peers_of(rows(60, in_c=FEWEST - 1)).by_industry) == {"I"}
    assert peers_of(rows(FEWEST - 1, in_c=0)).everyone == {}


def test_one_firm_with_many_loans_is_one_firm() -> None:
    many = rows(60, in_c=60)
    assert peers_of(Rows(COLUMNS, many.matrix, many.target, many.weight, np.arange(60) % 19)).everyone == {}


def test_unknown_values_count_for_nobody() -> None:
    some = rows(30, in_c=30)
    some.matrix[:11, 0] = np.nan
    assert peers_of(some).everyone == {}


def test_weights_restore_the_population() -> None:
    assert peers_of(rows(40, in_c=20, weight=9.0)).everyone == {"sales": 28.0}
