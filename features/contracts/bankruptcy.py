"""F31 破产重整: stages of insolvency proceedings."""

import pandera.polars as pa
import polars as pl

from features.contracts.contract import USCC_PATTERN, Contract, Delivered, event_date_is

BANKRUPTCY_STAGES = ("受理", "重整批准", "执行完毕", "宣告", "终结")
"""Accepted, restructuring plan approved, plan carried out, declared bankrupt, closed."""
RESTRUCTURED = ("重整批准", "执行完毕")
"""From the approval of its plan on a firm is marked as restructured and treated as any other."""


class Bankruptcy(Delivered):
    """F31: one record per enterprise, case and stage. Publisher: court, weekly. Event date: day of the stage."""

    uscc: str = pa.Field(str_matches=USCC_PATTERN, title="统一社会信用代码")
    case_no: str = pa.Field(str_length={"min_value": 1, "max_value": 64}, title="案号")
    stage: str = pa.Field(isin=BANKRUPTCY_STAGES, title="程序阶段")
    stage_on: pl.Date = pa.Field(title="阶段日期")

    happened = event_date_is("stage_on")


BANKRUPTCY = Contract(
    code="F31",
    name="破产重整",
    name_en="Bankruptcy and restructuring",
    department="法院",
    schema=Bankruptcy,
    grain=("uscc", "case_no", "stage"),
    cadence="weekly",
    freshness_days=92,
    publish_lag_days=(7, 30),
    receive_lag_days=(2, 10),
    level="L1",
    controller="中级人民法院",
    share_scope="public; restructured enterprises are marked",
    legal_basis="企业破产法",
    retention="permanent, marked",
    act="进入破产、重整程序",
    openness="public",
    direction="adverse",
    million_rows=0.01,
)
