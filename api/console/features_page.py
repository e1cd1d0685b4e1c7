"""The pages /console/features: what each feature is, where it comes from, who uses it and how it is distributed."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any, NamedTuple

import altair as alt
from fastapi import APIRouter, Request
from starlette.responses import HTMLResponse

from api.caller import Served
from api.console.charts import styled
from api.console.dependents import source_columns, users_columns, users_of_feature
from api.console.lineage import Node, draw
from api.console.session import SignedIn
from api.pages.assets import BUNDLE
from api.pages.quantity import quantity
from api.pages.rendering import Language, language_of, render
from api.pages.words import WORDS, told
from features.contracts.feeds import FEEDS, find_feed
from features.definitions.category_names import category_name
from features.definitions.entry import Entry
from features.definitions.library import definition_hash, find_feature, kept, published
from features.engine.sentence import sentence
from features.health.bins import Bins, read_baseline
from features.health.feature_days import BASELINE, FeatureDay, measured_days, read_feature_days

router = APIRouter(prefix="/console/features", include_in_schema=False)


class Bar(NamedTuple):
    """One bin of a distribution: the share of firms in it on the baseline day and on the newest one."""

    bin: str
    baseline: float
    newest: float


@router.get("")
def features_page(
    request: Request, visitor: SignedIn, deployment: Served, feed: str = "", text: str = ""
) -> HTMLResponse:
    """The library, narrowed to a feed or to what a text is found in."""
    measured = {one.feature: one for one in _newest(deployment.settings.home / "health")}
    rows = [
        {"entry": entry, "measured": measured.get(entry.name)} for entry in published() if _is_wanted(entry, feed, text)
    ]
    feeds = [contract for contract in FEEDS if any(contract.code in entry.feeds for entry in published())]
    return render(
        request,
        "features.html",
        visitor=visitor,
        rows=rows,
        feeds=feeds,
        feed=feed,
        text=text,
        total=len(published()),
    )


@router.get("/{name}")
def feature_page(name: str, request: Request, visitor: SignedIn, deployment: Served) -> HTMLResponse:
    """One feature; a page with status 404 for a name the library does not hold."""
    if name not in {entry.name for entry in kept()}:
        return render(request, "missing.html", status=404, visitor=visitor, name=name)
    entry, desk, language = find_feature(name), deployment.desk(), language_of(request)
    words = WORDS[language]
    users = users_of_feature(name, desk.serving)
    label = told(entry, "label", language)
    columns = [
        *source_columns([find_feed(code) for code in entry.feeds], language),
        [Node(label, None, entry.name)],
        *users_columns(users, desk.serving, language, words["direct"]),
    ]
    folder = deployment.settings.home / "health"
    day = next((one for one in _newest(folder) if one.feature == name), None)
    bins = read_baseline(folder / BASELINE).get(name)
    bars = [] if day is None or bins is None else distribution(entry, bins, day, language)
    return render(
        request,
        "feature.html",
        visitor=visitor,
        bundle=f"/assets/{BUNDLE}",
        entry=entry,
        missing=_missing(entry, words),
        computes=sentence(entry.definition, language),
        fingerprint=definition_hash([name]),
        drawing=draw(columns, words["more_boxes"]),
        users=users,
        day=day,
        bars=bars,
        chart=_chart(bars, words) if bars else None,
    )


def distribution(entry: Entry, bins: Bins, day: FeatureDay, language: Language) -> list[Bar]:
    """Shares of firms by bin, those without a value last; the bins are the baseline's."""
    named = [category_name(category, entry.unit, language) for category in entry.categories]
    labels = [*(named or _ranges(bins.edges, entry.unit, language)), WORDS[language]["no_value"]]
    before, now = [*bins.counts, bins.missing], [*day.counts, day.missing]
    return [
        Bar(label, one / max(sum(before), 1), other / max(sum(now), 1))
        for label, one, other in zip(labels, before, now, strict=True)
    ]


def _ranges(edges: Sequence[float], unit: str, language: Language) -> list[str]:
    if not edges:
        return [WORDS[language]["any_value"]]
    ends = [quantity(edge, unit, language) for edge in edges]
    return [*(f"≤ {end}" for end in ends), f"> {ends[-1]}"]


def _missing(entry: Entry, words: dict[str, str]) -> str:
    return words["missing_unknown"] if entry.fill is None else words["missing_filled"].format(fill=entry.fill)


def _is_wanted(entry: Entry, feed: str, text: str) -> bool:
    said = f"{entry.name} {entry.label} {entry.label_en}".lower()
    return (not feed or feed in entry.feeds) and text.strip().lower() in said


def _newest(folder: Path) -> list[FeatureDay]:
    days = measured_days(folder)
    return read_feature_days(folder, days[-1]) if days else []


def _chart(bars: Sequence[Bar], words: dict[str, str]) -> dict[str, Any]:
    rows = [
        {"bin": bar.bin, "order": order, "which": words[which], "share": share}
        for order, bar in enumerate(bars)
        for which, share in (("baseline", bar.baseline), ("newest_day", bar.newest))
    ]
    scale = alt.Scale(domain=[words["baseline"], words["newest_day"]], range=["#8b98a7", "#0b3d91"])
    chart = (
        alt.Chart({"values": rows})
        .mark_bar()
        .encode(
            x=alt.X("bin:N", sort=alt.EncodingSortField("order"), title=words["bin"], axis=alt.Axis(labelAngle=-30)),
            xOffset=alt.XOffset("which:N", sort=[words["baseline"], words["newest_day"]]),
            y=alt.Y("share:Q", title=words["share_of_firms"], axis=alt.Axis(format="%", tickCount=5)),
            color=alt.Color("which:N", title=None, scale=scale, legend=alt.Legend(orient="bottom")),
            tooltip=[
                alt.Tooltip("bin:N", title=words["bin"]),
                alt.Tooltip("which:N", title=words["day"]),
                alt.Tooltip("share:Q", title=words["share_of_firms"], format=".1%"),
            ],
        )
    )
    return styled(chart)
