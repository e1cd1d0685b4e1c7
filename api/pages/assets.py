"""The files a page loads, all from here: the stylesheet, the chart script, and the Vega bundle vl-convert carries."""

import gzip
from functools import cache
from pathlib import Path
from typing import Annotated

import vl_convert
from fastapi import APIRouter, Header
from starlette.responses import FileResponse, Response

from bureau.errors import UnknownObject

ASSETS = Path(__file__).parent / "assets"
OWN = {"bureau.css": "text/css; charset=utf-8", "charts.js": "text/javascript; charset=utf-8"}
BUNDLE = f"vega-{vl_convert.get_vega_version()}-embed-{vl_convert.get_vega_embed_version()}.js"
"""Named by its versions, so that a browser may keep it for ever."""

router = APIRouter(include_in_schema=False)


@cache
def compressed_bundle() -> bytes:
    """Vega, Vega-Lite and Vega-Embed in one script, gzipped: about 0.3 MB, 2 s to make, kept for the process."""
    return gzip.compress(
        vl_convert.javascript_bundle("window.vegaEmbed = vegaEmbed;").encode(), compresslevel=9, mtime=0
    )


@router.get(f"/assets/{BUNDLE}")
def vega_bundle(accept_encoding: Annotated[str, Header()] = "") -> Response:
    """The chart library. Every browser takes gzip; whoever does not gets it plain."""
    headers = {"Cache-Control": "public, max-age=31536000, immutable", "Vary": "Accept-Encoding"}
    body = compressed_bundle()
    if "gzip" in accept_encoding:
        headers["Content-Encoding"] = "gzip"
    else:
        body = gzip.decompress(body)
    return Response(body, media_type="text/javascript; charset=utf-8", headers=headers)


@router.get("/assets/{name}")
def asset(name: str) -> Response:
    """One of our own files; a browser asks again with its ETag."""
    if name not in OWN:
        raise UnknownObject("asset", name)
    return FileResponse(ASSETS / name, media_type=OWN[name], headers={"Cache-Control": "no-cache"})
