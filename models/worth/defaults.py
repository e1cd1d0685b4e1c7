"""Who defaulted when, and which other borrowers of the same month are like them."""

from collections import defaultdict
from datetime import timedelta
from random import Random

import polars as pl

from bureau.grant import ReadGrant
from features.lake.lake import Lake
from features.store.training_set import training_set

OTHERS = 3
"""Borrowers followed beside each that defaults: more would hardly narrow the band."""
MOST_DEFAULTS = 2_500
"""Defaults followed, a sample of more: a difference is then known to 0.03 standard deviations."""
SIZES = 3
_SEED = 20_230_430
_STRATUM = ("industry_section", "registered_capital")

Stratum = tuple[str | None, int | None]


def first_defaults(feedback: pl.DataFrame, dpd: int) -> pl.DataFrame:
    """The end of the month in which each firm was first `dpd` days overdue: `subject`, `month`; by subject."""
    overdue = feedback.filter(pl.col("dpd") >= dpd)
    return overdue.group_by(subject="uscc").agg(month=pl.col("period").min()).sort("subject")


def strata(lake: Lake, feedback: pl.DataFrame, grant: ReadGrant) -> dict[str, Stratum]:
    """Section and third of registered capital of each borrower, as known the day before its first loan."""
    dated = feedback.filter(pl.col("granted_on").is_not_null()).group_by(subject="uscc")
    asked = dated.agg(as_of=pl.col("granted_on").min() - timedelta(days=1)).sort("subject")
    read = training_set(lake, asked, _STRATUM, grant).frame
    capital = pl.col("registered_capital")
    size = (capital.rank("average") * SIZES / (capital.count() + 1)).floor().cast(pl.Int64)
    told = read.select("subject", pl.col("industry_section").cast(pl.String), size)
    return {subject: (section, third) for subject, section, third in told.iter_rows()}


def match(feedback: pl.DataFrame, like: dict[str, Stratum], dpd: int, seed: int = _SEED) -> pl.DataFrame:
    """The borrowers followed: `subject`, `month`, `defaulted`, `alike`.

    Each that defaults, with up to `OTHERS` that were reported on in that month and never fell so far behind: of its
    section and size where there are any left, else of its section, else any. Nobody is followed twice.
    """
    random = Random(seed)  # noqa: S311  # a sample, no secret
    ever = events = first_defaults(feedback, dpd)
    if events.height > MOST_DEFAULTS:
        events = events.sample(MOST_DEFAULTS, seed=seed)
    pools = _pools(feedback, events, ever, like, random)
    used: set[str] = set()
    rows = [(subject, month, True, True) for subject, month in events.iter_rows()]
    for subject, month in events.sample(fraction=1, shuffle=True, seed=seed).iter_rows():
        section, size = like.get(subject, (None, None))
        for other, alike in _others(pools, (month, section, size), used):
            rows.append((other, month, False, alike))
    columns = {"subject": pl.String, "month": pl.Date, "defaulted": pl.Boolean, "alike": pl.Boolean}
    return pl.DataFrame(rows, schema=columns, orient="row")


Pools = dict[tuple[object, ...], list[str]]


def _pools(
    feedback: pl.DataFrame, events: pl.DataFrame, ever: pl.DataFrame, like: dict[str, Stratum], random: Random
) -> Pools:
    """Borrowers that never default, by month; by month and section; by month, section and size; shuffled."""
    reported = feedback.select(subject="uscc", month="period").unique().sort("subject", "month")
    steady = reported.join(ever.select("subject"), on="subject", how="anti")
    steady = steady.join(events.select("month").unique(), on="month", how="semi")
    pools: Pools = defaultdict(list)
    for subject, month in steady.iter_rows():
        section, size = like.get(subject, (None, None))
        whole = (month, section, size)
        for width in range(1, len(whole) + 1):
            pools[whole[:width]].append(subject)
    for key in sorted(pools, key=str):
        random.shuffle(pools[key])
    return pools


def _others(pools: Pools, stratum: tuple[object, ...], used: set[str]) -> list[tuple[str, bool]]:
    """Up to `OTHERS` unused borrowers from the narrowest pool on, and whether each is of the whole stratum."""
    found: list[tuple[str, bool]] = []
    for width in range(len(stratum), 0, -1):
        pool = pools.get(stratum[:width], [])
        while pool and len(found) < OTHERS:
            subject = pool.pop()
            if subject not in used:
                used.add(subject)
                found.append((subject, width == len(stratum)))
    return found
