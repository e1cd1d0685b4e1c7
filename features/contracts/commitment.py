"""F36 信用承诺及履约: commitments made to departments, and whether they were kept."""

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

COMMITMENT_KINDS = ("告知承诺", "容缺受理", "免审", "信用修复", "主动承诺")
"""Notice and commit, missing documents, exempt from review, made for a repair, of one's own accord."""
COMMITMENT_STATES = ("履行中", "已履行", "逾期", "整改中", "逾期后履行", "违约", "已撤回")
"""Active, fulfilled, overdue, rectifying, fulfilled late, breached, withdrawn before completion."""


class Commitment(Delivered):
    """F36: one record per commitment. Publisher: all departments, daily. Event date: day it was made.

    One in five names no day by which it is due. Each change of its state is a version.
    """

    uscc: str = pa.Field(str_matches=USCC_PATTERN, title="统一社会信用代码")
    commitment_no: str = pa.Field(str_length={"min_value": 1, "max_value": 64}, title="承诺编号")
    kind: str = pa.Field(isin=COMMITMENT_KINDS, title="承诺类型")
    item: str = pa.Field(str_length={"min_value": 1, "max_value": 200}, title="承诺事项")
    made_on: pl.Date = pa.Field(title="承诺日期")
    due_on: pl.Date = pa.Field(nullable=True, title="履约期限")
    state: str = pa.Field(isin=COMMITMENT_STATES, title="履约状态")
    checked_on: pl.Date = pa.Field(nullable=True, title="核查日期")

    happened = event_date_is("made_on")
    due = not_before("due_on", "made_on")
    checked = not_before("checked_on", "made_on")


COMMITMENT = Contract(
    code="F36",
    name="信用承诺及履约",
    name_en="Commitment and performance",
    department="各部门",
    schema=Commitment,
    grain=("uscc", "commitment_no"),
    cadence="daily",
    publish_lag_days=(1, 5),
    receive_lag_days=(1, 2),
    level="L1",
    controller="受理承诺的部门",
    share_scope="public",
    legal_basis="深圳经济特区社会信用条例; 广东省优化营商环境条例",
    retention="until due, or made where no day is named, and 5 years",
    act="作出信用承诺及履约情况",
    openness="public",
    direction="mixed",
    million_rows=6,
    use=Use(
        months=60,
        since="due_on",
        undated_months=60,
        question="One commitment in five names no day by which it is due, so that its five years would never begin: "
        "they are counted from the day it was made, which is never later.",
    ),
    doubts=(PUBLISHED_BEFORE_EVENT, Doubt("no day by which it is due", pl.col("due_on").is_null())),
)
