"""Numbers as a reader of a report sees them: amounts in yuan, shares in per cent, counts as they are."""

from functools import cache
from typing import Any

from api.pages.words import told
from bureau.errors import UnknownName
from features.contracts.feeds import find_feed
from features.definitions.library import find_feature
from features.definitions.units import UNITS

NOTHING = "—"
_RECORD_ID = {"zh": "记录编号", "en": "record"}
"""A column every feed carries; a contract titles only its own."""


def yuan(fen: int) -> str:
    """Fen as yuan with two decimals and thousands commas; integer arithmetic only."""
    sign, rest = ("-" if fen < 0 else ""), abs(fen)
    return f"{sign}{rest // 100:,}.{rest % 100:02d}"


def percent(bp: int | None) -> str:
    """Basis points as per cent with one decimal."""
    return NOTHING if bp is None else f"{bp / 100:.1f}%"


def milliseconds(us: int | None) -> str:
    """Microseconds as milliseconds, or as seconds from one on."""
    if us is None:
        return NOTHING
    return f"{us / 1_000:g} ms" if us < 1_000_000 else f"{us / 1_000_000:g} s"


def signed(points: int) -> str:
    """Points with their sign, the minus as wide as the plus."""
    return f"{points:+d}".replace("-", "\u2212")


def quantity(value: float | str | None, unit: str, language: str) -> str:
    """A feature's value with its unit; the units of the feature catalogue each have their form."""
    if value is None:
        return NOTHING
    if isinstance(value, str):
        return value
    if unit == "fen":
        return f"{yuan(round(value))} {'元' if language == 'zh' else 'CNY'}"
    if unit in ("share", "change"):
        return f"{value:+.1%}" if unit == "change" else f"{value:.1%}"
    if unit == "bp":
        return f"{value / 10_000:.2%}"
    return _number(value)


def _number(value: float) -> str:
    """Whole from a thousand on, with two decimals from one on, else with four; without zeros at the end."""
    if abs(value) >= 1_000:
        return f"{value:,.0f}"
    written = f"{value:.2f}" if abs(value) >= 1 else f"{value:z.4f}"
    return written.rstrip("0").rstrip(".")


def unit_words(unit: str, language: str) -> str:
    """A unit of the feature catalogue; Chinese has them all."""
    return UNITS.get(unit, unit) if language == "zh" else unit


def cell(column: str, value: Any) -> str:
    """A record's field in a table of a report."""
    if value is None or value == "":
        return NOTHING
    if column.endswith("_fen"):
        return yuan(value)
    return {True: "✓", False: NOTHING}[value] if isinstance(value, bool) else str(value)


def cell_class(column: str) -> str:
    """How a column is set: amounts to the right, days never broken."""
    if column.endswith("_fen"):
        return "number"
    return "day" if column.endswith(("_on", "_date", "_end", "_to")) else "text"


@cache
def column_title(feed: str, column: str, language: str) -> str:
    """What a column of a feed is called; an old report may show one that is gone."""
    if column == "record_id":
        return _RECORD_ID[language]
    english = column.removesuffix("_fen").replace("_", " ")
    unit = {"zh": "（元）", "en": " (CNY)"}[language] if column.endswith("_fen") else ""
    if language == "en":
        return english + unit
    try:
        columns = find_feed(feed).schema.to_schema().columns
        return (columns[column].title or english) + unit
    except (UnknownName, KeyError):
        return english + unit


def feature_label(name: str, language: str) -> str:
    """What a feature is called; an old report may cite one that is gone."""
    try:
        feature = find_feature(name)
    except UnknownName:
        return name
    return told(feature, "label", language)
