"""From a template and facts to a page, with the headers that keep foreign scripts and styles out."""

import hashlib
from base64 import b64encode
from datetime import datetime
from pathlib import Path
from typing import Any, Literal, cast

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup
from starlette.requests import Request
from starlette.responses import HTMLResponse

from api.pages.assets import ASSETS
from api.pages.departments import department_told
from api.pages.quantity import (
    cell,
    cell_class,
    column_title,
    feature_label,
    milliseconds,
    percent,
    quantity,
    signed,
    unit_words,
    yuan,
)
from api.pages.words import WORDS, institution_told, told
from bureau.clock import SHANGHAI

Language = Literal["zh", "en"]

_STYLESHEET = (ASSETS / "bureau.css").read_text("utf-8")
_OURS = b64encode(hashlib.sha256(_STYLESHEET.encode()).digest()).decode()
SECURITY_HEADERS = {
    "Content-Security-Policy": f"default-src 'none'; script-src 'self'; style-src 'self' 'sha256-{_OURS}'; "
    "img-src 'self' data:; connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "no-store",
}
"""No inline script, no inline style but our stylesheet, no other origin: what a page shows cannot make it run or send
anything."""


def moment(at: datetime | str) -> str:
    """An instant as a person in Shanghai reads it, to the second."""
    at = datetime.fromisoformat(at) if isinstance(at, str) else at
    return at.astimezone(SHANGHAI).strftime("%Y-%m-%d %H:%M:%S")


_TEMPLATES = Environment(
    loader=FileSystemLoader(Path(__file__).parent / "templates"),
    autoescape=True,
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)
_TEMPLATES.filters.update(yuan=yuan, signed=signed, moment=moment, percent=percent, milliseconds=milliseconds)
_TEMPLATES.globals.update(
    style=Markup(f"<style>{_STYLESHEET}</style>"),  # noqa: S704 - our own file
    department_told=department_told,
    quantity=quantity,
    told=told,
    cell=cell,
    cell_class=cell_class,
    column_title=column_title,
    feature_label=feature_label,
    institution_told=institution_told,
    unit_words=unit_words,
)


def language_of(request: Request) -> Language:
    """Chinese first; English by `?lang=en`."""
    return "en" if request.query_params.get("lang") == "en" else "zh"


def render(request: Request, template: str, *, status: int = 200, **facts: Any) -> HTMLResponse:
    """One page in the request's language. `words` are its fixed texts, `other` the same page in the other language."""
    language = language_of(request)
    other = cast(Language, {"zh": "en", "en": "zh"}[language])
    page = _TEMPLATES.get_template(template).render(
        language=language,
        words=WORDS[language],
        other=str(request.url.include_query_params(lang=other).replace(scheme="", netloc="")),
        suffix="?lang=en" if language == "en" else "",
        **facts,
    )
    return HTMLResponse(page, status, headers=SECURITY_HEADERS)
