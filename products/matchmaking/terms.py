"""What a bank offers and what a firm needs, as they write it."""

from typing import Annotated, Any, Self

from pydantic import BaseModel, BeforeValidator, Field, StringConstraints, model_validator

from bureau.text import FreeLine
from products.lending import WIRE, Bps, Fen, Grade, LoanUse, Months, Secured

Text = Annotated[str, StringConstraints(min_length=1, max_length=200)]
Section = Annotated[str, StringConstraints(pattern=r"^[A-T]$")]
Division = Annotated[str, StringConstraints(pattern=r"^([0-9]{2}|[0-9]{4}|[0-9]{6}|[0-9]{9})$")]
Whole = Annotated[int, Field(strict=True, ge=0, le=10**15)]


class Bound(BaseModel):
    """A threshold, and how far beyond it still counts as a near miss (in the same unit)."""

    model_config = WIRE

    value: Whole
    near: Whole = 0


class GradeBound(BaseModel):
    """The worst grade accepted, and how many grades below it still count as a near miss."""

    model_config = WIRE

    value: Grade
    near: Annotated[int, Field(strict=True, ge=0, le=4)] = 0


class Range(BaseModel):
    """From `least` to `most`, both included; `near` beyond either end is a near miss."""

    model_config = WIRE

    least: Whole
    most: Whole
    near: Whole = 0

    @model_validator(mode="after")
    def _is_ordered(self) -> Self:
        if self.least > self.most:
            raise ValueError("least lies above most")
        return self


def _as_bound(written: Any) -> Any:
    """A bare value is a threshold without a near miss."""
    return {"value": written} if isinstance(written, int | str) else written


Threshold = Annotated[Bound, BeforeValidator(_as_bound)]
GradeThreshold = Annotated[GradeBound, BeforeValidator(_as_bound)]


class LoanProductOffer(BaseModel):
    """A loan product and its conditions, as a bank writes them; a condition left out is no condition."""

    model_config = WIRE

    name: FreeLine
    amount_fen: Range
    term_months: Range
    rate_bps: Bps = Field(description="yearly rate")
    secured: tuple[Secured, ...] = Field(min_length=1, description="securities it accepts")
    uses: tuple[LoanUse, ...] = Field((), description="uses it pays for; empty: any")
    min_grade: GradeThreshold | None = None
    min_score: Threshold | None = None
    min_months_in_operation: Threshold | None = None
    max_arrears_fen: Threshold | None = Field(None, description="tax arrears still open")
    sections: tuple[Section, ...] = Field((), description="GB/T 4754 sections; empty: any")
    regions: tuple[Division, ...] = Field((), description="division codes of 2, 4, 6 or 9 digits; empty: any")


class LoanProductTerms(LoanProductOffer):
    """A loan product with the institution that offers it, which is who calls, never what the caller writes."""

    name: Text  # of one that is on offer: it is read as it was stored
    institution: Text


class Need(BaseModel):
    """Money a firm looks for."""

    model_config = WIRE

    subject: Text = Field(description="unified social credit code, or the key of the source")
    amount_fen: Annotated[Fen, Field(gt=0)]
    term_months: Months
    use: LoanUse = "working_capital"
    secured: Secured = Field("credit", description="the security the firm can give")
    max_rate_bps: Bps | None = None
