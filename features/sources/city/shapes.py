"""The kinds of value a city parameter can be; a wrong one is refused when the file is read."""

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

Size = Literal["sole_trader", "micro", "small", "medium", "large"]
SIZES: tuple[Size, ...] = ("sole_trader", "micro", "small", "medium", "large")
"""Kinds of enterprise by size; sole traders are the smallest."""

Share = Annotated[float, Field(ge=0, le=1)]
Positive = Annotated[float, Field(gt=0)]
Rate = Annotated[float, Field(ge=0, le=0.5)]
Persistence = Annotated[float, Field(ge=0, lt=1)]
Count = Annotated[int, Field(gt=0)]
Delay = Annotated[int, Field(ge=0, le=12)]
Span = Annotated[tuple[int, int], Field(description="first and last, both included")]
Lag = Annotated[tuple[Positive, Positive], Field(description="median and 95th percentile, days")]


class Strict(BaseModel):
    """Frozen, and every name must be known."""

    model_config = ConfigDict(extra="forbid", frozen=True)
