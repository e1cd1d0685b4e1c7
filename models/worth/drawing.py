"""The event study drawn: the strongest features of a feed through the months around default, each in its band."""

from collections.abc import Callable
from typing import Any

import altair as alt
import vl_convert

from features.definitions.library import find_feature
from models.worth.figures import Worth

DRAWN = 4
"""Features drawn: more bands hide each other."""
COLOURS = ("#0b3d91", "#d9822b", "#1b8a6b", "#8e44ad")
"""Told apart also by the commonest colour-blind readers."""


def draw_course(worth: Worth, name: Callable[[str], str], months: str, difference: str) -> Any:
    """Lines and bands as an Altair chart. name: what a reader is told of a feature; months, difference: the axes."""
    drawn = worth.strongest(DRAWN)
    rows = [
        {
            "feature": name(course.feature),
            "month": point.month,
            "difference": point.difference,
            "low": point.difference - (point.half or 0.0),
            "high": point.difference + (point.half or 0.0),
        }
        for course in drawn
        for point in course.points
        if point.difference is not None
    ]
    order = [name(course.feature) for course in drawn]
    legend = alt.Legend(orient="bottom", columns=1, labelLimit=600, symbolOpacity=1)
    base = alt.Chart({"values": rows}).encode(
        x=alt.X("month:Q", title=months, axis=alt.Axis(format="+d", tickMinStep=1, grid=False)),
        color=alt.Color("feature:N", title=None, legend=legend, scale=alt.Scale(domain=order, range=list(COLOURS))),
    )
    bands = base.mark_area(opacity=0.15).encode(y=alt.Y("low:Q", title=difference), y2="high:Q")
    lines = base.mark_line(point=alt.OverlayMarkDef(size=18)).encode(
        y="difference:Q",
        tooltip=["feature:N", alt.Tooltip("month:Q", format="+d"), alt.Tooltip("difference:Q", format="+.2f")],
    )
    here = alt.Chart({"values": [{"month": 0}]}).mark_rule(color="#8b98a7", strokeDash=[4, 4]).encode(x="month:Q")
    none = alt.Chart({"values": [{"difference": 0}]}).mark_rule(color="#8b98a7").encode(y="difference:Q")
    return here + none + bands + lines


def course_svg(worth: Worth) -> str:
    """The drawing for a reader without a server."""
    chart = draw_course(
        worth,
        lambda name: find_feature(name).label_en,
        "months from the one that ends 90 days overdue",
        "standard deviations above others",
    )
    svg: str = vl_convert.vegalite_to_svg(chart.properties(width=640, height=300).to_json())
    return svg
