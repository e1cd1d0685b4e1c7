"""DuckDB as a person writes it for one day: each feed's files scanned once, grouped by enterprise, nothing joined
before the end, and every day a constant that reaches the Parquet statistics.

What differs from the generated reference: no spine is joined to the records, and rows older than the widest window
are not read. Values and arithmetic are the same, or it would not be the same work.
"""

from collections.abc import Mapping, Sequence
from datetime import date

from features.engine.algebra import Definition, Feature, leaves
from features.engine.day_sql import WindowSql, cutoff_micros, leaf_bounds
from features.engine.dialects import DUCKDB
from features.engine.duckdb_sql import arithmetic
from features.engine.feed_scan import FeedScan, Source
from features.law.horizons import legal_day


class ConstantDay:
    """One day as constants of the text."""

    dialect = DUCKDB

    def __init__(self, as_of: date) -> None:
        self._as_of = as_of
        self.as_of, self.cutoff = _day(as_of), str(cutoff_micros(as_of))

    def window(self, leaf: Feature) -> WindowSql:
        covered = leaf_bounds(leaf, self._as_of)
        return WindowSql(None if covered.after is None else _day(covered.after), _day(covered.until))

    def legal(self, rule: str) -> str:
        return _day(legal_day(rule, self._as_of))


class FlatScan(FeedScan):
    """One feed's files grouped by enterprise."""

    def flat(self) -> str:
        return self._table(("enterprise_id",), ("f.enterprise_id",), f"FROM {self._source.records} f") + (
            "\n  GROUP BY enterprise_id)"
        )


def flat_query(wanted: Mapping[str, Definition], sources: Mapping[str, Source], subjects: str, as_of: date) -> str:
    """A row per subject: `enterprise_id`, then one column per name. subjects: a table of enterprise_id and
    enterprise_known_from."""
    day = ConstantDay(as_of)
    entered = [leaf for definition in wanted.values() for leaf in leaves(definition)]
    scans = {leaf.feed.code: leaf.feed for leaf in entered}
    flats = {
        code: FlatScan(contract, _narrowed(sources[code], contract.code, entered, as_of), day)
        for code, contract in scans.items()
    }
    parts: dict[str, str] = {}
    columns = [f'{_value(definition, flats, parts)} AS "{name}"' for name, definition in wanted.items()]
    beside = [f"{sql} AS {name}" for sql, name in parts.items()]
    known = [scan.known for scan in flats.values()]
    used = [scan for scan in flats.values() if not scan.is_empty]
    joins = "".join(f"\n  LEFT JOIN {scan.alias} ON {scan.alias}.enterprise_id = s.enterprise_id" for scan in used)
    subject = f"subject AS (SELECT s.enterprise_id, {day.as_of} AS as_of, {', '.join(known)} FROM {subjects} s)"
    return (
        f"WITH {', '.join([subject, *(scan.flat() for scan in used)])}\nSELECT enterprise_id, {', '.join(columns)}\n"
        f"FROM (SELECT s.enterprise_id, {', '.join(beside)} FROM subject s{joins})"
    )


def _narrowed(source: Source, code: str, entered: Sequence[Feature], as_of: date) -> Source:
    """A source without the rows that lie before every window."""
    ends = [leaf_bounds(leaf, as_of).after for leaf in entered if leaf.feed.code == code]
    if None in ends:
        return source
    oldest = min(end for end in ends if end is not None)
    return Source(f"(SELECT * FROM {source.records} WHERE event_date > {_day(oldest)})", source.connected_from)


def _value(definition: Definition, scans: Mapping[str, FlatScan], parts: dict[str, str]) -> str:
    if isinstance(definition, Feature):
        kind = "VARCHAR" if definition.take.categories else "DOUBLE"
        sql = f"CAST({scans[definition.feed.code].value(definition)} AS {kind})"
        return parts.setdefault(sql, f"v{len(parts)}")
    left, right = (_value(side, scans, parts) for side in (definition.left, definition.right))
    return arithmetic(definition, left, right)


def _day(day: date) -> str:
    return f"DATE '{day.isoformat()}'"
