"""One scan of one feed, with every aggregate wanted of it."""

from dataclasses import dataclass

from features.contracts.contract import Contract
from features.engine.algebra import Feature, Kind
from features.engine.day_sql import DaySql
from features.engine.duckdb_rows import row_sql
from features.law.usability import usable

EVENT = "f.event_date"
MONTH = "year(f.event_date) * 12 + month(f.event_date)"
NEWEST = (EVENT, "f.known_from", "f.record_no")
"""The total order of `latest`: of two records of one day the one known later, then the higher number."""


@dataclass(frozen=True)
class Source:
    """One feed as a query sees it.

    records: a sub-select with the feed's columns and enterprise_id, record_no, event_date, known_from, known_to.
    connected_from: UTC microseconds of the first record ever known; None before the first delivery.
    """

    records: str
    connected_from: int | None


class FeedScan:
    """The aggregates wanted of one feed. What is asked twice (a condition, a value, an aggregate) is computed once."""

    def __init__(self, contract: Contract, source: Source, day: DaySql) -> None:
        self.alias, self._contract = f"feed_{contract.code}", contract
        self._source, self._day = source, day
        self._inputs: dict[str, str] = {}
        self._cells: dict[str, str] = {}

    def value(self, leaf: Feature) -> str:
        """SQL of a leaf's value beside the subject: its aggregate, or what missing means."""
        if self._source.connected_from is None:
            return "NULL"
        cell = self._finished(leaf)
        return (
            cell if leaf.missing is None else f"coalesce({cell}, CASE WHEN {self.alias}_known THEN {leaf.missing} END)"
        )

    @property
    def known(self) -> str:
        """Whether both the enterprise and the feed were known on the day: before that not even "nothing" is known."""
        if self._source.connected_from is None:
            return f"FALSE AS {self.alias}_known"
        known = f"s.enterprise_known_from < {self._day.cutoff} AND {self._source.connected_from} < {self._day.cutoff}"
        return f"{known} AS {self.alias}_known"

    @property
    def is_empty(self) -> bool:
        """Whether nothing is wanted of the feed, or nothing was ever delivered."""
        return not self._cells

    def query(self, spine: str) -> str:
        """The scan for every row of a spine: one aggregation by row."""
        rows = f"FROM {spine} s\n  JOIN {self._source.records} f ON f.enterprise_id = s.enterprise_id"
        return self._table(("row_no",), ("s.row_no",), rows) + "\n  GROUP BY row_no)"

    def query_alone(self) -> str:
        """The scan where the source holds one enterprise's records only: a single row, nothing to join or group."""
        return self._table((), (), f"FROM {self._source.records} f") + ")"

    def _table(self, keys: tuple[str, ...], inner_keys: tuple[str, ...], rows: str) -> str:
        """Conditions and values of each record inside, aggregates over them outside."""
        cells = ",\n  ".join((*keys, *(f"{sql} AS {name}" for sql, name in self._cells.items())))
        inputs = ",\n    ".join((*inner_keys, *(f"{sql} AS {name}" for sql, name in self._inputs.items())))
        seen = visible(self._contract, self._day)
        return f"{self.alias} AS (SELECT {cells}\n  FROM (SELECT {inputs}\n  {rows}\n  WHERE {seen})"

    def _input(self, sql: str) -> str:
        return self._inputs.setdefault(sql, f"x{len(self._inputs)}")

    def _cell(self, sql: str) -> str:
        return f"{self.alias}.{self._cells.setdefault(sql, f'c{len(self._cells)}')}"

    def _finished(self, leaf: Feature) -> str:
        """Enters what a leaf needs into the scan and returns the SQL that finishes it beside the subject `s`."""
        words = self._day.dialect
        where = f"FILTER (WHERE {self._input(enters(leaf, self._day))})"
        value = leaf.take.value and self._input(row_sql(leaf.take.value, self._day))
        match leaf.take.kind:
            case Kind.COUNT:
                return f"nullif({self._cell(f'count(*) {where}')}, 0)"
            case Kind.EXISTS:
                return f"CASE WHEN {self._cell(f'count(*) {where}')} > 0 THEN 1 END"
            case Kind.DISTINCT:
                return f"nullif({self._cell(words.distinct(str(value), where))}, 0)"
            case Kind.MONTHS_ACTIVE:
                return f"nullif({self._cell(words.distinct(self._input(MONTH), where))}, 0)"
            case Kind.TOTAL:
                return self._cell(f"CAST(sum({value}) {where} AS BIGINT)")
            case Kind.MEAN:
                sums = self._cell(f"CAST(sum({value}) {where} AS BIGINT)")
                return f"CAST({sums} AS DOUBLE) / nullif({self._cell(f'count({value}) {where}')}, 0)"
            case Kind.SMALLEST:
                return self._cell(f"min({value}) {where}")
            case Kind.LARGEST:
                return self._cell(f"max({value}) {where}")
            case Kind.DAYS_SINCE_LAST:
                return words.days(self._cell(f"max({self._input(EVENT)}) {where}"), "s.as_of")
            case Kind.DAYS_SINCE_FIRST:
                return words.days(self._cell(f"min({self._input(EVENT)}) {where}"), "s.as_of")
            case Kind.LATEST:
                cell = self._cell(words.newest(str(value), self._input(words.order(*NEWEST)), where))
                return _listed(cell, tuple(map(words.text, leaf.take.categories)))


def visible(contract: Contract, day: DaySql) -> str:
    """SQL of "this version of the record was the newest known on the day, it had happened, and the law lets it be
    used"; the law stands here and not beside each filter, so that the scan itself is narrowed by it."""
    known = (
        f"f.known_from < {day.cutoff} AND (f.known_to IS NULL OR f.known_to >= {day.cutoff})"
        f" AND f.event_date <= {day.as_of}"
    )
    law = usable(contract)
    return known if law is None else f"{known} AND {row_sql(law, day)}"


def enters(leaf: Feature, day: DaySql) -> str:
    """SQL of "this visible record enters": inside the window and satisfying the filter."""
    window = day.window(leaf)
    parts = [] if window.after is None else [f"f.event_date > {window.after}"]
    parts.append(f"f.event_date <= {window.until}")
    if leaf.where is not None:
        parts.append(row_sql(leaf.where, day))
    return " AND ".join(parts)


def _listed(cell: str, texts: tuple[str, ...]) -> str:
    if not texts:
        return cell
    return f"CASE WHEN {cell} IN ({', '.join(texts)}) THEN {cell} END"
