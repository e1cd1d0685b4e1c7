"""F24 公积金月缴存: members and deposits of a month."""

import pandera.polars as pa
import polars as pl

from features.contracts.contract import SUBJECT_PATTERN, Contract, Delivered, event_date_is, period_ends
from features.contracts.use import Use


class HousingFund(Delivered):
    """F24: one record per unit account and month. Publisher: housing fund centre.

    The centre knows accounts, not codes: three in a hundred come without one, under the account's name alone.
    """

    account_no: str = pa.Field(str_length={"min_value": 1, "max_value": 32}, title="单位账号")
    uscc: str = pa.Field(nullable=True, str_matches=SUBJECT_PATTERN, title="统一社会信用代码")
    name: str = pa.Field(str_length={"min_value": 1, "max_value": 200}, title="单位名称", description="Of the account")
    period: pl.Date = pa.Field(title="所属期", description="Last day of the month")
    members: pl.Int32 = pa.Field(ge=0, title="缴存人数")
    base_total_fen: pl.Int64 = pa.Field(ge=0, title="缴存基数合计", description="In fen")
    paid_fen: pl.Int64 = pa.Field(ge=0, title="实缴额", description="In fen")
    arrears_months: pl.Int32 = pa.Field(ge=0, title="欠缴月数", description="Months owed at the end of the period")

    happened = event_date_is("period")
    ends = period_ends("period", "month")


HOUSING_FUND = Contract(
    code="F24",
    name="公积金月缴存",
    name_en="Housing-fund month",
    department="住建(公积金)",
    schema=HousingFund,
    grain=("account_no", "period"),
    cadence="monthly",
    publish_lag_days=(10, 20),
    receive_lag_days=(3, 10),
    level="L3",
    controller="住房公积金管理中心",
    share_scope="by consent, fields masked",
    legal_basis="住房公积金管理条例; 征信业管理条例第二十一条",
    retention="5 years",
    act="按月缴存住房公积金",
    openness="closed",
    direction="favourable",
    million_rows=55,
    use=Use(months=60),
    period="month",
    name_column="name",
)
