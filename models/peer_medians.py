"""The medians a model keeps of the firms it is trained on; apart from `peers`, which serves and needs no trainer."""

import numpy as np
from numpy.typing import NDArray

from models.columns import Columns
from models.cross_validation import Floats, Rows
from models.peers import INDUSTRY, Peers

FEWEST = 20
"""Firms a median is told of: one of fewer would say something of each."""


def peers_of(rows: Rows) -> Peers:
    """The peers of everyone a model was trained on."""
    columns, everyone = rows.columns, _medians(rows)
    if INDUSTRY not in columns.names:
        return Peers(everyone)
    place = columns.names.index(INDUSTRY)
    sections = columns.columns[place].categories or ()
    found = {name: _medians(rows.take(rows.matrix[:, place] == code)) for code, name in enumerate(sections)}
    return Peers(everyone, {name: medians for name, medians in found.items() if medians})


def _medians(rows: Rows) -> dict[str, float]:
    found = {name: _median(rows, place) for place, name in _numbers(rows.columns)}
    return {name: median for name, median in found.items() if median is not None}


def _numbers(columns: Columns) -> list[tuple[int, str]]:
    return [(place, column.name) for place, column in enumerate(columns.columns) if column.categories is None]


def _median(rows: Rows, place: int) -> float | None:
    """The weighted median of the known values of one column; None where too few firms have one."""
    known: NDArray[np.bool_] = np.isfinite(rows.matrix[:, place])
    if len(np.unique(rows.firm[known])) < FEWEST:
        return None
    values: Floats = rows.matrix[known, place]
    order = np.argsort(values, kind="stable")
    weight = np.cumsum(rows.weight[known][order])
    return float(values[order][np.searchsorted(weight, weight[-1] / 2)])
