"""Approval and error of a model by group: whom it would refuse, who of them repaid, whose risk it misjudges."""

from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np
import polars as pl

from models.fairness.shares import Flags, Floats, Ints, Share, quantile_for, share_of

UNKNOWN = "unknown"
SIZE, DISTRICT = "size", "district"
GROUPINGS = {SIZE: "insured_staff", DISTRICT: "registration_district"}
"""What is always reported, and the feature that tells it."""
SIZES = ((1, "0 insured"), (10, "1-9 insured"), (100, "10-99 insured"))
"""Groups below each number of insured staff; the rest have 100 or more."""


@dataclass(frozen=True)
class Judged:
    """What a model said of firms whose outcome is known; arrays (n,), of one row per loan.

    approved: whether the model's word alone would have granted it.
    """

    pd: Floats
    approved: Flags
    target: Floats
    weight: Floats
    firm: Ints

    def take(self, chosen: Flags) -> "Judged":
        """The rows of a mask."""
        return Judged(*(getattr(self, name)[chosen] for name in ("pd", "approved", "target", "weight", "firm")))


@dataclass(frozen=True)
class GroupLine:
    """One group beside its outcomes; a share is None where nobody could be counted.

    refused_good: of those who repaid, whom the model would refuse. approved_bad: of those in default, whom it would
    approve. expected: mean probability of default; bad: what came.
    """

    grouping: str
    group: str
    rows: int
    firms: int
    approved: Share | None
    refused_good: Share | None
    approved_bad: Share | None
    expected: float
    bad: Share | None


def with_groupings(frame: pl.DataFrame) -> pl.DataFrame:
    """The frame with the columns `size` and `district`, made of their features; unknown stays a group."""
    staff = pl.col(GROUPINGS[SIZE])
    size: pl.Expr = pl.lit("100 or more insured")
    for below, name in reversed(SIZES):
        size = pl.when(staff < below).then(pl.lit(name)).otherwise(size)
    size = pl.when(staff.is_null()).then(pl.lit(UNKNOWN)).otherwise(size)
    district = pl.col(GROUPINGS[DISTRICT]).cast(pl.String).fill_null(UNKNOWN)
    return frame.with_columns(size.alias(SIZE), district.alias(DISTRICT))


def group_lines(judged: Judged, grouping: str, of: pl.Series) -> list[GroupLine]:
    """A line for each group, the largest first; intervals hold for all groups of the grouping together."""
    z = quantile_for(of.n_unique())
    lines = [_line(judged.take(inside), grouping, group, z) for group, inside in masks(of)]
    return sorted(lines, key=lambda line: (-line.rows, line.group))


def masks(of: pl.Series) -> Iterator[tuple[str, Flags]]:
    """Each group with the mask of its rows; null is no group."""
    for group in of.drop_nulls().unique().sort().to_list():
        yield str(group), np.asarray((of == group).fill_null(False).to_numpy(), dtype=np.bool_)


def _line(judged: Judged, grouping: str, group: str, z: float) -> GroupLine:
    good, bad = judged.take(judged.target == 0), judged.take(judged.target == 1)
    return GroupLine(
        grouping=grouping,
        group=group,
        rows=len(judged.pd),
        firms=len(np.unique(judged.firm)),
        approved=_approved(judged, z),
        refused_good=_approved(replace(good, approved=~good.approved), z),
        approved_bad=_approved(bad, z),
        expected=float(np.average(judged.pd, weights=judged.weight)),
        bad=share_of(judged.target == 1, judged.weight, judged.firm, z),
    )


def _approved(judged: Judged, z: float) -> Share | None:
    return share_of(judged.approved, judged.weight, judged.firm, z)
