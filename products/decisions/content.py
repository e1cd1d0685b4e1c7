"""The content of a decision: a report's, and what the policy makes of it."""

from typing import Literal

from pydantic import BaseModel, ConfigDict

from products.decisions.limit import LimitFound
from products.decisions.policy import Verdict
from products.decisions.rules import RuleAnswer
from products.lending import Application
from products.reports.content import ReportContent


class Ground(BaseModel):
    """One thing that led to the decision, the strictest first."""

    model_config = ConfigDict(frozen=True)

    kind: Literal["rule", "band", "limit", "no_record"]
    id: str | None
    effect: Verdict
    text: str
    text_en: str


class PolicyUsed(BaseModel):
    """Whose rules they were: the answer is a recommendation under the institution's own policy."""

    model_config = ConfigDict(frozen=True)

    name: str
    version: int
    title: str
    title_en: str
    statement: str = "本结果是按贵机构自有政策得出的建议,由贵机构决定并自行记录所作处理。"
    statement_en: str = (
        "A recommendation under your institution's own policy; the decision is yours to take and record."
    )


class DecisionContent(ReportContent):
    """A report's content and the decision. Amounts are fen, the rate basis points a year.

    limit_fen, rate_bps, term_months: what may be lent; none where it is declined, or where nothing can be said.
    limit: how that sum was made, or would have been where it is too small to lend; none where it is declined.
    application: what was asked for, so that with the policy's version the decision can be given again.
    """

    decision: Verdict
    grounds: list[Ground]
    limit_fen: int | None
    rate_bps: int | None
    term_months: int | None
    limit: LimitFound | None
    rules: list[RuleAnswer]
    application: Application
    policy: PolicyUsed
