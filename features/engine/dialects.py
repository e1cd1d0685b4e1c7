"""What DuckDB and Spark say differently. All other SQL of the algebra is one text that both understand.

Both read double quotes as names, `STRING` as a text, `least` as passing over the unknown, and an unknown condition as
taking no record. A division never meets a zero and a sum leaves as a 64-bit integer, or the query stops: there is no
NaN, no infinity and no wrapped number to be told differently.
"""

from dataclasses import dataclass

Order = tuple[str, ...]
"""Expressions to compare records by, the first difference deciding."""


@dataclass(frozen=True)
class Dialect:
    """One database's words.

    marker: stands before a parameter's name. escaped: what stands in a text for a character, beside the doubled quote.
    """

    marker: str
    escaped: tuple[tuple[str, str], ...]
    days_template: str
    distinct_template: str
    newest_template: str
    order_template: str

    def text(self, value: str) -> str:
        """A constant text."""
        for character, written in self.escaped:
            value = value.replace(character, written)
        return "'" + value.replace("'", "''") + "'"

    def days(self, earlier: str, later: str) -> str:
        """Days from one date to another, an integer."""
        return self.days_template.format(earlier=earlier, later=later)

    def distinct(self, value: str, where: str) -> str:
        """Number of different known values; 0 of no record."""
        return self.distinct_template.format(value=value, where=where)

    def order(self, *parts: str) -> str:
        """Expressions as one value to compare by, the first difference deciding."""
        return self.order_template.format(", ".join(parts))

    def newest(self, value: str, order: str, where: str) -> str:
        """The value, known or not, in the record that is last by an order."""
        return self.newest_template.format(value=value, order=order, where=where)


DUCKDB = Dialect(
    marker="$",
    escaped=(),
    days_template="{later} - {earlier}",
    distinct_template="count(DISTINCT {value}) {where}",
    order_template="row({})",
    newest_template="arg_max_null({value}, {order}) {where}",
)
SPARK = Dialect(
    marker=":",
    escaped=(("\\", "\\\\"),),
    days_template="datediff({later}, {earlier})",
    # A set and not count(DISTINCT): that would copy every record once for each number asked for.
    distinct_template="size(collect_set({value}) {where})",
    order_template="struct({})",
    newest_template="max_by({value}, {order}) {where}",
)
