"""Is the process alive, and can it answer."""

from typing import Annotated, Literal

from fastapi import APIRouter
from pydantic import BaseModel, Field
from sqlalchemy import text

from api.caller import Served
from api.errors import problems
from bureau.errors import LedgerUnavailable, SourceDown

router = APIRouter(tags=["operations"])


class Alive(BaseModel):
    """The process runs."""

    status: Literal["alive"] = "alive"


class Ready(BaseModel):
    """The ledger accepts calls and the home's source answers."""

    status: Literal["ready"] = "ready"
    source: Annotated[str, Field(description="The source of this home.", examples=["city"])]
    as_of: Annotated[str, Field(description="The day features are read as of.", examples=["2026-11-23"])]


@router.get("/healthz", summary="Whether the process runs")
async def alive() -> Alive:
    """Answers as long as the process can answer anything."""
    return Alive()


@router.get("/readyz", summary="Whether calls can be answered", responses=problems(LedgerUnavailable, SourceDown))
def ready(deployment: Served) -> Ready:
    """Touches the ledger and the lake; 503 says which of them is missing."""
    with deployment.engine.connect() as connection:
        connection.execute(text("SELECT 1"))
    desk = deployment.desk()
    return Ready(source=desk.source, as_of=desk.today.isoformat())
