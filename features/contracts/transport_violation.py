"""F43 道路运输违法: violations of road transport rules by an enterprise's vehicles."""

import pandera.polars as pa
import polars as pl

from features.contracts.contract import HASH_PATTERN, USCC_PATTERN, Contract, Delivered, event_date_is
from features.contracts.use import Use

TRANSPORT_ACTS = ("超限超载", "无证经营", "违反动态监控规定", "车辆技术不合格", "擅自改变线路", "其他")


class TransportViolation(Delivered):
    """F43: one record per decision. Publisher: transport bureau, weekly. Event date: day of the violation.

    A leased vehicle is recorded under its owner, whoever drives it.
    """

    uscc: str = pa.Field(str_matches=USCC_PATTERN, title="统一社会信用代码")
    plate_hash: str = pa.Field(str_matches=HASH_PATTERN, title="车辆标识", description="Keyed hash of the plate")
    doc_no: str = pa.Field(str_length={"min_value": 1, "max_value": 128}, title="决定书文号")
    act: str = pa.Field(isin=TRANSPORT_ACTS, title="违法行为")
    points: pl.Int32 = pa.Field(in_range={"min_value": 0, "max_value": 12}, title="记分", description="0 to 12")
    violated_on: pl.Date = pa.Field(title="违法日期")

    happened = event_date_is("violated_on")


TRANSPORT_VIOLATION = Contract(
    code="F43",
    name="道路运输违法",
    name_en="Road transport violation",
    department="交通",
    schema=TransportViolation,
    grain=("uscc", "doc_no"),
    cadence="weekly",
    publish_lag_days=(5, 30),
    receive_lag_days=(2, 10),
    level="L2",
    controller="交通运输局",
    share_scope="by consent",
    legal_basis="道路运输条例",
    retention="3 years",
    act="道路运输违法行为",
    openness="on application",
    direction="adverse",
    million_rows=2.5,
    use=Use(months=36),
)
