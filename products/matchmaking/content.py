"""The content of a match: a need, what was known of the firm, and the loan products it met."""

from datetime import date

from pydantic import BaseModel, ConfigDict

from products.matchmaking.ranking import Match
from products.matchmaking.terms import Need
from products.reports.content import NOTICE, Mark, ModelUsed


class MatchResult(BaseModel):
    """Ranked matches: eligible ones first, the cheapest of them leading."""

    model_config = ConfigDict(frozen=True)

    matches: list[Match]
    eligible: int
    score: int | None
    grade: str | None


class MatchContent(BaseModel):
    """The content of one matching."""

    model_config = ConfigDict(frozen=True)

    result: MatchResult
    need: Need
    model: ModelUsed | None
    data_as_of: date | None
    marks: list[Mark]
    notice: str = NOTICE
