"""The Chinese font a print is set in: one of the machine's, or of the folder that `BUREAU_FONT_DIR` names."""

from functools import cache
from pathlib import Path

from typst import Fonts

from bureau.errors import FontMissing

FAMILIES = (
    *("Noto Serif CJK SC", "Source Han Serif SC", "Noto Serif SC", "Songti SC", "STSong", "SimSun", "FangSong"),
    *("Noto Sans CJK SC", "Source Han Sans SC", "Noto Sans SC", "PingFang SC", "Microsoft YaHei", "SimHei"),
    *("WenQuanYi Zen Hei", "WenQuanYi Micro Hei", "AR PL UMing CN", "AR PL SungtiL GB"),
)
"""Simplified Chinese families of the systems we know, the ones for long texts first."""


@cache
def find_fonts(folder: Path | None = None) -> tuple[Fonts, str]:
    """The fonts of the machine and of a folder, and the family to set Chinese in; raises `FontMissing`."""
    fonts = Fonts(font_paths=[] if folder is None else [folder])
    return fonts, chinese_family(fonts.families())


def chinese_family(present: list[str]) -> str:
    """The first of `FAMILIES` that is there; raises `FontMissing`."""
    for family in FAMILIES:
        if family in present:
            return family
    raise FontMissing
