"""What a contract promises of a product's answers, as data, and what a month that missed it is worth.

Every promise is a share of the month's calls: 'at least 95 % within 300 ms' is a 95th percentile of at most 300 ms. So
each is decided by two counts, in whole numbers.
"""

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

ProductCode = Annotated[str, Field(pattern=r"^P[0-9]{2}$")]
BasisPoints = Annotated[int, Field(ge=1, le=10_000)]


class _Promise(BaseModel):
    """share_bp: of the calls that count, those that must keep it. credit_percent: of the product's charges of a month
    that missed it. least_calls: with fewer calls that count a month has no verdict."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    product: ProductCode
    share_bp: BasisPoints
    credit_percent: Annotated[int, Field(ge=1, le=100)]
    least_calls: Annotated[int, Field(ge=1, le=10**9)] = 1


class Latency(_Promise):
    """Answered calls, from receipt until the group that carries one begins to be written into the ledger.

    The commit's own time is no part of it: `bureau_ledger_commit_seconds` in /metrics.
    """

    measure: Literal["latency"] = "latency"
    limit_ms: Annotated[int, Field(ge=1, le=600_000)]


class Availability(_Promise):
    """Requests that were answered, of those that were or that failed on our side; a refused one is none of them."""

    measure: Literal["availability"] = "availability"


class DataAge(_Promise):
    """Answers that rest on records: days from when the newest of them became known to the day it was read as of."""

    measure: Literal["data_age"] = "data_age"
    limit_days: Annotated[int, Field(ge=0, le=36_500)]


ServiceLevel = Annotated[Latency | Availability | DataAge, Field(discriminator="measure")]
