"""F62L 担保贷款台账: single loans under a public guarantee, as applied for and as they were charged off."""

from typing import Any

import pandera.polars as pa
import polars as pl

from features.contracts.contract import HASH_PATTERN, USCC_PATTERN, Contract, Delivered, event_date_is
from features.contracts.use import Use

APPROVED, CHARGED_OFF = LOAN_STAGES = ("批准", "核销")
YES, NO = YES_OR_NO = ("是", "否")
EXISTING, NEW = FIRM_STAGES = ("已有", "新办")
URBAN, RURAL = AREAS = ("城市", "农村")

_STATE_PATTERN = "^[A-Z]{2}$"


def _yes_or_no(title: str) -> Any:
    return pa.Field(nullable=True, isin=YES_OR_NO, title=title)


class GuaranteedLoan(Delivered):
    """F62L: one record per loan and stage. Publisher: the guarantee programme.

    An approval says what was applied for, and nothing that came after; a charge-off is a record of its own, of the
    day it became known, that repeats who lent to whom.
    weight_milli: thousandths of a loan of the population the row stands for; 1,000 unless a source over-samples.
    lender_no: the lender's number in the programme. sector: first two digits of NAICS.
    """

    uscc: str = pa.Field(str_matches=USCC_PATTERN, title="统一社会信用代码")
    loan_no_hash: str = pa.Field(str_matches=HASH_PATTERN, title="贷款编号(密钥散列)")
    stage: str = pa.Field(isin=LOAN_STAGES, title="环节")
    happened_on: pl.Date = pa.Field(title="批准或核销日期")
    weight_milli: pl.Int64 = pa.Field(ge=1, le=1_000_000_000, title="权重(千分之一笔)")
    lender_no: pl.Int64 = pa.Field(nullable=True, ge=0, le=2**40, title="贷款机构编号")
    lender_state: str = pa.Field(nullable=True, str_matches=_STATE_PATTERN, title="贷款机构所在州")
    lender_near: str = _yes_or_no("贷款机构是否与借款人同州")
    state: str = pa.Field(nullable=True, str_matches=_STATE_PATTERN, title="借款人所在州")
    sector: str = pa.Field(nullable=True, str_matches="^[0-9]{2}$", title="行业大类(北美行业分类)")
    amount_usd_cents: pl.Int64 = pa.Field(nullable=True, ge=0, title="批准金额(美分)")
    guaranteed_usd_cents: pl.Int64 = pa.Field(nullable=True, ge=0, title="担保金额(美分)")
    employees: pl.Int64 = pa.Field(nullable=True, ge=0, title="员工人数")
    jobs_created: pl.Int64 = pa.Field(nullable=True, ge=0, title="拟新增岗位")
    jobs_retained: pl.Int64 = pa.Field(nullable=True, ge=0, title="拟保留岗位")
    firm_stage: str = pa.Field(nullable=True, isin=FIRM_STAGES, title="企业阶段")
    franchise: str = _yes_or_no("是否特许经营")
    area: str = pa.Field(nullable=True, isin=AREAS, title="城乡")
    revolving: str = _yes_or_no("是否循环额度")
    short_form: str = _yes_or_no("是否简易申请")

    happened = event_date_is("happened_on")


GUARANTEED_LOAN = Contract(
    code="F62L",
    name="担保贷款台账",
    name_en="Guaranteed loan",
    department="政府性担保计划",
    schema=GuaranteedLoan,
    grain=("loan_no_hash", "stage"),
    cadence="daily",
    publish_lag_days=(0, 1),
    receive_lag_days=(0, 1),
    level="L3",
    controller="担保计划管理机构",
    share_scope="derived values only; never a public evaluation",
    legal_basis="融资担保公司监督管理条例; 征信业管理条例第二十一条",
    retention="10 years from approval or charge-off",
    act="申请担保贷款及其核销",
    openness="on application",
    direction="mixed",
    million_rows=0.0,
    use=Use(months=120),
)
