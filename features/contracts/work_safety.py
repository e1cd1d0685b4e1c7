"""F40 安全生产检查与事故: inspections of work safety, and accidents."""

import pandera.polars as pa
import polars as pl

from features.contracts.contract import USCC_PATTERN, Contract, Delivered, event_date_is
from features.contracts.use import Use

SAFETY_KINDS = ("检查", "复查", "事故")
INSPECTION, REINSPECTION, ACCIDENT = SAFETY_KINDS
ACCIDENT_LEVELS = ("一般", "较大", "重大", "特别重大")


class WorkSafety(Delivered):
    """F40: one record per document. Publisher: emergency-management bureau, weekly. Event date: the day of it.

    Hazards put right later are a new version with more of them fixed.
    """

    uscc: str = pa.Field(str_matches=USCC_PATTERN, title="统一社会信用代码")
    doc_no: str = pa.Field(str_length={"min_value": 1, "max_value": 128}, title="文书编号")
    kind: str = pa.Field(isin=SAFETY_KINDS, title="记录类型")
    hazard_n: pl.Int32 = pa.Field(ge=0, title="隐患数量", description="Hazards found")
    fixed_n: pl.Int32 = pa.Field(ge=0, title="已整改数量", description="Of these, put right")
    accident_level: str = pa.Field(nullable=True, isin=ACCIDENT_LEVELS, title="事故等级")
    recorded_on: pl.Date = pa.Field(title="检查或事故日期")

    happened = event_date_is("recorded_on")

    @pa.dataframe_check(name="fixed_n must not be above hazard_n")
    @classmethod
    def fixed_agrees(cls, data: pa.PolarsData) -> pl.LazyFrame:
        return data.lazyframe.select(pl.col("fixed_n") <= pl.col("hazard_n"))

    @pa.dataframe_check(name="accident_level must be there exactly for an accident")
    @classmethod
    def level_agrees(cls, data: pa.PolarsData) -> pl.LazyFrame:
        return data.lazyframe.select(pl.col("accident_level").is_not_null() == (pl.col("kind") == ACCIDENT))


WORK_SAFETY = Contract(
    code="F40",
    name="安全生产检查与事故",
    name_en="Work safety",
    department="应急",
    schema=WorkSafety,
    grain=("uscc", "doc_no"),
    cadence="weekly",
    publish_lag_days=(7, 40),
    receive_lag_days=(2, 10),
    level="L2",
    controller="应急管理局",
    share_scope="accidents public, inspections by consent",
    legal_basis="安全生产法; 生产安全事故报告和调查处理条例",
    retention="3 years from the inspection or accident",
    act="安全生产检查发现隐患或发生事故",
    openness="on application",
    direction="adverse",
    million_rows=1.2,
    use=Use(law="work_safety"),
)
