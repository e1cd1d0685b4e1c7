"""Counts that follow from usage lines, kept in the transaction that writes the lines."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import Connection
from sqlalchemy.dialects import postgresql, sqlite

from api.metering.charging import month_of
from api.metering.tables import UsageDay, UsageMonth
from api.tables import LedgerTable
from bureau.clock import shanghai_day

_SUMS = ("calls", "units", "charged_fen")
_Rows = dict[tuple[Any, ...], dict[str, int]]


class Counts:
    """What the lines of one transaction add to the counts of their month and day.

    A reversal takes its call and charge away on the day it is written; the unit it used stays used.
    """

    def __init__(self, at: datetime) -> None:
        self._day, self._month = shanghai_day(at), month_of(at)
        self._of_days: _Rows = {}
        self._of_months: _Rows = {}

    def add(self, line: Mapping[str, Any]) -> None:
        """Count one line."""
        sums = {"calls": line["calls"], "units": line["units"], "charged_fen": line["amount_fen"]}
        day = (
            line["institution_id"], self._day, line["test"], line["product_code"], line["product_version"],
            line["purpose"], line["outcome"], line["basis"],
        )  # fmt: skip
        _add(self._of_days, day, sums | {"latency_us": line["latency_us"] * line["calls"]})
        if line["basis"] != "unanswered":
            month = (
                line["institution_id"], self._month, line["test"], line["contract_version_id"], line["product_code"],
                line["rule"],
            )  # fmt: skip
            _add(self._of_months, month, sums)

    def store(self, connection: Connection) -> None:
        """Add what was counted to the stored counts."""
        _add_to(connection, UsageMonth, self._of_months, _SUMS)
        _add_to(connection, UsageDay, self._of_days, (*_SUMS, "latency_us"))


def _add(rows: _Rows, key: tuple[Any, ...], sums: Mapping[str, int]) -> None:
    present = rows.setdefault(key, dict.fromkeys(sums, 0))
    for name, value in sums.items():
        present[name] += value


def _add_to(connection: Connection, table: type[LedgerTable], rows: _Rows, sums: Iterable[str]) -> None:
    """Insert counts, or add them to those that are there. In the order of their keys: no two writers wait in a ring."""
    if not rows:
        return
    keys = [column.name for column in table.__table__.primary_key]
    values = [dict(zip(keys, key, strict=True)) | rows[key] for key in sorted(rows)]
    dialect = sqlite if connection.dialect.name == "sqlite" else postgresql
    insertion = dialect.insert(table)
    added = {name: table.__table__.c[name] + insertion.excluded[name] for name in sums}
    connection.execute(insertion.on_conflict_do_update(index_elements=keys, set_=added), values)
