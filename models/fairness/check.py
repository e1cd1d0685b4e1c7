"""The check of a model's fairness: findings a release, or a person, acts on."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
import polars as pl

from bureau.errors import InvalidInput
from models.fairness.groups import (
    APPROVE_BELOW,
    GROUPINGS,
    GroupLine,
    Judged,
    group_lines,
    judged_of,
    masks,
    overstated,
)
from models.fairness.history import ApprovalOdds, approval_odds
from models.fairness.proxies import SCORE, associations, fewest
from models.fairness.shares import (
    FEWEST_FIRMS,
    Flags,
    Share,
    difference,
    effective_firms,
    quantile_for,
    share_of,
)
from models.register import Answer
from models.scoring import ScoringModel
from models.training import rows_of

PROXY, SCORE_PROXY = 0.2, 0.1
"""A feature tells a trait where its whole interval lies above the first; the score, where above the second."""
FOUR_FIFTHS = 0.8
"""A rate of approval below four fifths of the others' is the customary sign of adverse impact (29 CFR 1607.4)."""
HISTORY_ODDS = 0.75
"""Odds of past approval at equal risk below this share of the others'."""
REFUSED_GOOD = 0.05
"""Good payers refused more often than others by more than so many points."""
MISJUDGED = 1.25
"""Risk told more than this many times too high, against that of all."""

Kind = Literal["proxy", "approval", "error", "misjudged", "history"]


@dataclass(frozen=True)
class Finding:
    """What is not as it should be. figure, low, high: what was measured with its interval; limit: what it may be.

    kind: proxy (an input, or the score, tells a trait), approval (refused more often), error (good payers refused
    more often), misjudged (risk told too high), history (refused more often in the past at equal risk).
    refuses: whether a release must stop for it. Traits must not matter at all; a size or a district may differ
    in its risk, so what is found there is for a person to look at.
    """

    kind: Kind
    grouping: str
    group: str
    subject: str
    figure: float
    low: float
    high: float
    limit: float
    refuses: bool
    text: str


@dataclass(frozen=True)
class Audit:
    """rows: what the model says of the loans judged. groups: by question those compared. found: what is unfair."""

    rows: Judged
    groups: Mapping[str, tuple[str, ...]]
    found: list[Finding]


def check(
    model: ScoringModel,
    judged: pl.DataFrame,
    *,
    traits: Sequence[str] = (),
    applications: pl.DataFrame | None = None,
    approve_below: float = APPROVE_BELOW,
) -> Audit:
    """What is unfair in a model's answers. A release is refused if any finding `refuses`.

    judged: loans no part of the model has seen, with `subject`, `target` (1 default), `weight`, the model's features,
    and one column for each trait; the columns `size` and `district` too where groups of firms shall be judged
    (`groups.with_groupings` makes them, `auditing.read_judged` reads all of it for a kept model).
    traits: columns of things no feature may carry, from an auditor's file (`auditing.join_traits`); null is unknown.
    applications: past applications with `subject`, `granted` (whether a bank approved), the model's features and the
    traits; without them past approvals are not judged.
    approve_below: the probability of default from which the model's word alone refuses.

    All intervals of one grouping hold together (Bonferroni), and what is found is both beyond its limit and beyond
    chance: a small group has wide intervals and rings no false alarm. Raises `InvalidInput` where a trait is known in
    fewer than two groups of `FEWEST_FIRMS`, or where past applications compare none of them: nothing was compared,
    which is not to have found nothing.
    """
    rows = _judged_rows(model, judged, approve_below)
    groups = _compared(rows, judged, traits, applications)
    found = [one for name in GROUPINGS if name in judged.columns for one in _misjudged(rows, name, judged[name])]
    for trait in traits:
        found += [*_proxies(model, judged, trait), *_treated(rows, trait, judged[trait])]
        if applications is not None:
            odds = _past_odds(model, applications, trait)
            groups[_of_the_past(trait)] = _answered(trait, groups[_of_the_past(trait)], odds)
            found += _history(trait, odds)
    return Audit(rows, groups, found)


def _judged_rows(model: ScoringModel, judged: pl.DataFrame, approve_below: float = APPROVE_BELOW) -> Judged:
    """What the model says of judged loans."""
    rows = rows_of(model.columns, judged)
    return judged_of(model.calibration.pd(model.predictor.raw(rows.matrix)), rows, approve_below)


