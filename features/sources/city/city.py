"""The synthetic city as a source: its deliveries, feed by feed, and the truth beside them."""

from collections.abc import Callable, Iterator, Mapping
from datetime import datetime, time
from pathlib import Path

import polars as pl

from bureau.clock import SHANGHAI
from bureau.errors import InvalidInput
from features.contracts.feeds import find_feed
from features.lake.delivery import RECEIVED_AT, write_delivery
from features.sources.city.arrays import Floats
from features.sources.city.assets import feeds as assets
from features.sources.city.cases import court_cases, draw_cases
from features.sources.city.counterparties import counterparties
from features.sources.city.default import draw_defaults, kept_loans, solve_intercepts
from features.sources.city.dirt import soil
from features.sources.city.enforcement import dishonest_debtors, draw_enforcements, enforcement_records
from features.sources.city.feedback import loan_feedback
from features.sources.city.fiscal import feeds as fiscal
from features.sources.city.invoices import invoice_months
from features.sources.city.justice import feeds as justice
from features.sources.city.latent import draw_weather
from features.sources.city.loans import lend
from features.sources.city.manifest import TRUTH, claim_folder
from features.sources.city.market import feeds as market
from features.sources.city.months import Months
from features.sources.city.parameters import Parameters, load_parameters
from features.sources.city.penalties import penalties
from features.sources.city.power import electricity, power_arrears
from features.sources.city.publication import publish
from features.sources.city.registration import registration_changes, registrations
from features.sources.city.shard import Shard, draw_shard
from features.sources.city.social_insurance import social_insurance
from features.sources.city.stating import AfterDefault, Aftermath, BeforeDefault
from features.sources.city.streams import Chances
from features.sources.city.tax_declarations import tax_declarations
from features.sources.city.tax_records import tax_arrears, tax_grades
from features.sources.city.trade import trade_sides
from features.sources.city.truth import write_truth
from features.sources.source import SourceWritten

_GROUPS = (market, fiscal, justice, assets)
BEFORE_DEFAULT: Mapping[str, BeforeDefault] = dict(item for group in _GROUPS for item in group.BEFORE_DEFAULT.items())
AFTER_DEFAULT: Mapping[str, AfterDefault] = dict(item for group in _GROUPS for item in group.AFTER_DEFAULT.items())
_FIRST = ("F01", "F02", "F14", "F15", "F16", "F17", "F18", "F22", "F26", "F27", "F28", "F34", "F46", "F47", "F60")
FEEDS = (*_FIRST, *BEFORE_DEFAULT, *AFTER_DEFAULT)
"""What the city delivers, in the order it lands: enterprises first, so that names can be matched."""

DEFAULT_SEED = 2023
SHARD = 10_000
"""Enterprises drawn at once; a larger city is more shards of this size."""


def write_deliveries(
    folder: Path,
    *,
    enterprises: int,
    seed: int = DEFAULT_SEED,
    parameters: Parameters | None = None,
    report: Callable[[str], None] | None = None,
) -> SourceWritten:
    """Write every feed's deliveries and, under `truth/`, what is really so. The same arguments, the same content.

    report: called with a line of progress after each step.
    Raises `InvalidInput` for an impossible number of enterprises or seed, `SourceConflict` where the folder holds
    another city, before anything is written.
    """
    if enterprises < 1 or seed < 0:
        raise InvalidInput("A city needs at least one enterprise, and a seed that is not negative.")
    parameters = parameters or load_parameters()
    claim_folder(folder, enterprises=enterprises, seed=seed, parameters=parameters)
    calendar = parameters.calendar
    months = Months(calendar.first, calendar.last, calendar.burn_in_months)
    tell = report or _say_nothing
    weather = draw_weather(parameters, months, seed)
    intercepts = solve_intercepts(parameters, months, seed)
    tell("solved the yearly default rates on the reference population")
    written: dict[str, list[Path]] = {feed: [] for feed in FEEDS}
    for number, first in enumerate(range(0, enterprises, SHARD)):
        count = min(SHARD, enterprises - first)
        shard = draw_shard(parameters, months, weather, Chances(seed, number), first=first, count=count)
        tell(f"enterprises {first + 1:,} to {first + count:,} of {enterprises:,} drawn")
        for feed, statements in _statements(shard, intercepts, folder / TRUTH):
            path = _deliver(folder, shard, feed, statements)
            written[feed].append(path)
            tell(f"{path.name} written")
    return SourceWritten(tuple(path for feed in FEEDS for path in written[feed]), calendar.last)


def _statements(shard: Shard, intercepts: Floats, truth: Path) -> Iterator[tuple[str, pl.DataFrame]]:
    """Feed by feed what the departments state, in the order of causes: default comes last of all.

    Only bank feedback and the courts' feeds are written after it; part of the latter follows from it.
    """
    changes = registration_changes(shard)
    yield "F01", registrations(shard, changes)
    yield "F02", changes
    yield "F14", tax_grades(shard)
    yield "F15", tax_declarations(shard)
    sides = trade_sides(shard)
    yield "F16", invoice_months(shard, sides)
    yield "F17", counterparties(shard, sides)
    yield "F18", tax_arrears(shard)
    yield "F22", social_insurance(shard)
    yield "F34", penalties(shard)
    yield "F46", electricity(shard)
    yield "F47", power_arrears(shard)
    for feed, stated in BEFORE_DEFAULT.items():
        yield feed, stated(shard)
    parameters, months, latent, chances = shard.parameters, shard.months, shard.latent, shard.chances
    applications, loans = lend(parameters, months, shard.firms, latent, chances)
    defaults = draw_defaults(parameters, months, latent, loans, intercepts, chances)
    loans = kept_loans(loans, defaults)
    yield "F60", loan_feedback(shard, loans, defaults)
    cases = draw_cases(shard, defaults)
    yield "F26", court_cases(shard, cases)
    enforced = draw_enforcements(shard, cases, defaults)
    yield "F27", enforcement_records(shard, enforced)
    yield "F28", dishonest_debtors(shard, enforced)
    aftermath = Aftermath(applications, loans, defaults, cases, enforced)
    for feed, follows in AFTER_DEFAULT.items():
        yield feed, follows(shard, aftermath)
    write_truth(truth, shard, applications, loans, defaults)


def _deliver(folder: Path, shard: Shard, feed: str, statements: pl.DataFrame) -> Path:
    """Soil, date and order what a department states, and write it as one delivery."""
    chance, parameters = shard.chances.of(f"delivery-{feed}"), shard.parameters
    contract = find_feed(feed)
    delivered = publish(soil(statements, feed, parameters, chance), feed, parameters, chance)
    named = delivered.with_columns(record_id=pl.concat_str(pl.lit(f"{feed}-"), pl.col("record_id").cast(pl.String)))
    columns = [pl.col(name).cast(dtype) for name, dtype in contract.dtypes.items()]
    return write_delivery(
        named.select(*columns, RECEIVED_AT),
        feed=feed,
        batch_id=f"city-{shard.chances.seed}-{shard.chances.shard:04d}",
        publisher=contract.department,
        produced_at=datetime.combine(parameters.calendar.last, time(23), SHANGHAI),
        folder=folder,
        history=True,
    )


def _say_nothing(_line: str) -> None:
    """The progress of a caller who does not want to hear."""
