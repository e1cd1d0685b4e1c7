"""F16L: one row per VAT invoice, the evidence under the summaries."""

import polars as pl

from features.contracts.invoice_line import INVOICE_STATES
from features.sources.cumcm.identity import hash_of, line_ids, uscc_of
from features.sources.cumcm.publication import published

RECEIVED_AFTER_DAYS = 1


def invoice_lines(invoices: pl.DataFrame) -> pl.DataFrame:
    """Rows of F16L from the files' invoices; each is known the day after it was issued."""
    lines = invoices.with_columns(
        record_id=line_ids(invoices),
        uscc=uscc_of(invoices["firm"]),
        counterparty_hash=hash_of(invoices["counterparty"]),
    ).drop("firm", "counterparty")
    return published(lines, event="invoiced_on", after_days=RECEIVED_AFTER_DAYS)


def sound_lines(lines: pl.DataFrame) -> pl.DataFrame:
    """The lines a summary may count: neither withdrawn nor kept back by a rule of the feed."""
    whole = pl.all_horizontal(pl.all().is_not_null())
    return lines.filter(whole & pl.col("state").is_in(INVOICE_STATES) & (pl.col("op") != "D"))
