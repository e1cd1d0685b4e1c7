"""What must be so of a home that holds this source: every summary equals its lines, every firm is registered."""

import polars as pl

from features.contracts.contract import Contract
from features.contracts.counterparty import COUNTERPARTY
from features.contracts.invoice_line import INVOICE_LINE
from features.contracts.invoice_month import INVOICE_MONTH
from features.contracts.registration import REGISTRATION
from features.lake.lake import Lake
from features.sources.cumcm.counterparties import quarter_counterparties
from features.sources.cumcm.lines import countable
from features.sources.cumcm.summaries import month_summaries
from features.sources.held import held_records
from features.sources.source import Check, plain_check
from features.sources.versions import next_versions


def check_records(lake: Lake) -> tuple[Check, ...]:
    """Recompute the summaries from the lines in the lake and compare; count firms without a registration."""
    lines = countable(held_records(lake, INVOICE_LINE))
    return (
        _agrees(lake, INVOICE_MONTH, month_summaries(lines), "each month's summary equals its invoices"),
        _agrees(lake, COUNTERPARTY, quarter_counterparties(lines), "each quarter's ranking equals its invoices"),
        _registered(lake, lines["uscc"]),
    )


def _agrees(lake: Lake, contract: Contract, rows: pl.DataFrame, rule: str) -> Check:
    held = held_records(lake, contract)
    differing = next_versions(rows, held, contract).join(held, on=["record_id", "version"], how="anti")
    return plain_check(
        rule, differing.is_empty(), f"{rows.height:,} rows of {contract.code}, {differing.height:,} differ"
    )


def _registered(lake: Lake, usccs: pl.Series) -> Check:
    firms = usccs.unique()
    unknown = firms.filter(~firms.is_in(held_records(lake, REGISTRATION)["uscc"].implode()))
    found = f"{firms.len():,} firms with invoices, {unknown.len():,} without a registration"
    return plain_check("each firm with invoices is registered", unknown.is_empty(), found)
