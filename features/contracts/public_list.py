"""F35 重点关注与红黑名单: lists of focus, of the honest and of the seriously dishonest."""

import pandera.polars as pa
import polars as pl

from features.contracts.contract import USCC_PATTERN, Contract, Delivered, event_date_is, not_before
from features.contracts.use import Use

LIST_KINDS = ("红名单", "黑名单", "重点关注名单")
RED, BLACK, FOCUS = LIST_KINDS
LIST_DOMAINS = (
    "市场监管",
    "税务",
    "拖欠农民工工资",
    "安全生产",
    "食品药品",
    "生态环境",
    "政府采购",
    "海关",
    "统计",
    "交通运输",
    "建筑市场",
    "消防安全",
    "其他",
)
"""What a list is about; the codes of lists change each year, kind and domain do not."""


class PublicList(Delivered):
    """F35: one record per enterprise, list and entry. Publisher: credit office and departments, weekly.

    Event date: day of entry. `list_code` is what the office called the list that year.
    """

    uscc: str = pa.Field(str_matches=USCC_PATTERN, title="统一社会信用代码")
    list_code: str = pa.Field(str_length={"min_value": 1, "max_value": 64}, title="名单代码")
    list_kind: str = pa.Field(isin=LIST_KINDS, title="名单类别")
    domain: str = pa.Field(isin=LIST_DOMAINS, title="名单领域")
    in_on: pl.Date = pa.Field(title="列入日期")
    out_on: pl.Date = pa.Field(nullable=True, title="移出日期")
    org: str = pa.Field(str_length={"min_value": 1, "max_value": 100}, title="列入机关")
    basis: str = pa.Field(nullable=True, title="列入依据")

    happened = event_date_is("in_on")
    left = not_before("out_on", "in_on")


PUBLIC_LIST = Contract(
    code="F35",
    name="重点关注与红黑名单",
    name_en="Focus, red and black lists",
    department="信用办及各部门",
    schema=PublicList,
    grain=("uscc", "list_code", "in_on"),
    cadence="weekly",
    publish_lag_days=(10, 40),
    receive_lag_days=(2, 7),
    level="L2",
    controller="列入名单的部门",
    share_scope="red and black lists public, focus lists inside government and by consent",
    legal_basis="深圳经济特区社会信用条例",
    retention="while listed; black lists 3 years at most, focus lists 1",
    act="被列入或移出名单",
    openness="on application",
    direction="mixed",
    million_rows=0.4,
    use=Use(ended_by=("out_on",), law="public_list"),
)
