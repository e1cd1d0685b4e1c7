"""The page /console/usage: what the ledger counted, as figures, charts, a table and files."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import partial
from typing import Annotated, Any, Literal, NamedTuple
from urllib.parse import urlencode

from fastapi import APIRouter, Depends, Query, Request
from sqlalchemy.orm import Session
from starlette.responses import HTMLResponse, Response

from api.caller import Now, PlatformSession
from api.console.charts import Bar, per_day
from api.console.session import UsageVisitor
from api.metering.export import as_csv, as_parquet
from api.metering.forecast import forecast_rows
from api.metering.usage import DIMENSIONS, usage_rows
from api.pages.assets import BUNDLE
from api.pages.rendering import SECURITY_HEADERS, Language, language_of, render
from api.pages.words import WORDS, institution_told, told
from api.usage import PARQUET, day_begins
from bureau.clock import shanghai_day
from bureau.errors import MalformedRequest
from products.product import catalogue

router = APIRouter(prefix="/console", include_in_schema=False)

COLUMNS = ("day", "hour", *(name for name in DIMENSIONS if name not in ("day", "hour")))
"""Dimensions in the order of the table's columns and of its rows."""
ROWS_SHOWN = 500
"""Rows of the table on the page; a browser needs no more, and the files have all."""
FILTERS = ("product", "institution", "purpose", "outcome")
_DEFAULT_DAYS = 30

Dimension = Literal["product", "version", "institution", "purpose", "outcome", "day", "hour"]
Shown = Callable[[str, Any], str]
"""How a page tells a dimension's value."""


class Line(NamedTuple):
    """One row of the table: the words of its group and its numbers."""

    group: tuple[str, ...]
    told: dict[str, Any]


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


class Asked:
    """What the form asks for; a filter that is left empty takes all."""

    def __init__(
        self,
        now: Now,
        first: Annotated[str, Query(alias="from")] = "",
        until: str = "",
        by: Annotated[list[Dimension] | None, Query()] = None,
        product: str = "",
        institution: str = "",
        purpose: str = "",
        outcome: str = "",
        test: bool = False,
    ) -> None:
        self.window = read_window(first, until, today=shanghai_day(now))
        self.names = [name for name in COLUMNS if name in (by or ("day", "product"))]
        self.only = dict(zip(FILTERS, (product, institution, purpose, outcome), strict=True))
        self.test = test

    def rows(self, session: Session, by: Sequence[str], *, filtered: bool = True) -> list[dict[str, Any]]:
        only = self.chosen if filtered else {}
        return usage_rows(session, by, start=self.window.start, end=self.window.end, test=self.test, only=only)

    def require_readable(self) -> None:
        """Raises `MalformedRequest` where a page says that other days are shown: a file cannot say it."""
        if not self.window.readable:
            raise MalformedRequest([("from", "a day written YYYY-MM-DD, no later than `until`, which is one too")])

    @property
    def chosen(self) -> dict[str, list[str]]:
        """Dimension -> what is taken of it."""
        return {name: [value] for name, value in self.only.items() if value}

    def choices(self, session: Session) -> dict[str, list[str]]:
        """Filter -> what it may be set to: the values of these days, and what it is set to although it is none."""
        found = {name: [row[name] for row in self.rows(session, [name], filtered=False)] for name in FILTERS}
        return {name: list(dict.fromkeys([*values, *self.chosen.get(name, [])])) for name, values in found.items()}

    @property
    def query(self) -> str:
        """The same question, as the address of a file asks it."""
        asked = [("from", self.window.first), ("until", self.window.last), *(("by", name) for name in self.names)]
        test = [("test", "true")] if self.test else []
        return urlencode([*asked, *((name, value) for name, value in self.only.items() if value), *test])


Form = Annotated[Asked, Depends()]


@router.get("/usage")
def usage_page(
    request: Request,
    visitor: UsageVisitor,
    session: PlatformSession,
    now: Now,
    asked: Form,
    stack: Literal["product", "outcome"] = "product",
) -> HTMLResponse:
    """Calls, rates, charges and latencies of a range of days, grouped as asked; by day and product at first."""
    shown = partial(_shown, language=language_of(request))
    return render(
        request,
        "usage.html",
        visitor=visitor,
        bundle=f"/assets/{BUNDLE}",
        dimensions=COLUMNS,
        asked=asked,
        choices=asked.choices(session),
        by=asked.names,
        shown=shown,
        stack=stack,
        window=asked.window,
        rows=_lines(asked.rows(session, asked.names), asked.names, shown),
        total=asked.rows(session, [])[0],
        forecast=next(iter(forecast_rows(session, [], now, test=asked.test, only=asked.chosen)), None),
        month=f"{shanghai_day(now):%Y-%m}",
        charts=_charts(asked.rows(session, ["day", stack]), stack, asked.window, shown, WORDS[language_of(request)]),
        limit=ROWS_SHOWN,
        counted_at=now,
    )


@router.get("/usage.csv")
def usage_csv(visitor: UsageVisitor, session: PlatformSession, asked: Form) -> Response:  # noqa: ARG001 - only for them
    """The table as CSV (UTF-8 with the mark Excel looks for), charges in fen, every row."""
    asked.require_readable()
    text = "\ufeff" + as_csv(asked.rows(session, asked.names), asked.names)
    return _file(asked.window, "csv", text.encode(), "text/csv; charset=utf-8")


@router.get("/usage.parquet")
def usage_parquet(visitor: UsageVisitor, session: PlatformSession, asked: Form) -> Response:  # noqa: ARG001 - as above
    """The same as Parquet, each column with its declared type."""
    asked.require_readable()
    return _file(asked.window, "parquet", as_parquet(asked.rows(session, asked.names), asked.names), PARQUET)


def _file(window: Window, ending: str, content: bytes, media_type: str) -> Response:
    name = f"usage-{window.first}-{window.last}.{ending}"
    headers = SECURITY_HEADERS | {"Content-Disposition": f'attachment; filename="{name}"'}
    return Response(content, media_type=media_type, headers=headers)


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


def _lines(rows: Sequence[dict[str, Any]], names: Sequence[str], shown: Shown) -> list[Line]:
    return [Line(tuple(shown(name, row[name]) for name in names), row) for row in rows]


def _shown(dimension: str, value: Any, language: Language) -> str:
    """Products are told with their names, outcomes and purposes by a word, enterprises unnamed; the rest as it is.

    What nobody knows, a product no longer in the catalogue or a slip in an address, stands for itself.
    """
    words = WORDS[language]
    if dimension == "hour":
        return f"{value:02d}:00"
    if dimension == "institution":
        return institution_told(value, words)
    if dimension == "product" and value in catalogue():
        return f"{value} {told(catalogue()[value], 'name', language)}"
    return words.get(value, str(value)) if dimension in ("outcome", "purpose") else str(value)


def _charts(
    rows: Sequence[dict[str, Any]], stack: str, window: Window, shown: Shown, words: Mapping[str, str]
) -> list[dict[str, Any]]:
    bars = [
        Bar(
            day=date.fromisoformat(row["day"]),
            part=row[stack],
            name=shown(stack, row[stack]),
            calls=row["calls"],
            charged_fen=row["charged_fen"],
        )
        for row in rows
    ]
    titles = {"calls_per_day": ("calls", "calls"), "charge_per_day": ("yuan", "charged")}
    draw = partial(per_day, bars, days=(window.first, window.last), part=words[stack], day=words["day"])
    return [{"title": title, "spec": draw(measure, value=words[value])} for title, (measure, value) in titles.items()]