def _compared(
    rows: Judged, judged: pl.DataFrame, traits: Sequence[str], applications: pl.DataFrame | None
) -> dict[str, tuple[str, ...]]:
    """By every question of an audit the groups that have firms enough; `InvalidInput` where they are fewer than two.

    rows: what the model says of the loans judged. Past approvals are a question of their own for each trait: an audit
    without applications answers nothing on them.
    """
    found: dict[str, tuple[str, ...]] = {}
    for trait in traits:
        good = _good_payers(rows, judged[trait])
        found[trait] = _large(judged[trait], "loans judged", "firms that repaid", good)
        if applications is not None:
            asked = _applicants(applications, trait)
            found[_of_the_past(trait)] = _large(applications[trait], "past applications", "firms", asked)
    return found


def _good_payers(rows: Judged, of: pl.Series) -> dict[str, float]:
    """Of each group of a trait, how many firms of one weight that repaid would say as much as its loans do."""
    good = {group: rows.take(inside & (rows.target == 0)) for group, inside in _groups(of)}
    return {group: effective_firms(side.weight, side.firm) for group, side in good.items() if len(side.firm)}


def _applicants(applications: pl.DataFrame, trait: str) -> dict[str, float]:
    """Firms of each group of a trait that asked."""
    subjects = applications["subject"]
    return {group: subjects.filter(pl.Series(inside)).n_unique() for group, inside in _groups(applications[trait])}


def _large(of: pl.Series, what: str, whom: str, sizes: Mapping[str, float]) -> tuple[str, ...]:
    """The groups that are large enough to be compared, at least two."""
    enough = tuple(group for group, size in sizes.items() if size >= FEWEST_FIRMS)
    if len(enough) < 2:
        raise InvalidInput(
            f"The trait {of.name} is known of {of.count():,} of {len(of):,} {what}, in {len(enough)} of the two groups "
            f"of {FEWEST_FIRMS} {whom} that are needed to compare: bring a file of traits that tells it of more of "
            "them, each subject in it the enterprise's unified social credit code."
        )
    return enough


def _answered(trait: str, large: Sequence[str], odds: Mapping[str, ApprovalOdds]) -> tuple[str, ...]:
    """Of the large groups those whose past approvals stand beside others'; `InvalidInput` where none do."""
    compared = tuple(group for group in large if group in odds)
    if not compared:
        raise InvalidInput(
            f"The past applications compare no two groups of the trait {trait}: among firms of the same risk either "
            "one group alone applied, or all were answered alike. Bring those that were refused with those that were "
            "approved, or leave past approvals out."
        )
    return compared


def questions(found: Iterable[Finding], groups: Mapping[str, tuple[str, ...]]) -> dict[str, Answer]:
    """What an audit answers to each of its questions. groups: by question those that were compared.

    A group that is found unfair with fewer firms, by what tells it, is among the groups of the answer.
    """
    refusing = [(_question(one), one) for one in found if one.refuses]

    def answer(question: str) -> Answer:
        mine = [one for asked, one in refusing if asked == question]
        named = dict.fromkeys((*groups[question], *(one.group for one in mine)))
        return Answer(unfair=tuple(one.text for one in mine), groups=tuple(named))

    return {question: answer(question) for question in groups}


def _question(finding: Finding) -> str:
    return _of_the_past(finding.grouping) if finding.kind == "history" else finding.grouping


def _of_the_past(trait: str) -> str:
    return f"{trait} (past approvals)"


def _misjudged(rows: Judged, grouping: str, of: pl.Series) -> Iterator[Finding]:
    """Groups whose risk is told too high: fewer defaults came than the whole interval allows."""
    for line in overstated(group_lines(rows, grouping, of), 1.0):
        if line.against_all.value * MISJUDGED < 1 and line.bad is not None and line.bad.firms >= FEWEST_FIRMS:
            yield _finding_misjudged(line, line.bad)


def _finding_misjudged(line: GroupLine, bad: Share) -> Finding:
    text = (
        f"{line.grouping} {line.group}: {line.expected:.1%} were to default and {bad.value:.1%} did: its risk is "
        f"overstated, defaults for each one said {line.against_all} of those of all"
    )
    found = line.against_all
    return Finding(
        "misjudged", line.grouping, line.group, "pd", found.value, found.low, found.high, 1 / MISJUDGED, False, text
    )


