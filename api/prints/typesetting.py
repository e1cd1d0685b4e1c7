"""From a template and facts to a PDF/A-3 file: the same bytes for the same facts, fonts and release."""

import json
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Any, Final, cast

import typst

from api.prints.fonts import find_fonts
from bureau.clock import to_micros
from bureau.errors import FontMissing

STANDARD: Final = "a-3a"
"""Archivable, tagged for screen readers, with files attached. It refuses a character that no font holds, which
without a standard would be silently blank."""


def typeset(
    template: Path, facts: Mapping[str, Any], attached: Mapping[str, str], at: datetime, fonts: Path | None
) -> bytes:
    """A PDF of a template that reads `sys.inputs.facts` (JSON).

    attached: the texts of the files in it, which the template reads as `sys.inputs` by their names. at: its date.
    fonts: a folder beside those of the machine. Raises `FontMissing`.
    """
    known, family = find_fonts(fonts)
    inputs = {"facts": json.dumps({**facts, "font": family}, ensure_ascii=False), **attached}
    compiler = typst.Compiler(template, font_paths=known, sys_inputs=inputs)
    try:
        made = compiler.compile(format="pdf", pdf_standards=STANDARD, timestamp=to_micros(at) // 1_000_000)
    except typst.TypstError as problem:
        raise FontMissing(f"cannot print a character ({problem.message})") from problem
    return cast(bytes, made)
