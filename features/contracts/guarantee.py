"""F62 担保与保险: guarantees given for an enterprise and insurance it has taken out."""

import pandera.polars as pa
import polars as pl

from features.contracts.contract import USCC_PATTERN, Contract, Delivered, event_date_is, not_before
from features.contracts.use import Use

LOAN_GUARANTEE, LOAN_INSURANCE, BOND, PROPERTY_INSURANCE = GUARANTEE_KINDS = (
    "融资担保",
    "贷款保证保险",
    "履约保证",
    "财产保险",
)


class Guarantee(Delivered):
    """F62: one record per policy. Publishers: guarantors and insurers, monthly. Event date: first day of cover.

    A claim is a new version.
    """

    uscc: str = pa.Field(str_matches=USCC_PATTERN, title="统一社会信用代码")
    policy_no: str = pa.Field(str_length={"min_value": 1, "max_value": 64}, title="保单或合同编号")
    kind: str = pa.Field(isin=GUARANTEE_KINDS, title="类别")
    amount_fen: pl.Int64 = pa.Field(gt=0, title="保额", description="In fen")
    starts_on: pl.Date = pa.Field(title="起保日期")
    ends_on: pl.Date = pa.Field(title="到期日期")
    claim_fen: pl.Int64 = pa.Field(ge=0, title="赔付或代偿金额", description="In fen; 0 where nothing was claimed")
    claimed_on: pl.Date = pa.Field(nullable=True, title="赔付或代偿日期")

    happened = event_date_is("starts_on")
    ended = not_before("ends_on", "starts_on")
    claimed = not_before("claimed_on", "starts_on")

    @pa.dataframe_check(name="claim_fen and claimed_on must come together")
    @classmethod
    def claims_are_dated(cls, data: pa.PolarsData) -> pl.LazyFrame:
        return data.lazyframe.select((pl.col("claim_fen") > 0) == pl.col("claimed_on").is_not_null())


GUARANTEE = Contract(
    code="F62",
    name="担保与保险",
    name_en="Guarantee and insurance",
    department="担保、保险机构",
    schema=Guarantee,
    grain=("uscc", "policy_no"),
    cadence="monthly",
    publish_lag_days=(10, 40),
    receive_lag_days=(5, 20),
    level="L3",
    controller="担保公司、保险公司",
    share_scope="by consent, fields masked",
    legal_basis="融资担保公司监督管理条例; 保险法",
    retention="to the end of cover and 5 years",
    act="取得担保或投保",
    openness="closed",
    direction="neutral",
    million_rows=0.3,
    use=Use(months=60, since="ends_on"),
)
