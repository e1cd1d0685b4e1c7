"""The pages /console/feeds: every feed's contract, what it holds, what is made of it."""

from pathlib import Path
from typing import Any

import altair as alt
from fastapi import APIRouter, Request
from starlette.responses import HTMLResponse

from api.caller import Served
from api.console.charts import styled
from api.console.dependents import (
    leads_to,
    source_columns,
    users_columns,
    users_of_feature,
    users_of_feed,
)
from api.console.lineage import Node, draw
from api.console.session import SignedIn
from api.console.worth_section import worth_section
from api.pages.assets import BUNDLE
from api.pages.departments import department_told
from api.pages.rendering import Language, language_of, render
from api.pages.words import WORDS, told
from features.contracts.chinese import in_chinese, type_words
from features.contracts.contract import Contract
from features.contracts.feeds import DERIVED_FEEDS, FEEDS
from features.definitions.library import features_of
from features.health.day_files import days_of
from features.health.feed_days import FeedDay, read_feed_days
from features.lake.freshness import stale_feeds
from features.lake.lake import Lake
from features.lake.status import feed_statuses
from features.lake.stops import standing_stops
from features.law.words import use_words

router = APIRouter(prefix="/console/feeds", include_in_schema=False)

CATALOGUE_FACTS = (
    *("department", "act", "channel", "openness", "share_scope", "level", "controller", "legal_basis", "retention"),
    *("cadence", "direction"),
)
"""The facts of a catalogue item (深圳经济特区社会信用条例第三十四条), as the page lists them."""
DELIVERY_FACTS = ("publish_lag_days", "receive_lag_days", "deadline_days", "fresh_for_days")
_PAGES = {contract.code: contract for contract in (*FEEDS, *DERIVED_FEEDS)}


@router.get("")
def feeds_page(request: Request, visitor: SignedIn, deployment: Served) -> HTMLResponse:
    """Every feed in one table."""
    desk = deployment.desk()
    statuses, stops = {one.feed: one for one in feed_statuses(desk.lake, desk.today)}, standing_stops(desk.lake)
    stale = stale_feeds(desk.lake, desk.today, _PAGES)
    rows = [
        {
            "contract": contract,
            "status": statuses.get(contract.code),
            "stale": contract.code in stale,
            "stopped": contract.code in stops,
            "features": len(features_of(contract.code)),
            "products": len(users_of_feed(contract.code, desk.serving).products),
        }
        for contract in _PAGES.values()
    ]
    return render(request, "feeds.html", visitor=visitor, rows=rows, today=desk.today)


@router.get("/{code}")
def feed_page(code: str, request: Request, visitor: SignedIn, deployment: Served) -> HTMLResponse:
    """One feed: its contract, its deliveries by month, and the way from its department to the products.

    A page with status 404 for a feed there is no contract for.
    """
    if code not in _PAGES:
        return render(request, "missing.html", status=404, visitor=visitor, name=code)
    desk, contract, language = deployment.desk(), _PAGES[code], language_of(request)
    words = WORDS[language]
    status = next((one for one in feed_statuses(desk.lake, desk.today) if one.feed == code), None)
    measured = _measured(deployment.settings.home / "health", code)
    users = users_of_feed(code, desk.serving)
    entries = features_of(code)
    facts = (*CATALOGUE_FACTS, *(() if contract.derived_from else DELIVERY_FACTS), "usable_while")
    columns = [
        *source_columns([contract], language),
        [
            Node(
                told(entry, "label", language),
                leads_to(users_of_feature(entry.name, desk.serving), desk.serving, words["direct"]),
                entry.name,
                f"/console/features/{entry.name}",
            )
            for entry in entries
        ],
        *users_columns(users, desk.serving, language, words["direct"]),
    ]
    return render(
        request,
        "feed.html",
        visitor=visitor,
        bundle=f"/assets/{BUNDLE}",
        contract=contract,
        facts=[(fact, _said(contract, fact, language)) for fact in facts],
        columns=_columns(contract, language),
        rules=[(rule.severity, _phrase(rule.text, language)) for rule in contract.quality_rules],
        held=status,
        stale=code in stale_feeds(desk.lake, desk.today, [code]),
        stopped=_stopped_by(desk.lake, code),
        entries=entries,
        drawing=draw(columns, words["more_boxes"]),
        measured=measured,
        chart=None if measured is None or not measured.months else _months_chart(measured, words),
        worth=worth_section(deployment.settings.home, code, entries, language),
    )


def _stopped_by(lake: Lake, code: str) -> str | None:
    """The file whose columns were not those agreed, where the feed takes no other until one comes that has them."""
    reason = standing_stops(lake).get(code)
    return None if reason is None else reason.partition(": ")[0]


def _said(contract: Contract, fact: str, language: Language) -> str:
    if fact == "usable_while":
        return use_words(contract, language)
    value = getattr(contract, fact)
    if fact == "department":
        return department_told(value, language)
    if fact in ("openness", "cadence", "direction"):
        return WORDS[language][f"{fact}_{value}"]
    if fact in ("share_scope", "retention"):
        return _phrase(value, language)
    return " / ".join(map(str, value)) if isinstance(value, tuple) else str(value)


def _phrase(text: str, language: Language) -> str:
    return in_chinese(text) if language == "zh" else text


def _columns(contract: Contract, language: Language) -> list[dict[str, str]]:
    return [
        {
            "name": name,
            "title": column.title if language == "zh" else name.replace("_", " "),
            "type": type_words(column.dtype.type)[language == "en"],
            "optional": "✓" if column.nullable else "",
            "description": _phrase(column.description or "", language),
        }
        for name, column in contract.schema.to_schema().columns.items()
        if name in contract.own_columns
    ]


def _measured(folder: Path, code: str) -> FeedDay | None:
    """The feed's newest measurement; None before a day was closed."""
    days = days_of(folder, "feeds")
    found = [one for one in read_feed_days(folder, days[-1]) if one.feed == code] if days else []
    return found[0] if found else None


def _months_chart(measured: FeedDay, words: dict[str, str]) -> dict[str, Any]:
    rows = [{"month": month, "rows": count} for month, count in measured.months]
    chart = (
        alt.Chart({"values": rows})
        .mark_bar(color="#0b3d91")
        .encode(
            x=alt.X("month:O", title=words["month"], axis=alt.Axis(labelAngle=0, labelOverlap=True)),
            y=alt.Y("rows:Q", title=words["rows"], axis=alt.Axis(format="~s", tickCount=5)),
            tooltip=[
                alt.Tooltip("month:O", title=words["month"]),
                alt.Tooltip("rows:Q", title=words["rows"], format=","),
            ],
        )
    )
    return styled(chart)
