"""F41 消防检查: fire inspections."""

import pandera.polars as pa
import polars as pl

from features.contracts.contract import SUBJECT_PATTERN, Contract, Delivered, event_date_is
from features.contracts.use import Use

FIRE_RESULTS = ("合格", "责令改正", "不合格", "临时查封")
"""Passed, ordered to put right, failed, sealed for the time being."""


class FireInspection(Delivered):
    """F41: one record per inspection. Publisher: fire brigade, weekly. Event date: day of the inspection.

    The brigade keys by address; who was inspected there is often written by name alone.
    """

    uscc: str = pa.Field(nullable=True, str_matches=SUBJECT_PATTERN, title="统一社会信用代码")
    name: str = pa.Field(str_length={"min_value": 1, "max_value": 200}, title="被检查单位名称")
    address: str = pa.Field(str_length={"min_value": 1, "max_value": 300}, title="检查地址")
    doc_no: str = pa.Field(str_length={"min_value": 1, "max_value": 128}, title="检查记录编号")
    result: str = pa.Field(isin=FIRE_RESULTS, title="检查结果")
    inspected_on: pl.Date = pa.Field(title="检查日期")

    happened = event_date_is("inspected_on")


FIRE_INSPECTION = Contract(
    code="F41",
    name="消防检查",
    name_en="Fire inspection",
    department="消防",
    schema=FireInspection,
    grain=("doc_no", "name"),
    cadence="weekly",
    publish_lag_days=(5, 30),
    receive_lag_days=(2, 10),
    level="L2",
    controller="消防救援支队",
    share_scope="by consent",
    legal_basis="消防法",
    retention="3 years",
    act="消防监督检查结果",
    openness="on application",
    direction="adverse",
    million_rows=0.9,
    use=Use(months=36),
    name_column="name",
    address_column="address",
)
