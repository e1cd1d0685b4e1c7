"""F13 税务登记与状态: in what state a taxpayer stands with the tax bureau."""

import pandera.polars as pa
import polars as pl

from features.contracts.contract import USCC_PATTERN, Contract, Delivered, event_date_is
from features.contracts.use import PERMANENT

TAXPAYER_STATES = ("正常", "非正常", "停业", "注销")
TAXPAYER_TYPES = ("一般", "小规模")


class TaxRegistration(Delivered):
    """F13: one record per taxpayer and state it entered. Publisher: tax bureau, daily. Event date: day it began.

    The newest record is the present state. Moves between tax systems have rebuilt older states.
    """

    uscc: str = pa.Field(str_matches=USCC_PATTERN, title="统一社会信用代码")
    tax_id: str = pa.Field(str_length={"min_value": 15, "max_value": 20}, title="纳税人识别号")
    state: str = pa.Field(isin=TAXPAYER_STATES, title="纳税人状态")
    taxpayer_type: str = pa.Field(isin=TAXPAYER_TYPES, title="纳税人类型", description="General or small-scale")
    begins_on: pl.Date = pa.Field(title="状态起始日期")

    happened = event_date_is("begins_on")


TAX_REGISTRATION = Contract(
    code="F13",
    name="税务登记与状态",
    name_en="Tax registration and state",
    department="税务",
    schema=TaxRegistration,
    grain=("uscc", "begins_on"),
    cadence="daily",
    publish_lag_days=(2, 10),
    receive_lag_days=(1, 3),
    level="L2",
    controller="税务局",
    share_scope="by consent",
    legal_basis="税收征收管理法; 税务登记管理办法",
    retention="permanent",
    act="税务登记及纳税人状态",
    openness="on application",
    direction="neutral",
    million_rows=3.2,
    use=PERMANENT,
    number_column="tax_id",
)
