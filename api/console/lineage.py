"""A drawing of where things come from and go to: columns of boxes with arrows between them, as plain SVG."""

import itertools
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass

BOX_WIDTH, GAP, COLUMN_GAP = 180, 10, 36
"""In pixels: five columns, a department to a product, fit a page of 1,048."""
LINE_HEIGHT, MARGIN = 16, 18
"""Of a line of text, and of a box around its lines; all boxes are as high as the one with most."""
WIDEST, WIDE, NARROW = 60, 5, 3
"""What a line holds: twelve Chinese characters or twenty letters, or some of both."""
CLOSING = ")）》，。"
SHOWN = 14
"""Boxes of a column; what is more is counted in one last box."""


@dataclass(frozen=True)
class Node:
    """One thing. to: texts of the things of the next column it leads to, None for all of them. hint: what pointing at
    it tells. href: its own page, where there is one."""

    text: str
    to: frozenset[str] | None = None
    hint: str = ""
    href: str | None = None


@dataclass(frozen=True)
class Box:
    """A node in its place."""

    node: Node
    x: int
    y: int
    height: int
    width: int = BOX_WIDTH

    @property
    def lines(self) -> list[tuple[int, str]]:
        """The lines of its text, each with the height of its foot; together in the middle of the box."""
        texts = lines_of(self.node.text)
        first = self.y + (self.height - LINE_HEIGHT * len(texts)) // 2 + 12
        return [(first + LINE_HEIGHT * number, text) for number, text in enumerate(texts)]


@dataclass(frozen=True)
class Drawing:
    """Boxes, and arrows as SVG paths from the right edge of one to the left edge of another."""

    boxes: tuple[Box, ...]
    paths: tuple[str, ...]
    width: int
    height: int


def draw(columns: Sequence[Sequence[Node]], more: str) -> Drawing:
    """Lay out columns from left to right; a box is joined to those of the next column it leads to.

    Empty columns are left out. more: a text with `{n}` for the boxes that are not shown.
    """
    shown = [_shortened(column, more) for column in columns if column]
    tallest = max((len(column) for column in shown), default=0)
    most = max((len(lines_of(node.text)) for column in shown for node in column), default=1)
    step = MARGIN + LINE_HEIGHT * most + GAP
    height = tallest * step
    placed = [_place(column, number, height, step) for number, column in enumerate(shown)]
    paths = [
        _arrow(one, other)
        for left, right in itertools.pairwise(placed)
        for one in left
        for other in right
        if one.node.to is None or other.node.text in one.node.to
    ]
    width = len(placed) * (BOX_WIDTH + COLUMN_GAP) - COLUMN_GAP if placed else 0
    return Drawing(tuple(box for column in placed for box in column), tuple(paths), width, height)


def _shortened(column: Sequence[Node], more: str) -> list[Node]:
    if len(column) <= SHOWN:
        return list(column)
    return [*column[: SHOWN - 1], Node(more.format(n=len(column) - SHOWN + 1))]


def lines_of(text: str) -> list[str]:
    """A text in lines that a box holds; none of it is cut off. Broken between words, where that leaves no gap."""
    lines = []
    while (fits := _fitting(text)) < len(text):
        blank = text.rfind(" ", fits // 2, fits + 1)
        end = fits if blank < 1 else blank
        end -= text[end] in CLOSING  # which begins no line
        lines.append(text[:end].rstrip())
        text = text[end:].lstrip()
    return [*lines, text]


def _fitting(text: str) -> int:
    """How many of a text's first characters a line holds."""
    widths = itertools.accumulate(WIDE if unicodedata.east_asian_width(sign) in "WF" else NARROW for sign in text)
    return sum(width <= WIDEST for width in widths)


def _place(column: list[Node], number: int, height: int, step: int) -> list[Box]:
    top = (height - len(column) * step + GAP) // 2
    x = number * (BOX_WIDTH + COLUMN_GAP)
    return [Box(node, x, top + position * step, step - GAP) for position, node in enumerate(column)]


def _arrow(one: Box, other: Box) -> str:
    start, end, half = one.x + BOX_WIDTH, other.x, COLUMN_GAP // 2
    y, z = one.y + one.height // 2, other.y + other.height // 2
    return f"M{start} {y}C{start + half} {y} {end - half} {z} {end} {z}"
