"""Lists come in pages: newest first, each naming the cursor of the next."""

from collections.abc import Callable, Sequence
from typing import Annotated, Generic, TypeVar

from fastapi import Query
from pydantic import BaseModel, Field

from api.identifiers import Identifier

Item = TypeVar("Item")
Row = TypeVar("Row")

Cursor = Annotated[
    Identifier | None,
    Query(description="`next_cursor` of the page before; none for the first page."),
]
Limit = Annotated[int, Query(ge=1, le=200, description="Items on one page.")]


class Page(BaseModel, Generic[Item]):
    """One page of a list."""

    items: list[Item]
    next_cursor: Annotated[str | None, Field(description="Give it as `cursor` for the next page; null on the last.")]


def page_of(rows: Sequence[Row], limit: int, identity: Callable[[Row], str]) -> tuple[Sequence[Row], str | None]:
    """The first `limit` rows, and the cursor where a query for `limit + 1` found more."""
    shown = rows[:limit]
    return shown, identity(shown[-1]) if len(rows) > limit else None
