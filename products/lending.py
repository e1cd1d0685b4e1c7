"""The words a loan is described with, for decisions and for matching alike."""

from typing import Annotated, Literal, get_args

from pydantic import BaseModel, ConfigDict, Field

WIRE = ConfigDict(frozen=True, extra="forbid")
"""For what a caller writes: no unknown key; numbers are strict one by one, because a list must pass as a tuple."""

Grade = Literal["A", "B", "C", "D", "E"]
Secured = Literal["credit", "mortgage", "guarantee"]
LoanUse = Literal["working_capital", "equipment", "premises", "refinancing", "other"]
Fen = Annotated[int, Field(strict=True, ge=0, le=10**15)]
Months = Annotated[int, Field(strict=True, ge=1, le=480)]
Bps = Annotated[int, Field(strict=True, ge=0, le=10_000)]

GRADES: tuple[str, ...] = get_args(Grade)
"""Best to worst."""


class Application(BaseModel):
    """What a firm asks a bank for."""

    model_config = WIRE

    amount_fen: Annotated[int, Field(strict=True, gt=0, le=10**15)]
    term_months: Months
    use: LoanUse = "working_capital"
    secured: Secured = "credit"


def yuan(fen: int) -> str:
    """An amount for a reader: 50000000 fen is `50万元`, 123450 fen is `1,234.50元`."""
    if fen % 1_000_000 == 0 and fen:
        return f"{fen // 1_000_000:,}万元"
    whole, rest = divmod(fen, 100)
    return f"{whole:,}.{rest:02d}元" if rest else f"{whole:,}元"
