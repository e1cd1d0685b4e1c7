"""F02 变更登记: what an enterprise changed in its registration."""

import pandera.polars as pa
import polars as pl

from features.contracts.contract import USCC_PATTERN, Contract, Delivered, event_date_is

CHANGE_ITEMS = ("名称", "住所", "法人", "股东", "资本", "范围")


class RegistrationChange(Delivered):
    """F02: one record per changed item. Publisher: market regulation. Event date: day of the change."""

    uscc: str = pa.Field(str_matches=USCC_PATTERN, title="统一社会信用代码")
    change_date: pl.Date = pa.Field(title="变更日期")
    item: str = pa.Field(isin=CHANGE_ITEMS, title="变更事项")
    before: str = pa.Field(nullable=True, title="变更前")
    after: str = pa.Field(nullable=True, title="变更后")

    happened = event_date_is("change_date")


REGISTRATION_CHANGE = Contract(
    code="F02",
    name="变更登记",
    name_en="Registration change",
    department="市场监管",
    schema=RegistrationChange,
    grain=("uscc", "change_date", "item"),
    cadence="daily",
    publish_lag_days=(1, 5),
    receive_lag_days=(1, 2),
    level="L1",
    controller="市场监督管理局",
    share_scope="public",
    legal_basis="企业信息公示暂行条例",
    retention="permanent",
    act="登记事项的变更",
    openness="public",
    direction="adverse",
    million_rows=14,
)
