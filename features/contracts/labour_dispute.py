"""F25 欠薪与劳动仲裁: wages owed and disputes with staff."""

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

DISPUTE_TYPES = ("欠薪投诉", "劳动报酬", "社会保险", "解除合同", "工伤待遇", "其他")
DISPUTE_PARTIES = ("用人单位", "承包单位")
DISPUTE_RESULTS = ("支持", "部分支持", "调解", "撤回", "驳回")


class LabourDispute(Delivered):
    """F25: one record per case and party. Publisher: human resources bureau, monthly. Event date: day accepted.

    On building sites the contractor of the project is easily taken for the employer. No result: not decided yet.
    """

    uscc: str = pa.Field(str_matches=USCC_PATTERN, title="统一社会信用代码")
    case_no: str = pa.Field(str_length={"min_value": 1, "max_value": 64}, title="案号")
    type: str = pa.Field(isin=DISPUTE_TYPES, title="争议类型")
    party: str = pa.Field(isin=DISPUTE_PARTIES, title="责任主体", description="Employer, or contractor of a project")
    n_workers: pl.Int32 = pa.Field(ge=0, title="涉及人数")
    amount_fen: pl.Int64 = pa.Field(nullable=True, ge=0, title="涉及金额", description="Claimed, in fen")
    accepted_on: pl.Date = pa.Field(title="受理日期")
    closed_on: pl.Date = pa.Field(nullable=True, title="结案日期")
    result: str = pa.Field(nullable=True, isin=DISPUTE_RESULTS, title="处理结果")

    happened = event_date_is("accepted_on")
    closed = not_before("closed_on", "accepted_on")


LABOUR_DISPUTE = Contract(
    code="F25",
    name="欠薪与劳动仲裁",
    name_en="Wage arrears and labour arbitration",
    department="人社",
    schema=LabourDispute,
    grain=("case_no", "uscc"),
    cadence="monthly",
    publish_lag_days=(30, 120),
    receive_lag_days=(5, 20),
    level="L2",
    controller="人力资源和社会保障局",
    share_scope="by consent",
    legal_basis="劳动争议调解仲裁法; 保障农民工工资支付条例",
    retention="3 years from acceptance; a listing for wage arrears has a record of its own",
    act="拖欠工资与劳动人事争议",
    openness="on application",
    direction="adverse",
    million_rows=0.5,
    use=Use(law="labour_dispute"),
    doubts=(
        PUBLISHED_BEFORE_EVENT,
        Doubt("a dispute of a contractor, who may not be the employer", pl.col("party") == DISPUTE_PARTIES[1]),
    ),
)
