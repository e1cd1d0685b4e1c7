"""F28 失信被执行人: debtors listed for not honouring a judgment."""

import pandera.polars as pa
import polars as pl

from features.contracts.contract import SUBJECT_PATTERN, Contract, Delivered, event_date_is, not_before
from features.contracts.use import Use

PERFORMANCES = ("全未", "部分")


class DishonestDebtor(Delivered):
    """F28: one record per debtor and case. Publisher: supreme court, daily. Event date: day of publication."""

    uscc: str = pa.Field(nullable=True, str_matches=SUBJECT_PATTERN, title="统一社会信用代码")
    name: str = pa.Field(str_length={"min_value": 1, "max_value": 200}, title="失信被执行人名称")
    case_no: str = pa.Field(str_length={"min_value": 1, "max_value": 64}, title="案号")
    duty: str = pa.Field(nullable=True, title="生效文书确定的义务")
    performance: str = pa.Field(isin=PERFORMANCES, title="履行情况", description="Nothing, or a part, performed")
    act: str = pa.Field(nullable=True, title="失信行为情形")
    published_on: pl.Date = pa.Field(title="发布日期")
    removed_on: pl.Date = pa.Field(nullable=True, title="移除日期")

    happened = event_date_is("published_on")
    removed = not_before("removed_on", "published_on")


DISHONEST_DEBTOR = Contract(
    code="F28",
    name="失信被执行人",
    name_en="Dishonest judgment debtor",
    department="最高法",
    schema=DishonestDebtor,
    grain=("case_no", "name"),
    cadence="daily",
    publish_lag_days=(20, 90),
    receive_lag_days=(1, 3),
    level="L1",
    controller="最高人民法院",
    share_scope="public while listed",
    legal_basis="最高人民法院关于公布失信被执行人名单信息的若干规定",
    retention="while listed, at most 5 years from publication",
    act="被列入失信被执行人名单",
    openness="public",
    direction="veto",
    million_rows=0.35,
    use=Use(ended_by=("removed_on",), law="dishonest_debtor"),
    name_column="name",
)
