"""A drawing of where things come from and go to: columns of boxes with arrows between them, as plain SVG."""

import itertools
from collections.abc import Sequence
from dataclasses import dataclass

BOX_WIDTH, BOX_HEIGHT, GAP, COLUMN_GAP = 168, 34, 10, 44
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
    height = tallest * (BOX_HEIGHT + GAP)
    placed = [_place(column, number, height) for number, column in enumerate(shown)]
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


def _place(column: list[Node], number: int, height: int) -> list[Box]:
    step = BOX_HEIGHT + GAP
    top = (height - len(column) * step + GAP) // 2
    x = number * (BOX_WIDTH + COLUMN_GAP)
    return [Box(node, x, top + position * step) for position, node in enumerate(column)]


def _arrow(one: Box, other: Box) -> str:
    start, end, half = one.x + BOX_WIDTH, other.x, COLUMN_GAP // 2
    y, z = one.y + BOX_HEIGHT // 2, other.y + BOX_HEIGHT // 2
    return f"M{start} {y}C{start + half} {y} {end - half} {z} {end} {z}"
