"""Usage as the ledger counts it: an institution sees its own, the platform's people see all."""

from collections.abc import Sequence
from datetime import date, datetime, time
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query
from pydantic import BaseModel, ConfigDict, Field
from sqlalchemy.orm import Session
from starlette.responses import Response

from api.access.tokens import Identity
from api.answers import Csv
from api.caller import DbSession, Now, UsageCaller
from api.errors import problems
from api.metering.export import as_csv, as_parquet
from api.metering.forecast import forecast_rows
from api.metering.usage import DIMENSIONS, names_of, usage_rows
from bureau.clock import SHANGHAI
from bureau.errors import InvalidInput, RoleNotPermitted, UnknownName, WrongCredentials

router = APIRouter(
    prefix="/v1/usage",
    tags=["usage"],
    responses=problems(WrongCredentials, RoleNotPermitted, UnknownName, InvalidInput),
)
PARQUET = "application/vnd.apache.parquet"
By = Annotated[str, Query(max_length=80, description=f"Of {', '.join(DIMENSIONS)}; separated by commas.")]
Test = Annotated[bool, Query(description="The calls in test mode instead, which are counted apart.")]
_LATENCY = Field(
    description="Microseconds, answered calls, from receipt until writing into the ledger begins; the upper edge of "
    "its bin: at most 1.6 times the truth."
)
_RATE = Field(description="Basis points of the answered calls; null without any.")


class _Group(BaseModel):
    product: str | None = None
    version: int | None = None
    institution: str | None = None
    purpose: str | None = None
    outcome: str | None = None


class UsageRow(_Group):
    """One group: the dimensions it was asked by, and its numbers."""

    model_config = ConfigDict(
        json_schema_extra={
            "example": {
                "product": "P07",
                "day": "2026-11-23",
                "calls": 12,
                "answered": 12,
                "hits": 9,
                "repeats": 3,
                "hit_rate_bp": 7500,
                "repeat_rate_bp": 2500,
                "charged_fen": 7200,
                "latency_p50_us": 6300,
                "latency_p95_us": 16000,
                "latency_p99_us": 25000,
            }
        }
    )

    day: Annotated[date | None, Field(description="Shanghai day on which the ledger committed the call.")] = None
    hour: Annotated[int | None, Field(description="Hour of that day, 0 to 23.")] = None
    calls: Annotated[int, Field(description="Reversed calls taken off.")]
    answered: Annotated[int, Field(description="Of them, those neither refused nor failed.")]
    hits: Annotated[int, Field(description="Calls whose outcome is found or partial.")]
    repeats: Annotated[int, Field(description="Calls that the contract's price rule counts as repeats.")]
    hit_rate_bp: Annotated[int | None, _RATE]
    repeat_rate_bp: Annotated[int | None, _RATE]
    charged_fen: int
    latency_p50_us: Annotated[int | None, _LATENCY]
    latency_p95_us: Annotated[int | None, _LATENCY]
    latency_p99_us: Annotated[int | None, _LATENCY]


class Usage(BaseModel):
    """Rows in the order of the dimensions asked for; their sums are the ledger's."""

    rows: list[UsageRow]
    as_of: Annotated[datetime, Field(description="Everything committed before this instant is counted.")]


class ForecastRow(_Group):
    """What the present month will come to; null where there are less than two weeks of history."""

    calls_so_far: int | None
    calls_expected: int | None
    calls_low: Annotated[int | None, Field(description="Four months of five end between low and high.")]
    calls_high: int | None
    charged_fen_so_far: int | None
    charged_fen_expected: int | None
    charged_fen_low: int | None
    charged_fen_high: int | None


class MonthForecast(BaseModel):
    """By the means of weekdays in the last eight weeks: no trend, no holidays."""

    rows: list[ForecastRow]
    as_of: datetime


def day_begins(day: date) -> datetime:
    """00:00 Shanghai time."""
    return datetime.combine(day, time(), SHANGHAI)


