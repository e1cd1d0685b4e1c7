"""What the generator promises of a city, measured on its deliveries: `bureau source check` and the tests ask here.

First what can be told of any city, then what needs defaults to be told by.
"""

import math
from pathlib import Path

from features.lake.lake import Lake
from features.sources.city.census import check_census
from features.sources.city.default_path import check_default_path
from features.sources.city.lending import loan_shares
from features.sources.city.likeness import told_apart
from features.sources.city.manifest import TRUTH, parameters_of, read_manifest
from features.sources.city.manners import check_dirt, check_lags
from features.sources.city.outcome_checks import check_outcomes
from features.sources.city.promises import Figure, Promise, Size, near, size_of
from features.sources.city.truth import read_truth
from features.sources.city.volumes import FAR, FAR_AT_MOST, Volume, all_feeds, volumes
from features.sources.city.wording_checks import check_wording
from features.sources.source import Check, Verdict

REAL_BORROWERS_AT_MOST = 0.08
"""In a city whose rows can be held against the contracts'."""
SMALL = near("share of the amount lent to small borrowers", 0.87, 0.03)
UNSECURED = near("share of the amount lent without security", 0.82, 0.03)
BOTH = near("share of the amount that is both", 0.77, 0.08)
LIKENESS = Promise("AUC of a real firm's monthly invoices against the city's", high=0.80)
LIKENESS_TO_TREES = Promise("the same, told apart by trees", high=0.80)
TREES_SEE = (
    "trees see what goes together, which the city draws by two causes: how many invoices and how large orders are"
)
TREES_EXPLAINED = 0.88
"""Above, trees tell the invoices apart by more than the reason given for it explains."""


def check_city(folder: Path, data: Path | None = None, lake: Lake | None = None) -> tuple[Check, ...]:
    """Measure a city from the folder its deliveries and truth were written to.

    lake: where they have landed; without it the published features are not asked.
    data: directory of real invoices to hold the city's against.
    """
    if not any(folder.glob("F60-*.parquet")):
        kept = "its deliveries were not kept; load it with --keep"
        return (Check("the city is what its parameters promise", Verdict.NOT_MEASURED, "", note=kept),)
    parameters = parameters_of(folder)
    size = size_of(parameters.sample, read_manifest(folder).enterprises)
    return (
        *_volumes(folder, size),
        *_lending(folder, size),
        *check_census(folder, parameters, size),
        *check_default_path(folder, parameters, size),
        *check_lags(folder, parameters, size),
        *check_dirt(folder, parameters, size),
        *check_wording(folder, parameters, size),
        *_likeness(folder, data, size),
        *check_outcomes(folder, parameters.sample, size, lake),
    )


def _volumes(folder: Path, size: Size) -> tuple[Check, ...]:
    share = read_truth(folder / TRUTH, "enterprises")["borrower"].to_numpy().mean()
    if share > REAL_BORROWERS_AT_MOST:
        many = f"{share:.0%} of this city borrow; generate it with sample.mix_of: 4000000, the mix the contracts count"
        return (Check("rows per enterprise are those of the contracts", Verdict.NOT_MEASURED, "", note=many),)
    of_feeds = volumes(folder, size.enterprises)
    return tuple(_volume(one, size) for one in (all_feeds(of_feeds), *of_feeds))


def _volume(one: Volume, size: Size) -> Check:
    if one.feed not in FAR:
        return one.promise.judge(one.figure, size)
    return one.promise.excuse(one.figure, size, FAR[one.feed], one.target * FAR_AT_MOST)


def _lending(folder: Path, size: Size) -> tuple[Check, ...]:
    """Three shares of the amount. What the last figure is a share of is not known, so the other reading stands by."""
    shares = loan_shares(folder)
    holding = shares.holding.value
    other = "" if math.isnan(holding) else f"of small borrowers, {holding:.0%} hold an unsecured loan"
    return (
        SMALL.judge(shares.small, size),
        UNSECURED.judge(shares.unsecured, size),
        BOTH.judge(shares.both, size, other),
    )


def _likeness(folder: Path, data: Path | None, size: Size) -> tuple[Check, ...]:
    if data is None:
        how = "say where real invoices are with --data DIR"
        return LIKENESS.unmeasured(how), LIKENESS_TO_TREES.unmeasured(how)
    told = told_apart(folder, data)
    of = f"{told.real_firms:,} real firms"
    alone = f"by no habit alone more than {told.habit_alone.strength:.3f} ({told.habit})"
    found, by_trees = (Figure(one.auc, one.error, of) for one in (told.found, told.by_trees))
    return (
        LIKENESS.judge(found, size, alone),
        LIKENESS_TO_TREES.excuse(by_trees, size, f"{alone}, but {TREES_SEE}", TREES_EXPLAINED),
    )
