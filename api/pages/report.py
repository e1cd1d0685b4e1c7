"""A stored answer as a page for people: it shows what was answered and computes nothing."""

from typing import Any, NamedTuple

from starlette.requests import Request
from starlette.responses import HTMLResponse

from api.issued import Issued
from api.pages.rendering import language_of, render
from api.pages.words import told
from bureau.errors import UnknownProduct
from models.shelf import SPECS
from products.product import find_product

BEST, WORST = 850, 300
_COMMON = ("feed", "department", "publish_date", "event_date", "record_id")
_BAR = 120
"""Half the width of the points picture, in its own units."""


class Step(NamedTuple):
    """One line of the way from base points to score. start and width draw its bar, 0 in the middle at 120."""

    text: str
    points: int
    start: float
    width: float


def report_page(request: Request, issued: Issued, base: str) -> HTMLResponse:
    """The page of one report, decision or match. base: where it can be verified, the server's address to callers."""
    answer, language = issued.answer, language_of(request)
    result = answer.get("result") or {}
    tables = result.get("tables", ())
    scored = "pd" in result  # a match has a score too, or none, and no way to it
    return render(
        request,
        "report.html",
        issued=issued,
        answer=answer,
        product_name=product_name(answer["product"]["code"], language),
        scored=scored,
        default_meant=default_meant(answer, language),
        place=(result["score"] - WORST) / (BEST - WORST) if scored else 0,
        steps=points_steps(answer, language),
        tables=[table | {"records": [_shown(record) for record in table["records"]]} for table in tables],
        base=base,
    )


def product_name(code: str, language: str) -> str:
    """The product's name; a retired one keeps its code."""
    try:
        product = find_product(code)
    except UnknownProduct:
        return code
    return told(product, "name", language)


def default_meant(answer: dict[str, Any], language: str) -> str | None:
    """What the model that answered calls a default: not all ask the same. None where it is not on the shelf."""
    name = (answer.get("model") or {}).get("name")
    if name not in SPECS:
        return None
    spec = SPECS[name]
    return spec.target.text if language == "zh" else spec.target.text_en


def points_steps(answer: dict[str, Any], language: str) -> list[Step]:
    """Every reason's points as a bar to the left (adverse) or right, on one scale."""
    reasons = answer.get("reasons") or []
    text = "text" if language == "zh" else "text_en"
    widest = max((abs(reason["points"]) for reason in reasons), default=1) or 1
    return [_step(reason[text], reason["points"], widest) for reason in reasons]


def _shown(record: dict[str, Any]) -> dict[str, Any]:
    """A record's own columns, its number last; feed and department stand below the table, its dates are its own."""
    own = {column: value for column, value in record.items() if column not in _COMMON}
    return own | {"record_id": record["record_id"]}


def _step(text: str, points: int, widest: int) -> Step:
    width = round(_BAR * abs(points) / widest, 1)
    return Step(text, points, _BAR - width if points < 0 else _BAR, width)
