"""Every feed of the city in the order of causes: from a shard to what the departments state of it."""

from collections.abc import Iterator, Mapping
from pathlib import Path

import polars as pl

from features.sources.city.arrays import Floats
from features.sources.city.assets import feeds as assets
from features.sources.city.cases import court_cases, draw_cases
from features.sources.city.counterparties import counterparties
from features.sources.city.default import draw_defaults, kept_loans
from features.sources.city.enforcement import dishonest_debtors, draw_enforcements, enforcement_records
from features.sources.city.feedback import loan_feedback, reported_loans
from features.sources.city.fiscal import feeds as fiscal
from features.sources.city.invoices import invoice_months
from features.sources.city.justice import feeds as justice
from features.sources.city.loans import lend
from features.sources.city.market import feeds as market
from features.sources.city.penalties import penalties
from features.sources.city.power import electricity, power_arrears
from features.sources.city.registration import registration_changes, registrations
from features.sources.city.shard import Shard
from features.sources.city.social_insurance import social_insurance
from features.sources.city.stating import AfterDefault, Aftermath, BeforeDefault
from features.sources.city.tax_declarations import tax_declarations
from features.sources.city.tax_records import tax_arrears, tax_grades
from features.sources.city.trade import trade_sides
from features.sources.city.truth import write_truth

_GROUPS = (market, fiscal, justice, assets)
BEFORE_DEFAULT: Mapping[str, BeforeDefault] = dict(item for group in _GROUPS for item in group.BEFORE_DEFAULT.items())
AFTER_DEFAULT: Mapping[str, AfterDefault] = dict(item for group in _GROUPS for item in group.AFTER_DEFAULT.items())
_FIRST = ("F01", "F02", "F14", "F15", "F16", "F17", "F18", "F22", "F26", "F27", "F28", "F34", "F46", "F47", "F60")
FEEDS = (*_FIRST, *BEFORE_DEFAULT, *AFTER_DEFAULT)
"""What the city delivers, in the order it lands: enterprises first, so that names can be matched."""


def statements(shard: Shard, intercepts: Floats, truth: Path) -> Iterator[tuple[str, pl.DataFrame]]:
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
    applications, loans = lend(parameters, months, shard.firms, shard.relations, latent, chances)
    defaults = draw_defaults(parameters, months, latent, loans, intercepts, chances)
    loans = kept_loans(loans, defaults)
    reported = reported_loans(shard, loans)
    yield "F60", loan_feedback(shard, reported, defaults)
    cases = draw_cases(shard, defaults)
    yield "F26", court_cases(shard, cases)
    enforced = draw_enforcements(shard, cases, defaults)
    yield "F27", enforcement_records(shard, enforced)
    yield "F28", dishonest_debtors(shard, enforced)
    aftermath = Aftermath(applications, loans, defaults, cases, enforced)
    for feed, follows in AFTER_DEFAULT.items():
        yield feed, follows(shard, aftermath)
    write_truth(truth, shard, applications, reported, defaults)
