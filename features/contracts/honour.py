"""F37 荣誉表彰: honours of enterprises and of those who lead them."""

import pandera.polars as pa
import polars as pl

from features.contracts.contract import (
    HASH_PATTERN,
    USCC_PATTERN,
    Contract,
    Delivered,
    event_date_is,
    not_before,
)
from features.contracts.use import Use

HONOURED = ("企业", "企业负责人")
HONOUR_LEVELS = ("国家级", "省级", "市级", "区级")


class Honour(Delivered):
    """F37: one record per honour and who holds it. Publisher: all departments, monthly. Event date: its first day.

    A person's honour comes under the enterprise the person leads; persons without one are no subjects here. Honours
    that ended are seldom closed.
    """

    subject_type: str = pa.Field(isin=HONOURED, title="主体类型")
    uscc: str = pa.Field(str_matches=USCC_PATTERN, title="统一社会信用代码")
    person_hash: str = pa.Field(
        nullable=True, str_matches=HASH_PATTERN, title="人员标识", description="Keyed hash of the person honoured"
    )
    honour_code: str = pa.Field(str_length={"min_value": 1, "max_value": 64}, title="荣誉代码")
    level: str = pa.Field(isin=HONOUR_LEVELS, title="荣誉级别")
    from_on: pl.Date = pa.Field(title="授予日期")
    to_on: pl.Date = pa.Field(nullable=True, title="有效期止", description="Empty: without end, or never closed")
    org: str = pa.Field(str_length={"min_value": 1, "max_value": 100}, title="授予机关")
    opt_out: bool = pa.Field(title="是否拒绝记录", description="The subject refused to have it recorded")

    happened = event_date_is("from_on")
    ended = not_before("to_on", "from_on")

    @pa.dataframe_check(name="person_hash must be there exactly for a person")
    @classmethod
    def person_agrees(cls, data: pa.PolarsData) -> pl.LazyFrame:
        of_person = pl.col("subject_type") == "企业负责人"
        return data.lazyframe.select(pl.col("person_hash").is_not_null() == of_person)


HONOUR = Contract(
    code="F37",
    name="荣誉表彰",
    name_en="Honours",
    department="各部门",
    schema=Honour,
    grain=("uscc", "honour_code", "from_on"),
    cadence="monthly",
    publish_lag_days=(15, 90),
    receive_lag_days=(3, 30),
    level="L1",
    controller="授予荣誉的部门",
    share_scope="public; persons as keyed hashes, unless they refuse",
    legal_basis="深圳经济特区社会信用条例",
    retention="until its last day, and 1 year",
    act="获得荣誉表彰",
    openness="public",
    direction="favourable",
    million_rows=2.84,
    personal=True,
    notice_given=True,
    use=Use(months=12, since="to_on", refused_by="opt_out"),
)
