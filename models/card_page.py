"""A model card as one HTML page that needs no network: its Markdown, with the pictures inside it."""

import base64
from collections.abc import Mapping
from html import escape

from markdown_it import MarkdownIt

_STYLE = """
body { font: 16px/1.5 "Noto Sans CJK SC", "Noto Sans SC", sans-serif; color: #1d2733;
       max-width: 60rem; margin: 2rem auto; padding: 0 1rem; }
table { border-collapse: collapse; margin: 1rem 0; display: block; overflow-x: auto; }
th, td { border-bottom: 1px solid #d5dbe1; padding: .25rem .75rem; text-align: left; }
img { max-width: 100%; }
"""


def card_page(title: str, markdown: str, pictures: Mapping[str, bytes]) -> str:
    """pictures: file name to PNG; each is named by its file's stem. Markup inside the Markdown stays text."""
    body = MarkdownIt("commonmark", {"html": False}).enable("table").render(markdown)
    shown = "".join(_figure(name, content) for name, content in pictures.items())
    head = f'<meta charset="utf-8"><title>{escape(title)}</title><style>{_STYLE}</style>'
    return f'<!doctype html>\n<html lang="zh-CN"><head>{head}</head><body>\n{body}{shown}</body></html>\n'


def _figure(name: str, content: bytes) -> str:
    said = escape(name.removesuffix(".png").replace("_", " "))
    data = base64.b64encode(content).decode()
    return f'<figure><img alt="{said}" src="data:image/png;base64,{data}"><figcaption>{said}</figcaption></figure>\n'
