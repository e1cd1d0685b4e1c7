"""Approval and error of a model by group: whom it would refuse, who of them repaid, whose risk it misjudges.

Release gates and the audit measure here alike. Groups differ in risk, so a difference in approval alone proves nothing
and is reported; being told riskier than one turns out to be does.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

import numpy as np
import polars as pl

from models.cross_validation import Rows
from models.evaluation import Interval
from models.fairness.shares import Flags, Floats, Ints, Share, quantile_for, share_of
from models.reliability import observed_to_said
from models.scorecard import master_scale
from models.segments import segments_of

UNKNOWN = "unknown"
SIZE, DISTRICT = "size", "district"
GROUPINGS = {SIZE: "insured_staff", DISTRICT: "registration_district"}
"""What is always reported, and the feature that tells it; a model of loans abroad has features of its own for it."""
APPROVE_BELOW = next(band.pd_below for band in master_scale().grades if band.grade == "C")
"""Probability of default below which the model's word alone would grant: grades A to C of the master scale."""


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


def judged_of(pd: Floats, rows: Rows, approve_below: float = APPROVE_BELOW) -> Judged:
    """What was said of rows, and whom that alone would have granted a loan."""
    return Judged(pd, pd < approve_below, rows.target, rows.weight, rows.firm)


@dataclass(frozen=True)
class GroupLine:
    """One group beside its outcomes; a share is None where nobody could be counted.

    refused_good: of those who repaid, whom the model would refuse. approved_bad: of those in default, whom it would
    approve. expected: mean probability of default; bad: what came. said: defaults it was told to have, rows alike.
    against_all: defaults observed for each one said, divided by that of all: below 1 the group's risk is overstated.
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
    said: float
    against_all: Interval


def with_groupings(frame: pl.DataFrame) -> pl.DataFrame:
    """The frame with the columns `size` and `district`, made of the features of segments it has (`models/segments.py`);
    unknown stays a group."""
    told = segments_of(frame)
    return frame.with_columns(pl.Series(name, told[name]).replace("", UNKNOWN) for name in GROUPINGS)


def group_lines(judged: Judged, grouping: str, of: pl.Series) -> list[GroupLine]:
    """A line for each group, the largest first; intervals hold for all groups of the grouping together."""
    z = quantile_for(of.n_unique())
    overall = observed_to_said(judged.pd, judged.target, judged.weight).value if len(judged.pd) else 1.0
    lines = [_line(judged.take(inside), grouping, group, z, overall) for group, inside in masks(of)]
    return sorted(lines, key=lambda line: (-line.rows, line.group))


def overstated(lines: Iterable[GroupLine], below: float, least_said: float = 0.0) -> list[GroupLine]:
    """The groups that clearly default less than they are told to, against all: their whole interval lies below.

    least_said: defaults a group must be told to have before it has a say.
    """
    return [line for line in lines if line.said >= least_said and line.against_all.high < below]


def masks(of: pl.Series) -> Iterator[tuple[str, Flags]]:
    """Each group with the mask of its rows; null is no group."""
    for group in of.drop_nulls().unique().sort().to_list():
        yield str(group), np.asarray((of == group).fill_null(False).to_numpy(), dtype=np.bool_)


def _line(judged: Judged, grouping: str, group: str, z: float, overall: float) -> GroupLine:
    good, bad = judged.take(judged.target == 0), judged.take(judged.target == 1)
    ratio = observed_to_said(judged.pd, judged.target, judged.weight, judged.firm, width=z)
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
        said=float(judged.pd.sum()),
        against_all=Interval(ratio.value / overall, ratio.low / overall, ratio.high / overall),
    )


def _approved(judged: Judged, z: float) -> Share | None:
    return share_of(judged.approved, judged.weight, judged.firm, z)
