"""Usage as the ledger counts it: an institution sees its own, the platform's people see all."""

from datetime import date, datetime, time
from typing import Annotated

from fastapi import APIRouter, Query
from pydantic import BaseModel, ConfigDict, Field

from api.access.tokens import Identity
from api.caller import DbSession, Now, UsageCaller
from api.errors import problems
from api.metering.usage import DIMENSIONS, usage_rows
from bureau.clock import SHANGHAI
from bureau.errors import RoleNotPermitted, UnknownName, WrongCredentials

router = APIRouter(prefix="/v1/usage", tags=["usage"], responses=problems(WrongCredentials, RoleNotPermitted))


class UsageRow(BaseModel):
    """One group: the dimensions it was asked by, and its numbers."""

    model_config = ConfigDict(
        json_schema_extra={
            "example": {"product": "P07", "day": "2026-11-23", "calls": 12, "hits": 9, "charged_fen": 7200}
        }
    )

    product: str | None = None
    institution: str | None = None
    purpose: str | None = None
    outcome: str | None = None
    day: Annotated[date | None, Field(description="Shanghai day on which the ledger committed the call.")] = None
    calls: Annotated[int, Field(description="Reversed calls taken off.")]
    hits: Annotated[int, Field(description="Calls whose outcome is found or partial.")]
    charged_fen: int


class Usage(BaseModel):
    """Rows in the order of the dimensions asked for; their sums are the ledger's."""

    rows: list[UsageRow]
    as_of: Annotated[datetime, Field(description="Everything committed before this instant is counted.")]


def day_begins(day: date) -> datetime:
    """00:00 Shanghai time."""
    return datetime.combine(day, time(), SHANGHAI)


def visible_institution(identity: Identity) -> int | None:
    """Whose usage a caller sees; None is everybody's."""
    return None if "usage:all" in identity.scopes else identity.institution_id


@router.get("", summary="Calls, hits and charges", response_model_exclude_unset=True, responses=problems(UnknownName))
def read_usage(
    caller: UsageCaller,
    session: DbSession,
    now: Now,
    by: Annotated[
        str, Query(max_length=80, description=f"Of {', '.join(DIMENSIONS)}; separated by commas.")
    ] = "product",
    first: Annotated[date | None, Query(alias="from", description="First day; from the beginning without it.")] = None,
    until: Annotated[
        date | None, Query(alias="to", description="The day after the last; until now without it.")
    ] = None,
) -> Usage:
    """Days are legal days in Shanghai; `to` is not included. Equal to the statement's lines, to the fen."""
    names = list(dict.fromkeys(name for name in by.split(",") if name))
    rows = usage_rows(
        session,
        names,
        start=day_begins(first) if first else None,
        end=day_begins(until) if until else now,
        institution_id=visible_institution(caller),
    )
    return Usage(rows=[UsageRow.model_validate(row) for row in rows], as_of=now)
