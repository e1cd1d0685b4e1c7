"""F34 行政处罚: administrative penalties."""

import pandera.polars as pa
import polars as pl

from features.contracts.contract import (
    PUBLISHED_BEFORE_EVENT,
    USCC_PATTERN,
    Contract,
    Delivered,
    Doubt,
    event_date_is,
    not_before,
)
from features.contracts.use import Use
from features.law.terms import Regime, find_table

SEVERITIES = ("轻微", "一般", "严重")
_REGIMES = find_table("penalty").regimes


def _shown_until(regime: Regime) -> pl.Expr:
    """The first day on which a penalty may be repaired, by its class and domain."""

    def after(months: int) -> pl.Expr:
        return pl.col("decided_on").dt.offset_by(f"{months}mo")

    day = pl.lit(None, pl.Date)
    for term in regime.terms:
        day = pl.when(pl.col("severity") == term.of).then(after(term.minimum_months)).otherwise(day)
    longer = regime.long_domains
    if longer is None:
        return day
    of_domain = pl.col("domain").is_in(longer.domains)
    return pl.when(of_domain).then(pl.max_horizontal(day, after(longer.minimum_months))).otherwise(day)


def _repaired_early() -> pl.Expr:
    """Repaired before the least publicity was over, by the regime in force on the day of repair."""
    repaired, until = pl.col("repaired_on"), _shown_until(_REGIMES[0])
    for regime in _REGIMES[1:]:
        until = pl.when(repaired >= regime.in_force_from).then(_shown_until(regime)).otherwise(until)
    return repaired < until


class Penalty(Delivered):
    """F34: one record per decision and enterprise. Publisher: all departments, daily. Event date: the decision.

    Severity sets how long it may be published and used; a revoked or repaired one keeps its record.
    """

    uscc: str = pa.Field(str_matches=USCC_PATTERN, title="统一社会信用代码")
    doc_no: str = pa.Field(str_length={"min_value": 1, "max_value": 128}, title="决定书文号")
    act: str = pa.Field(title="违法行为")
    basis: str = pa.Field(title="处罚依据")
    kind: str = pa.Field(title="处罚类别")
    fine_fen: pl.Int64 = pa.Field(ge=0, title="罚款", description="In fen")
    confiscated_fen: pl.Int64 = pa.Field(ge=0, title="没收", description="In fen")
    decided_on: pl.Date = pa.Field(title="决定日期")
    published_on: pl.Date = pa.Field(nullable=True, title="公示日期")
    severity: str = pa.Field(isin=SEVERITIES, title="严重程度")
    domain: str = pa.Field(nullable=True, title="领域", description="Food, safety, fire, ...; missing in 8%")
    revoked_on: pl.Date = pa.Field(nullable=True, title="撤销日期")
    repaired_on: pl.Date = pa.Field(nullable=True, title="信用修复日期")

    happened = event_date_is("decided_on")
    revoked = not_before("revoked_on", "decided_on")
    repaired = not_before("repaired_on", "decided_on")


PENALTY = Contract(
    code="F34",
    name="行政处罚",
    name_en="Administrative penalty",
    department="各部门",
    schema=Penalty,
    grain=("uscc", "doc_no"),
    cadence="daily",
    publish_lag_days=(5, 20),
    receive_lag_days=(1, 3),
    level="L1",
    controller="作出处罚的部门",
    share_scope="public while its publicity lasts",
    legal_basis="行政处罚法; 信用修复管理办法",
    retention="by severity and the rules of the day, at most 3 years",
    act="受到行政处罚",
    openness="public",
    direction="adverse",
    million_rows=1.8,
    use=Use(ended_by=("revoked_on", "repaired_on"), law="penalty"),
    doubts=(
        PUBLISHED_BEFORE_EVENT,
        Doubt("repaired before the least publicity of its class was over", _repaired_early()),
    ),
)
