"""The kinds of value a city parameter can be; a wrong one is refused when the file is read."""

from collections.abc import Iterable
from typing import Annotated, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from features.sources.city.industries import CLASSES

Size = Literal["sole_trader", "micro", "small", "medium", "large"]
SIZES: tuple[Size, ...] = ("sole_trader", "micro", "small", "medium", "large")
"""Kinds of enterprise by size; sole traders are the smallest."""

ROUNDING = 1e-3
"""How far shares that make a whole may be from adding up to one."""


def _with_trades(section: str) -> str:
    if section not in CLASSES:
        raise ValueError(f"the city has no section {section}; it has {', '.join(CLASSES)}")
    return section


def _first_before_last(span: tuple[int, int]) -> tuple[int, int]:
    if not 0 <= span[0] < span[1] <= 10_000:
        raise ValueError("must be two whole numbers from 0 to 10,000, the smaller one first")
    return span


def _median_before_p95(lag: tuple[float, float]) -> tuple[float, float]:
    if not lag[0] < lag[1] <= 3_650:
        raise ValueError("must be a median and a larger 95th percentile, of ten years of days at most")
    return lag


SectionName = Annotated[str, AfterValidator(_with_trades)]
Share = Annotated[float, Field(ge=0, le=1)]
Positive = Annotated[float, Field(gt=0, le=1e9)]
Effect = Annotated[float, Field(ge=-20, le=20, description="change of log-odds or of a logarithm")]
Spread = Annotated[float, Field(gt=0, le=20, description="standard deviation of such changes")]
Points = Annotated[float, Field(ge=0, le=100)]
Rate = Annotated[float, Field(ge=0, le=0.5)]
Persistence = Annotated[float, Field(ge=0, lt=1)]
Count = Annotated[int, Field(gt=0, le=10_000_000)]
Delay = Annotated[int, Field(ge=0, le=12)]
Span = Annotated[tuple[int, int], AfterValidator(_first_before_last)]
Lag = Annotated[tuple[Positive, Positive], AfterValidator(_median_before_p95), Field(description="days")]


def require_whole(name: str, shares: Iterable[float]) -> None:
    """Raise `ValueError` where shares that make a whole do not add up to one."""
    total = sum(shares)
    if abs(total - 1) > ROUNDING:
        raise ValueError(f"{name} must add up to 1, not {total:.4g}; change the others too")


class Strict(BaseModel):
    """Frozen, every name must be known, and every number finite."""

    model_config = ConfigDict(extra="forbid", frozen=True, allow_inf_nan=False)
