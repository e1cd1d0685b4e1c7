"""Measure what feeds are worth: one training set for all of them, one model of everything, two more for each."""

from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from datetime import date

import polars as pl

from bureau.grant import ReadGrant
from bureau.progress import Tell
from features.contracts.loan_feedback import LOAN_FEEDBACK
from features.definitions.entry import Entry
from features.definitions.library import definition_hash, features_of, published
from features.lake.lake import Lake
from features.store.records import records
from models.question import Question
from models.training import read_labelled, require_labels
from models.worth.ablation import Bench, bench
from models.worth.defaults import match, strata
from models.worth.event_study import follow
from models.worth.figures import Ablation, Course, Matching, Worth

MOST_LOANS = 100_000
"""Loans read, those of a sample of the firms where there are more: half a gigabyte of features."""
THREADS = 2
_SEED = 20_230_430
_READ, _LEARNT, _FOLLOWED = 0.02, 0.10, 0.25
"""Shares of the work that are done when the loans' features are asked for, are learnt from, and the study is made."""


@dataclass(frozen=True)
class Window:
    """Months read before and after the month of default."""

    before: int = 18
    after: int = 6

    @property
    def months(self) -> range:
        return range(-self.before, self.after + 1)


def measure(
    lake: Lake,
    question: Question,
    day: date,
    grant: ReadGrant,
    *,
    feeds: Sequence[str],
    window: Window,
    tell: Tell,
) -> Iterator[Worth]:
    """The worth of each feed on what was known on `day`, each as soon as it is measured.

    Raises `TooFewLabels`, and `SuspectColumns` where a published feature knows the outcome.
    """
    snapshot = lake.snapshot()
    entries = {code: features_of(code) for code in feeds}
    wanted = [entry for entry in published() if any(entry in read for read in entries.values())]
    bare = Worth(
        feed="",
        model=question.spec.name,
        day=day,
        snapshot=snapshot,
        definition_hash=definition_hash(entry.name for entry in published()),
        features=0,
        matching=Matching(defaulted=0, others=0, alike=0.0),
        courses=(),
        ablation=None,
    )
    yield from (bare.model_copy(update={"feed": code}) for code in feeds if not entries[code])
    if not wanted:
        return
    bench = _bench(lake, question, day, grant, snapshot, tell)
    matching, courses = _study(lake, wanted, question.spec.target.dpd, day, grant, window, tell)
    telling = {code: read for code, read in entries.items() if read}
    for code, ablation in _ablations(bench, telling, tell):
        own = tuple(courses[entry.name] for entry in telling[code] if entry.name in courses)
        found = {"feed": code, "features": len(telling[code]), "matching": matching}
        yield bare.model_copy(update=found | {"courses": own, "ablation": ablation})


def _bench(lake: Lake, question: Question, day: date, grant: ReadGrant, snapshot: int, tell: Tell) -> Bench:
    whole = replace(question.spec, features=tuple(entry.name for entry in published()))
    labels = _affordable(question.read_labels(lake, day, grant, snapshot))
    tell(f"Reading {len(whole.features)} features of {labels.height:,} loans as of the day before each", _READ)
    labelled = read_labelled(lake, whole, labels, grant, snapshot=snapshot)
    question = question.on(day, labelled)
    train, test = question.part(labelled, "train"), question.part(labelled, "test")
    require_labels(whole, "defaults on the oldest loans", train.defaults, whole.least_to_train)
    require_labels(whole, "defaults on the newest loans", test.defaults, whole.least_to_judge)
    tell(f"Learning from {len(train):,} loans, {train.defaults:,} defaults, to judge by {len(test):,} newer", _LEARNT)
    return bench(question.recipe, question.to_fit(labelled, "train"), test)


def _affordable(labels: pl.DataFrame) -> pl.DataFrame:
    """All loans, or all loans of a sample of firms."""
    if labels.height <= MOST_LOANS:
        return labels
    firms = labels["subject"].unique().sort()
    some = firms.sample(fraction=MOST_LOANS / labels.height, seed=_SEED)
    return labels.filter(pl.col("subject").is_in(some.implode()))


def _study(
    lake: Lake, entries: Sequence[Entry], dpd: int, day: date, grant: ReadGrant, window: Window, tell: Tell
) -> tuple[Matching, dict[str, Course]]:
    feedback = records(lake, LOAN_FEEDBACK.code, day, grant).select("uscc", "period", "granted_on", "dpd")
    cases = match(feedback, strata(lake, feedback, grant), dpd)
    others = cases.filter(~pl.col("defaulted"))
    alike = others["alike"].mean() if others.height else 0.0
    matching = Matching(defaulted=cases.height - others.height, others=others.height, alike=alike)
    names = [entry.name for entry in entries if not entry.categories]

    def further(month: int, borrowers: int) -> None:
        done = (month + window.before + 1) / len(window.months)
        told = f"Month {month:+d} around default: {borrowers:,} borrowers"
        tell(told, _LEARNT + (_FOLLOWED - _LEARNT) * done)

    courses = follow(lake, cases, names, grant, months=window.months, day=day, tell=further)
    return matching, {course.feature: course for course in courses}


def _ablations(bench: Bench, entries: dict[str, tuple[Entry, ...]], tell: Tell) -> Iterator[tuple[str, Ablation]]:
    """Each feed's ablation in the order given, two at a time; LightGBM lets go of the interpreter."""

    def ablate(code: str) -> Ablation:
        return bench.without([entry.name for entry in entries[code]])

    with ThreadPoolExecutor(THREADS) as pool:
        for done, (code, found) in enumerate(zip(entries, pool.map(ablate, entries), strict=True), start=1):
            tell(f"{code}: {found.loss} lost without it", _FOLLOWED + (1 - _FOLLOWED) * done / len(entries))
            yield code, found
