"""A machine without a Chinese font says so in one sentence; what is there is taken in a fixed order."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from api.prints.fonts import FAMILIES, chinese_family
from api.prints.typesetting import typeset
from bureau.errors import FontMissing

AT = datetime(2026, 12, 1, tzinfo=UTC)
TEMPLATE = (
    '#let facts = json(bytes(sys.inputs.facts))\n#set document(title: "x")\n#set text(font: facts.font)\n#facts.said'
)


def test_a_machine_without_one_says_what_to_install() -> None:
    with pytest.raises(
        FontMissing, match=r"install fonts-noto-cjk, or put a font into the folder that BUREAU_FONT_DIR"
    ):
        chinese_family(["DejaVu Sans", "Libertinus Serif", "Noto Sans CJK JP"])


def test_the_first_known_family_is_taken() -> None:
    assert chinese_family(["SimHei", "SimSun", "DejaVu Sans"]) == "SimSun"
    assert len(set(FAMILIES)) == len(FAMILIES)


def test_a_character_that_no_font_has_is_refused_not_blank(tmp_path: Path) -> None:
    template = tmp_path / "said.typ"
    template.write_text(TEMPLATE, "utf-8")
    assert typeset(template, {"said": "南山"}, {}, AT, None).startswith(b"%PDF")
    with pytest.raises(FontMissing, match="cannot print a character"):
        typeset(template, {"said": "\U00013000"}, {}, AT, None)
