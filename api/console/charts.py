"""Altair charts of usage per day; a browser draws them, and their numbers are the table's."""

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any, NamedTuple

import altair as alt

OUTCOME_COLOURS = {
    "found": "#1b8a6b",
    "partial": "#b89b1d",
    "not_found": "#8b98a7",
    "stale": "#d9822b",
    "refused": "#b5485d",
    "source_down": "#8e44ad",
}
"""A hit is green, what we failed to answer red or purple, as on the reports."""
PALETTE = ("#0b3d91", "#d9822b", "#1b8a6b", "#8e44ad", "#b5485d", "#5b7083", "#b89b1d", "#2aa5c9")
"""Told apart also by the commonest colour-blind readers when stacked in this order."""
DAY_MILLISECONDS = 86_400_000


class Bar(NamedTuple):
    """One coloured part of one day's bar. part: the code it is ordered and coloured by; name: what a reader sees."""

    day: date
    part: str
    name: str
    calls: int
    charged_fen: int


def per_day(
    bars: Sequence[Bar], measure: str, *, days: tuple[date, date], part: str, day: str, value: str
) -> dict[str, Any]:
    """A Vega-Lite specification: `measure` (calls or yuan) a day, stacked by part; the words title axes and tooltip.

    days: first and last of the axis, so that a quiet stretch is seen as one.

    Days are counted in UTC so that no browser's zone can move a bar.
    """
    rows = [
        {"day": bar.day.isoformat(), "part": bar.name, "calls": bar.calls, "yuan": bar.charged_fen / 100}
        for bar in bars
    ]
    axis = alt.Axis(format="%m-%d", labelOverlap=True, tickMinStep=DAY_MILLISECONDS)
    format_ = "," if measure == "calls" else ",.2f"
    chart = (
        alt.Chart({"values": rows})
        .mark_bar()
        .encode(
            x=alt.X("utcyearmonthdate(day):T", title=day, axis=axis, scale=_span(*days)),
            y=alt.Y(f"sum({measure}):Q", title=value, axis=alt.Axis(format="~s", tickCount=5, tickMinStep=1)),
            color=alt.Color("part:N", title=None, scale=_colours(bars), legend=alt.Legend(orient="bottom", columns=2)),
            tooltip=[
                alt.Tooltip("utcyearmonthdate(day):T", title=day, format="%Y-%m-%d"),
                alt.Tooltip("part:N", title=part),
                alt.Tooltip(f"sum({measure}):Q", title=value, format=format_),
            ],
        )
    )
    return styled(chart)


def styled(chart: alt.Chart) -> dict[str, Any]:
    """The Vega-Lite specification of a chart in the console's size, fonts and colours."""
    spec: dict[str, Any] = (
        chart.properties(width="container", height=220, autosize=alt.AutoSizeParams(type="fit-x", contains="padding"))
        .configure(font="PingFang SC, Microsoft YaHei, Noto Sans CJK SC, sans-serif", background="transparent")
        .configure_view(stroke=None)
        .configure_axis(gridColor="#e5e9ef", labelColor="#56626f", titleColor="#56626f", domainColor="#8b98a7")
        .to_dict()
    )
    return spec


def _span(first: date, last: date) -> alt.Scale:
    """A time axis over whole days, the last one included."""
    return alt.Scale(type="utc", domain=[first.isoformat(), (last + timedelta(days=1)).isoformat()])


def _colours(bars: Sequence[Bar]) -> alt.Scale:
    """Outcomes keep their colour on every page; products take the palette in the order of their codes."""
    order = [*OUTCOME_COLOURS, *sorted({bar.part for bar in bars} - OUTCOME_COLOURS.keys())]
    names = {bar.part: bar.name for bar in bars}
    shown = [part for part in order if part in names]
    colours = [OUTCOME_COLOURS.get(part, PALETTE[i % len(PALETTE)]) for i, part in enumerate(shown)]
    return alt.Scale(domain=[names[part] for part in shown], range=colours)