def _proxies(model: ScoringModel, judged: pl.DataFrame, trait: str) -> Iterator[Finding]:
    """Inputs that tell a trait, and a score that does, on each firm's last row; of no group too small to judge."""
    firms = judged.filter(pl.col(trait).is_not_null()).unique("subject", keep="last", maintain_order=True)
    score = model.predictor.raw(model.columns.matrix(firms))
    groups = _groups(firms[trait])
    if len(groups) == 2:  # what tells one of two tells the other
        groups = [min(groups, key=lambda group: int(group[1].sum()))]
    groups = [(group, inside) for group, inside in groups if fewest(inside) >= FEWEST_FIRMS]
    z = quantile_for(len(groups) * (len(model.features) + 1))
    for group, inside in groups:
        for one in associations(model.columns, firms, score, inside, z):
            limit = SCORE_PROXY if one.what == SCORE else PROXY
            if one.low > limit:
                text = (
                    f"{one.what} tells {trait} {group}: correlation {one.value:.2f} ({one.low:.2f} to {one.high:.2f})"
                )
                yield Finding("proxy", trait, group, one.what, one.value, one.low, one.high, limit, True, text)


def _treated(rows: Judged, trait: str, of: pl.Series) -> Iterator[Finding]:
    """Groups the model would approve more seldom than all others, and good payers it would refuse more often."""
    known = of.is_not_null().to_numpy()
    groups = _groups(of)
    z = quantile_for(2 * len(groups))
    for group, inside in groups:
        one, other = rows.take(inside), rows.take(known & ~inside)
        yield from _less_approved(one, other, trait, group, z)
        yield from _refused_good(one, other, trait, group, z)


def _less_approved(one: Judged, other: Judged, trait: str, group: str, z: float) -> Iterator[Finding]:
    mine, theirs = (share_of(side.approved, side.weight, side.firm, z) for side in (one, other))
    if mine is None or theirs is None or min(mine.firms, theirs.firms) < FEWEST_FIRMS:
        return
    _, _, highest = difference(mine, theirs)
    limit = FOUR_FIFTHS * theirs.value
    if mine.value < limit and highest < 0:
        text = f"{trait} {group}: {mine} would be approved, and {theirs} of the others"
        yield Finding("approval", trait, group, "approved", mine.value, mine.low, mine.high, limit, True, text)


def _refused_good(one: Judged, other: Judged, trait: str, group: str, z: float) -> Iterator[Finding]:
    good = [side.take(side.target == 0) for side in (one, other)]
    mine, theirs = (share_of(~side.approved, side.weight, side.firm, z) for side in good)
    if mine is None or theirs is None or min(mine.firms, theirs.firms) < FEWEST_FIRMS:
        return
    more, lowest, highest = difference(mine, theirs)
    if more > REFUSED_GOOD and lowest > 0:
        text = f"{trait} {group}: of those who repaid {mine} would be refused, and {theirs} of the others"
        yield Finding("error", trait, group, "refused good", more, lowest, highest, REFUSED_GOOD, True, text)


def _past_odds(model: ScoringModel, applications: pl.DataFrame, trait: str) -> dict[str, ApprovalOdds]:
    """Odds of past approval of each group against others of the same risk, where both are firms enough to tell."""
    asked = applications.filter(pl.col(trait).is_not_null())
    risk = model.predictor.raw(model.columns.matrix(asked))
    granted = np.asarray(asked["granted"].cast(pl.Boolean).to_numpy(), dtype=np.bool_)
    firm = asked["subject"].rank("dense").to_numpy().astype(np.int64)
    groups, found = _groups(asked[trait]), {}
    for group, inside in groups:
        odds = approval_odds(risk, granted, inside, firm, quantile_for(len(groups)))
        small = min(len(np.unique(firm[side])) for side in (inside, ~inside)) < FEWEST_FIRMS
        if odds is not None and not small:
            found[group] = odds
    return found


def _history(trait: str, past: Mapping[str, ApprovalOdds]) -> Iterator[Finding]:
    """Groups that banks approved more seldom than others of the same risk: what such approvals left is no sample."""
    for group, odds in past.items():
        if odds.value < HISTORY_ODDS and odds.high < 1:
            told = f"{odds.value:.2f} ({odds.low:.2f} to {odds.high:.2f})"
            text = f"{trait} {group}: at equal risk the odds of past approval were {told} of the others'"
            yield Finding("history", trait, group, "granted", odds.value, odds.low, odds.high, HISTORY_ODDS, True, text)


def _groups(of: pl.Series) -> list[tuple[str, Flags]]:
    return list(masks(of))
