"""The content of a basic report: public records as tables, each row with the record it came from."""

import polars as pl

from features.contracts.feeds import find_feed
from products.product import Table
from products.reading import Reading
from products.reports.content import BasicResult, ReportContent, TableShown
from products.reports.coverage import data_as_of, marks_of, record_marks

ROWS = 200
"""Rows shown of one table, the newest; `count` counts all."""


def tell_records(reading: Reading) -> ReportContent:
    """The tables of a report product."""
    tables = [_table(reading, table) for table in reading.product.tables]
    shown = [(table.feed, str(row["record_id"])) for table in tables for row in table.records]
    return ReportContent(
        result=BasicResult(tables=tables),
        reasons=[],
        other_points=None,
        advice=[],
        model=None,
        data_as_of=data_as_of(reading),
        marks=[*marks_of(reading), *record_marks(reading, shown)],
    )


def _table(reading: Reading, table: Table) -> TableShown:
    department = find_feed(table.feed).department
    rows = reading.records(table.feed)
    columns = list(dict.fromkeys(("record_id", "event_date", "publish_date", *table.columns)))
    shown = rows.head(ROWS).select(columns).with_columns(pl.col(pl.Date).dt.to_string("iso"))
    return TableShown(
        feed=table.feed,
        name=table.name,
        name_en=table.name_en,
        department=department,
        received=table.feed in reading.received,
        count=len(rows),
        records=[{"feed": table.feed, "department": department, **row} for row in shown.to_dicts()],
    )
