"""Counts that follow from usage lines, kept in the transaction that writes the lines."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from functools import cache
from typing import Any

from sqlalchemy import Connection
from sqlalchemy.dialects import postgresql, sqlite

from api.contracts.in_force import RulePlace
from api.metering.charging import NO_RULE, month_of
from api.metering.draft import ANSWERED
from api.metering.latency import BINS, bin_of
from api.metering.tables import UsageHour, UsageMonth
from api.tables import LedgerTable
from bureau.clock import hour_of

_SUMS = ("calls", "units", "charged_fen")
_HOUR_SUMS = (*_SUMS, *BINS)
_NOT_OF_A_RULE = ("unanswered", "service_credit")
"""Bases that use up nothing: neither a rule's units nor, as a credit is of another month's calls, this month's cap."""
_Rows = dict[tuple[Any, ...], dict[str, int]]


class Counts:
    """What the lines of one transaction add to the counts of their month and hour.

    A reversal takes its call and charge away in the hour it is written, and in the month of its call, where the unit
    it used stays used. Under its rule, where that began, a month counts the units; what counts as none is counted
    under no rule of its line's contract version.
    """

    def __init__(self, at: datetime) -> None:
        self._hour, self._month = hour_of(at), month_of(at)
        self._of_hours: _Rows = {}
        self._of_months: _Rows = {}

    def add(
        self, line: Mapping[str, Any], origin: RulePlace | None = None, *, called_at: datetime | None = None
    ) -> None:
        """Count one line. origin: of the rule whose unit it is; called_at: when the call it reverses was committed."""
        sums = {"calls": line["calls"], "units": line["units"], "charged_fen": line["amount_fen"]}
        hour = (
            line["institution_id"], self._hour, line["test"], line["product_code"], line["product_version"],
            line["purpose"], line["outcome"], line["basis"],
        )  # fmt: skip
        timed = {bin_of(line["latency_us"]): 1} if line["kind"] == "charge" and line["outcome"] in ANSWERED else {}
        _add(self._of_hours, hour, sums | timed, _HOUR_SUMS)
        if line["basis"] not in _NOT_OF_A_RULE:
            version, rule = (line["contract_version_id"], NO_RULE) if origin is None else origin
            month = (
                line["institution_id"], self._month if called_at is None else month_of(called_at), line["test"],
                version, line["product_code"], rule,
            )  # fmt: skip
            _add(self._of_months, month, sums, _SUMS)

    def store(self, connection: Connection) -> None:
        """Add what was counted to the stored counts."""
        add_counts(connection, UsageMonth, self._of_months)
        add_counts(connection, UsageHour, self._of_hours)


def _add(rows: _Rows, key: tuple[Any, ...], sums: Mapping[str, int], names: Iterable[str]) -> None:
    present = rows.get(key)
    if present is None:
        present = rows[key] = dict.fromkeys(names, 0)
    for name, value in sums.items():
        present[name] += value


def add_counts(connection: Connection, table: type[LedgerTable], rows: _Rows) -> None:
    """Insert counts, or add them to those that are there. In the order of their keys: no two writers wait in a ring."""
    if rows:
        keys = [column.name for column in table.__table__.primary_key]
        values = [dict(zip(keys, key, strict=True)) | rows[key] for key in sorted(rows)]
        connection.execute(_addition(table, connection.dialect.name), values)


@cache
def _addition(table: type[LedgerTable], dialect: str) -> sqlite.Insert | postgresql.Insert:
    """Made once: to make it anew costs as much as to run it."""
    insertion = sqlite.insert(table) if dialect == "sqlite" else postgresql.insert(table)
    keys = [column.name for column in table.__table__.primary_key]
    sums = {column.name: column for column in table.__table__.columns if not column.primary_key}
    added = {name: column + insertion.excluded[name] for name, column in sums.items()}
    return insertion.on_conflict_do_update(index_elements=keys, set_=added)
