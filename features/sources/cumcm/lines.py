"""F16L: one row per VAT invoice, the evidence under the summaries."""

import polars as pl

from bureau.clock import known_before
from features.contracts.invoice_line import INVOICE_LINE
from features.lake.judgement import judge
from features.sources.cumcm.identity import hash_of, line_ids, uscc_of
from features.sources.cumcm.publication import LAST_DAY, published

RECEIVED_AFTER_DAYS = 1


def invoice_lines(invoices: pl.DataFrame) -> pl.DataFrame:
    """Rows of F16L from the files' invoices; each is known the day after it was issued."""
    lines = invoices.with_columns(
        record_id=line_ids(invoices),
        uscc=uscc_of(invoices["firm"]),
        counterparty_hash=hash_of(invoices["counterparty"]),
    ).drop("firm", "counterparty")
    return published(lines, event="invoiced_on", after_days=RECEIVED_AFTER_DAYS)


def countable(lines: pl.DataFrame) -> pl.DataFrame:
    """The delivered lines that a summary counts: those that will land, and are not withdrawn."""
    kept = judge(lines, INVOICE_LINE, known_before(LAST_DAY)).kept
    return kept.filter(pl.col("op") != "D")