def visible_institution(identity: Identity) -> int | None:
    """Whose usage a caller sees; None is everybody's."""
    return None if "usage:all" in identity.scopes else identity.institution_id


class Filters:
    """Which calls a request asks for: in which mode, and with which values of the dimensions."""

    def __init__(
        self,
        test: Test = False,
        product: Annotated[list[str] | None, Query(max_length=50, description="Only these; may be repeated.")] = None,
        version: Annotated[list[str] | None, Query(max_length=50)] = None,
        institution: Annotated[list[str] | None, Query(max_length=50)] = None,
        purpose: Annotated[list[str] | None, Query(max_length=50)] = None,
        outcome: Annotated[list[str] | None, Query(max_length=50)] = None,
        hour: Annotated[list[str] | None, Query(max_length=24)] = None,
    ) -> None:
        self.test = test
        named = {
            "product": product,
            "version": version,
            "institution": institution,
            "purpose": purpose,
            "outcome": outcome,
            "hour": hour,
        }
        self.only = {name: values for name, values in named.items() if values}


Filtered = Annotated[Filters, Depends()]


class Cut:
    """The calls of `Filters`, of some days."""

    def __init__(
        self,
        filters: Filtered,
        first: Annotated[
            date | None, Query(alias="from", description="First day; from the beginning without it.")
        ] = None,
        until: Annotated[
            date | None, Query(alias="to", description="The day after the last; until now without it.")
        ] = None,
    ) -> None:
        if first and until and until < first:
            raise InvalidInput(f"The days end on {until}, before they begin on {first}. Swap `from` and `to`.")
        self.first, self.until, self.test, self.only = first, until, filters.test, filters.only

    def rows(self, session: Session, by: Sequence[str], caller: Identity) -> list[dict[str, Any]]:
        return usage_rows(
            session,
            by,
            start=day_begins(self.first) if self.first else None,
            end=day_begins(self.until) if self.until else None,
            institution_id=visible_institution(caller),
            test=self.test or caller.test,
            only=self.only,
        )


Chosen = Annotated[Cut, Depends()]


@router.get("", summary="Calls, hits, repeats, charges and latencies", response_model_exclude_unset=True)
def read_usage(caller: UsageCaller, session: DbSession, now: Now, cut: Chosen, by: By = "product") -> Usage:
    """Days are legal days in Shanghai; `to` is not included. Equal to the statement's lines, to the fen.

    Among the usage of all, institutions that are enterprises are one, `(enterprises)`.
    """
    rows = cut.rows(session, names_of(by), caller)
    return Usage(rows=[UsageRow.model_validate(row) for row in rows], as_of=now)


@router.get("/csv", response_class=Csv, summary="The same as CSV")
def read_usage_csv(caller: UsageCaller, session: DbSession, cut: Chosen, by: By = "product") -> Response:
    """Every row; amounts in fen."""
    names = names_of(by)
    return Csv(as_csv(cut.rows(session, names, caller), names))


@router.get(
    "/parquet",
    response_class=Response,
    summary="The same as Parquet",
    responses={200: {"content": {PARQUET: {"schema": {"type": "string", "format": "binary"}}}}},
)
def read_usage_parquet(caller: UsageCaller, session: DbSession, cut: Chosen, by: By = "product") -> Response:
    """Every row, each column with its declared type: int64 measures, null where there is none."""
    names = names_of(by)
    return Response(as_parquet(cut.rows(session, names, caller), names), media_type=PARQUET)


@router.get("/forecast", summary="What the present month will come to", response_model_exclude_unset=True)
def read_forecast(caller: UsageCaller, session: DbSession, now: Now, filters: Filtered, by: By = "") -> MonthForecast:
    """What there is so far, and for the days that are left the mean of their weekday in the last eight weeks.

    Of all hours of the month: a filter by hour is refused.
    """
    mode, whose = filters.test or caller.test, visible_institution(caller)
    rows = forecast_rows(session, names_of(by), now, institution_id=whose, test=mode, only=filters.only)
    return MonthForecast(rows=[ForecastRow.model_validate(row) for row in rows], as_of=now)
