"""A schema's blocking rules as one pass of columns: which rows break which rule, in the order pandera tells them.

pandera is the declaration. What its checks say is translated here; a schema with a check that has no translation is
validated by pandera itself, which judges alike and takes many times as long.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import polars as pl
from pandera.errors import SchemaErrors

from features.contracts.contract import Contract, Delivered
from features.contracts.quality import RULE_WORDS, say

BROKEN = {"row": pl.UInt32, "reason": pl.String}


@dataclass(frozen=True)
class Rule:
    """A row breaks it where `broken` is true; null is not broken. reason: what to tell about such a row."""

    broken: pl.Expr
    reason: pl.Expr


def broken_rules(typed: pl.DataFrame, contract: Contract) -> pl.DataFrame:
    """Rows of typed columns that break a rule, once for each: `row`, `reason`.

    A rule between cells is asked of rows whose cells keep their own rules: it may compute with them.
    """
    rules = compile_rules(contract.schema)
    if rules is None:
        return validated(typed, contract)
    met = typed.select(rule.broken.any().alias(str(number)) for number, rule in enumerate(rules)).row(0)
    found = [_told(typed.filter(rule.broken), rule.reason) for rule, any_row in zip(rules, met, strict=True) if any_row]
    cells = pl.concat([pl.DataFrame(schema=BROKEN), *found])
    whole = typed if cells.is_empty() else typed.join(cells, on="row", how="anti", maintain_order="left")
    return pl.concat([cells, *_broken_across(whole, contract)])


def _broken_across(typed: pl.DataFrame, contract: Contract) -> Iterator[pl.DataFrame]:
    """Rows that break a rule between their cells. Such a rule is a function of columns already."""
    for check in contract.schema.to_schema().checks:
        holds = check(typed.lazy()).check_output.collect().to_series()
        if not holds.all():
            yield _told(typed.filter(~holds), pl.lit(check.name))


def _told(rows: pl.DataFrame, reason: pl.Expr) -> pl.DataFrame:
    return rows.select(pl.col("row").cast(pl.UInt32), reason.alias("reason"))


def compile_rules(schema: type[Delivered]) -> tuple[Rule, ...] | None:
    """The rules of a schema's columns in pandera's order, None where one has no translation."""
    rules = []
    for name, column in schema.to_schema().columns.items():
        if not column.nullable:
            rules.append(_not_null(name, column.dtype.type))
        for check in column.checks:
            translate = _TRANSLATIONS.get(check.name)
            if translate is None or not check.ignore_na:
                return None
            holds = translate(pl.col(name), check.statistics)
            text = pl.format("{} is '{}': it {}", pl.lit(name), pl.col(name).cast(pl.String), pl.lit(say(check)))
            rules.append(Rule(~holds, text))
    return tuple(rules)


def _not_null(name: str, dtype: pl.DataType) -> Rule:
    empty = pl.col(name).is_null()
    broken = empty | pl.col(name).is_nan() if dtype.is_float() else empty
    return Rule(broken, pl.lit(f"{name} {RULE_WORDS['not_nullable']}"))


def _length(column: pl.Expr, stated: dict[str, Any]) -> pl.Expr:
    least, most = stated.get("min_value"), stated.get("max_value")
    length = column.str.len_chars()
    holds = pl.lit(True) if least is None else length >= least
    return holds if most is None else (holds & (length <= most))


def _range(column: pl.Expr, stated: dict[str, Any]) -> pl.Expr:
    above: pl.Expr = column >= stated["min_value"] if stated.get("include_min", True) else column > stated["min_value"]
    below: pl.Expr = column <= stated["max_value"] if stated.get("include_max", True) else column < stated["max_value"]
    return above & below


_TRANSLATIONS: dict[str, Callable[[pl.Expr, dict[str, Any]], pl.Expr]] = {
    "isin": lambda column, stated: column.is_in(list(stated["allowed_values"])),
    "str_matches": lambda column, stated: column.str.contains("^" + str(stated["pattern"]).removeprefix("^")),
    "str_length": _length,
    "in_range": _range,
    "greater_than_or_equal_to": lambda column, stated: column >= stated["min_value"],
    "greater_than": lambda column, stated: column > stated["min_value"],
    "less_than_or_equal_to": lambda column, stated: column <= stated["max_value"],
    "less_than": lambda column, stated: column < stated["max_value"],
}


def validated(typed: pl.DataFrame, contract: Contract) -> pl.DataFrame:
    """The same as `broken_rules`, by pandera."""
    try:
        contract.schema.validate(typed.select(*contract.dtypes), lazy=True)
    except SchemaErrors as broken:
        cases = broken.failure_cases
    else:
        return pl.DataFrame(schema=BROKEN)
    rule = pl.col("check").str.replace_many(list(RULE_WORDS), list(RULE_WORDS.values()), leftmost=True)
    rule = rule.str.replace(r"\((.*)\)$", "${1}")
    of_cell = pl.format("{} is '{}': it {}", pl.col("column"), pl.col("failure_case"), rule)
    of_null = pl.format("{} {}", pl.col("column"), rule)
    reason = (
        pl.when(pl.col("schema_context") != "Column").then(pl.col("check"))
        .when(pl.col("check") == "not_nullable").then(of_null)
        .otherwise(of_cell)
    )  # fmt: skip
    told: pl.DataFrame = cases.select(
        typed["row"].cast(pl.UInt32).gather(cases["index"]).alias("row"), reason.alias("reason")
    )
    return told
