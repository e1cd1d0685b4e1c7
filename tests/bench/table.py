"""Bars and how a run stands against them: one table, printed and kept as JSON and Markdown."""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any


@dataclass(frozen=True)
class Line:
    """One measured thing. bar: what it is held against, None for what is only told. holds: None without a bar."""

    work: str
    measured: str
    bar: str = ""
    holds: bool | None = None


def at_most(work: str, value: float, bound: float, unit: str, note: str = "") -> Line:
    """A line whose value must not exceed a bound."""
    return Line(work, f"{value:.2f} {unit}{note}", f"at most {bound:g} {unit}", value <= bound)


def at_least(work: str, value: float, bound: float, unit: str, note: str = "") -> Line:
    """A line whose value must reach a bound."""
    return Line(work, f"{value:.2f} {unit}{note}", f"at least {bound:g} {unit}", value >= bound)


def told(work: str, measured: str, bar: str = "") -> Line:
    """A line that is information only."""
    return Line(work, measured, bar)


def as_text(lines: Sequence[Line]) -> str:
    """The table in columns."""
    rows = [("work", "measured", "bar", ""), *(_cells(line) for line in lines)]
    widths = [max(len(row[column]) for row in rows) for column in range(4)]
    return "\n".join(
        "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in rows
    )


def as_markdown(title: str, lines: Sequence[Line]) -> str:
    """The table as Markdown under a title."""
    rows = [("work", "measured", "bar", "holds"), ("---",) * 4, *(_cells(line) for line in lines)]
    return f"# {title}\n\n" + "\n".join("| " + " | ".join(row) + " |" for row in rows) + "\n"


def cells_as_markdown(title: str, columns: Sequence[str], rows: Iterable[Mapping[str, Any]]) -> str:
    """Any rows as a Markdown table under a title."""
    told = [[str(row[column]).replace("|", "\\|") for column in columns] for row in rows]
    lines = [columns, ("---",) * len(columns), *told]
    return f"# {title}\n\n" + "\n".join("| " + " | ".join(line) + " |" for line in lines) + "\n"


def write(path: Path, facts: dict[str, Any], lines: Iterable[Line]) -> None:
    """Write the facts of a run and its table as JSON."""
    path.parent.mkdir(parents=True, exist_ok=True)
    content = facts | {"table": [asdict(line) for line in lines]}
    path.write_text(json.dumps(content, ensure_ascii=False, indent=1, default=str) + "\n", "utf-8")


def _cells(line: Line) -> tuple[str, str, str, str]:
    return line.work, line.measured, line.bar, {True: "holds", False: "FAILS", None: ""}[line.holds]
