"""The readable reference: one query that computes any features for any rows, in the words of DuckDB or of Spark.

A *spine* names the rows wanted: (row_no, enterprise_id, enterprise_known_from), and each row's day where days differ.
Each feed is scanned once and joined to the spine; every aggregate of that feed is a conditional aggregate of the one
scan. Arithmetic between aggregates comes last, in float64. The same text serves a city, a training set and one live
enterprise.

Rules that keep executions equal: counts are `count(...) FILTER`, sums leave as int64, days are differences of dates,
the newest record is chosen by a total order, and no float is ever summed.
"""

from collections.abc import Iterable, Mapping

from features.engine.algebra import Definition, Derived, Operation, leaves
from features.engine.day_sql import DaySql
from features.engine.feed_scan import FeedScan, Source


def feature_query(
    wanted: Mapping[str, Definition],
    sources: Mapping[str, Source],
    spine: str,
    day: DaySql,
    *,
    alone: bool = False,
) -> str:
    """The query: a row per spine row in row_no order; `row_no`, then one column per name.

    spine: a table name or sub-select. alone: it has one row, and the sources hold that enterprise's records only.
    Numbers come as DOUBLE, categories as texts.
    """
    contracts = {leaf.feed.code: leaf.feed for one in wanted.values() for leaf in leaves(one)}
    scans = {code: FeedScan(contract, sources[code], day) for code, contract in contracts.items()}
    parts = _Parts(scans)
    columns = ["row_no", *(f'{parts.value(definition)} AS "{name}"' for name, definition in wanted.items())]
    beside = ["s.row_no", *(f"{sql} AS {name}" for sql, name in parts.numbers.items())]
    subject = ["s.row_no", f"{day.as_of} AS as_of", *(scan.known for scan in scans.values())]
    used = [scan for scan in scans.values() if not scan.is_empty]
    tables = [f"subject AS (SELECT {', '.join(subject)} FROM {spine} s)"]
    tables += [scan.query_alone() if alone else scan.query(spine) for scan in used]
    joins = "".join(f"\n  {_join(scan.alias, alone)}" for scan in used)
    return (
        f"WITH {_lines(tables)}\nSELECT {_lines(columns)}\n"
        f"FROM (SELECT {_lines(beside)}\n  FROM subject s{joins})\nORDER BY row_no"
    )


def _join(alias: str, alone: bool) -> str:
    return f"CROSS JOIN {alias}" if alone else f"LEFT JOIN {alias} ON {alias}.row_no = s.row_no"


def _lines(parts: Iterable[str]) -> str:
    return ",\n  ".join(parts)


def feeds(definitions: Iterable[Definition]) -> tuple[str, ...]:
    """Codes of the feeds that definitions read, each once, in order of mention."""
    return tuple(dict.fromkeys(leaf.feed.code for one in definitions for leaf in leaves(one)))


class _Parts:
    """Leaf values under short names, so that arithmetic does not repeat their SQL."""

    def __init__(self, scans: Mapping[str, FeedScan]) -> None:
        self._scans = scans
        self.numbers: dict[str, str] = {}

    def value(self, definition: Definition) -> str:
        if isinstance(definition, Derived):
            return arithmetic(definition, self.value(definition.left), self.value(definition.right))
        sql = self._scans[definition.feed.code].value(definition)
        typed = f"CAST({sql} AS {'STRING' if definition.take.categories else 'DOUBLE'})"
        return self.numbers.setdefault(typed, f"v{len(self.numbers)}")


def arithmetic(derived: Derived, left: str, right: str) -> str:
    """A derived feature from the SQL of its two sides; what has no denominator above zero is unknown."""
    match derived.operation:
        case Operation.SUM:
            return f"({left} + {right})"
        case Operation.DIFFERENCE:
            return f"({left} - {right})"
        case Operation.RATIO:
            return f"CASE WHEN {right} > 0 THEN {left} / {right} END"
        case Operation.TREND:
            return f"CASE WHEN {right} > 0 THEN ({left} - {right}) / {right} END"
