"""The page /console/usage: what the ledger counted, as figures, charts, a table and a file."""

import csv
import io
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import partial
from typing import Annotated, Any, Literal, NamedTuple
from urllib.parse import urlencode

from fastapi import APIRouter, Query, Request
from starlette.responses import HTMLResponse, Response

from api.caller import Now, PlatformSession
from api.console.charts import Bar, per_day
from api.console.session import UsageVisitor
from api.metering.usage import DIMENSIONS, usage_rows
from api.pages.assets import BUNDLE
from api.pages.rendering import SECURITY_HEADERS, language_of, render
from api.pages.words import WORDS
from api.usage import day_begins
from bureau.clock import shanghai_day

router = APIRouter(prefix="/console", include_in_schema=False)

COLUMNS = ("day", *(name for name in DIMENSIONS if name != "day"))
"""Dimensions in the order of the table's columns and of its rows."""
ROWS_SHOWN = 500
"""Rows of the table on the page; a browser needs no more, and the file has all."""
_DEFAULT_DAYS = 30

Dimension = Literal["product", "institution", "purpose", "outcome", "day"]
Measures = ("calls", "hits", "charged_fen")


class Line(NamedTuple):
    """One row of the table: the words of its group and its numbers."""

    group: tuple[str, ...]
    calls: int
    hits: int
    charged_fen: int


@dataclass(frozen=True)
class Window:
    """The days shown, both included; `readable` is False where the caller's days were not."""

    first: date
    last: date
    readable: bool

    @property
    def start(self) -> datetime:
        return day_begins(self.first)

    @property
    def end(self) -> datetime:
        return day_begins(self.last) + timedelta(days=1)


@router.get("/usage")
def usage_page(
    request: Request,
    visitor: UsageVisitor,
    session: PlatformSession,
    now: Now,
    first: Annotated[str, Query(alias="from")] = "",
    until: str = "",
    by: Annotated[list[Dimension] | None, Query()] = None,
    stack: Literal["product", "outcome"] = "product",
) -> HTMLResponse:
    """Calls, hits and charges of a range of days, grouped as asked; by day and product at first."""
    window = read_window(first, until, today=shanghai_day(now))
    names = _grouping(by)
    words = WORDS[language_of(request)]
    rows = _lines(usage_rows(session, names, start=window.start, end=window.end), names, words)
    bars = usage_rows(session, ["day", stack], start=window.start, end=window.end)
    (total,) = _lines(usage_rows(session, [], start=window.start, end=window.end), [], words)
    return render(
        request,
        "usage.html",
        who=visitor.institution,
        bundle=f"/assets/{BUNDLE}",
        dimensions=COLUMNS,
        by=names,
        stack=stack,
        window=window,
        rows=rows,
        total=total,
        charts=_charts(bars, stack, window, words),
        csv="/console/usage.csv?" + urlencode([("from", window.first), ("until", window.last), *_repeated(names)]),
        limit=ROWS_SHOWN,
        counted_at=now,
    )


@router.get("/usage.csv")
def usage_file(
    visitor: UsageVisitor,  # noqa: ARG001 - asked for so that nobody else may read
    session: PlatformSession,
    now: Now,
    first: Annotated[str, Query(alias="from")] = "",
    until: str = "",
    by: Annotated[list[Dimension] | None, Query()] = None,
) -> Response:
    """The table as CSV (UTF-8 with the mark Excel looks for), charges in fen, every row."""
    window = read_window(first, until, today=shanghai_day(now))
    names = _grouping(by)
    sheet = io.StringIO()
    writer = csv.DictWriter(sheet, [*names, *Measures])
    writer.writeheader()
    for row in usage_rows(session, names, start=window.start, end=window.end):
        writer.writerow({name: _cell(value) for name, value in row.items()})
    file = f"usage-{window.first}-{window.last}.csv"
    headers = SECURITY_HEADERS | {"Content-Disposition": f'attachment; filename="{file}"'}
    return Response("\ufeff" + sheet.getvalue(), media_type="text/csv; charset=utf-8", headers=headers)


def read_window(first: str, until: str, *, today: date) -> Window:
    """The days asked for, the last thirty where nothing is; a pair that cannot be read falls back to those."""
    last_thirty = today - timedelta(days=_DEFAULT_DAYS - 1)
    try:
        window = Window(
            date.fromisoformat(first) if first else last_thirty, date.fromisoformat(until) if until else today, True
        )
        if window.first <= window.last < date.max:
            return window
    except ValueError:
        pass
    return Window(last_thirty, today, False)


def _grouping(by: list[Dimension] | None) -> list[str]:
    return [name for name in COLUMNS if name in (by or ("day", "product"))]


def _lines(rows: Sequence[dict[str, Any]], names: Sequence[str], words: dict[str, str]) -> list[Line]:
    return [
        Line(tuple(_shown(name, row[name], words) for name in names), row["calls"], row["hits"], row["charged_fen"])
        for row in rows
    ]


def _shown(dimension: str, value: str, words: dict[str, str]) -> str:
    """Outcomes and purposes are codes with a word; products, institutions and days stand for themselves."""
    return words[value] if dimension in ("outcome", "purpose") else value


def _charts(rows: Sequence[dict[str, Any]], stack: str, window: Window, words: dict[str, str]) -> list[dict[str, Any]]:
    bars = [
        Bar(
            day=date.fromisoformat(row["day"]),
            part=row[stack],
            name=_shown(stack, row[stack], words),
            calls=row["calls"],
            charged_fen=row["charged_fen"],
        )
        for row in rows
    ]
    titles = {"calls_per_day": ("calls", "calls"), "charge_per_day": ("yuan", "charged")}
    draw = partial(per_day, bars, days=(window.first, window.last), part=words[stack], day=words["day"])
    return [{"title": title, "spec": draw(measure, value=words[value])} for title, (measure, value) in titles.items()]


def _repeated(names: Sequence[str]) -> list[tuple[str, str]]:
    return [("by", name) for name in names]


def _cell(value: Any) -> Any:
    """A spreadsheet runs a cell that begins like a formula; an institution's name must not."""
    return f"'{value}" if isinstance(value, str) and value.startswith(("=", "+", "-", "@", "\t", "\r")) else value
