"""X02 关联方风险事件: what the courts did to related firms, derived from F03, F04, F27, F28 and F31."""

import pandera.polars as pa
import polars as pl

from features.contracts.bankruptcy import BANKRUPTCY
from features.contracts.contract import USCC_PATTERN, Contract, Delivered
from features.contracts.dishonest_debtor import DISHONEST_DEBTOR
from features.contracts.enforcement import ENFORCEMENT

RELATED_EVENTS = ("被执行", "失信被执行人", "破产")
ENFORCED, DISHONEST, BANKRUPT = RELATED_EVENTS


class RelatedEvent(Delivered):
    """X02: one record per enterprise, event of a related one, and person shared. Event date: the event's.

    Known from the day relation and event were both known. One event stands once for each person shared, so features
    count different `event_no` and never records. The numbers stay inside the platform.
    """

    uscc: str = pa.Field(str_matches=USCC_PATTERN, title="统一社会信用代码")
    related_no: pl.Int64 = pa.Field(title="关联企业(内部编号)")
    event_no: pl.Int64 = pa.Field(title="事件(内部编号)")
    kind: str = pa.Field(isin=RELATED_EVENTS, title="事件类别")
    closed_on: pl.Date = pa.Field(nullable=True, title="事件终止日期")
    relation_ended_on: pl.Date = pa.Field(nullable=True, title="关联终止日期")
    removed_on: pl.Date = pa.Field(nullable=True, title="移除日期", description="Of a listing, as in its own feed")
    tie_no: pl.Int64 = pa.Field(title="自身登记记录(内部编号)", description="The enterprise's own record of the person")


RELATED_EVENT = Contract(
    code="X02",
    name="关联方风险事件",
    name_en="Adverse event of a related firm",
    department="平台",
    schema=RelatedEvent,
    grain=("uscc", "event_no"),
    cadence="daily",
    publish_lag_days=(0, 0),
    receive_lag_days=(0, 0),
    level="L3",
    controller="征信平台",
    share_scope="as counts over a group of firms only; never another firm's records",
    legal_basis="征信业务管理办法第二条",
    retention="as long as the records it is made of",
    act="关联企业被执行、失信或破产",
    openness="closed",
    direction="adverse",
    million_rows=1,
    channel="平台由其他数据派生",
    derived_from=("F03", "F04", "F27", "F28", "F31"),
    used_as=("kind", ((ENFORCED, ENFORCEMENT), (DISHONEST, DISHONEST_DEBTOR), (BANKRUPT, BANKRUPTCY))),
)
