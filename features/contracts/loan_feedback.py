"""F60 银行放款与还款反馈: how loans went. What models predict, never what they read."""

import pandera.polars as pa
import polars as pl

from features.contracts.contract import HASH_PATTERN, USCC_PATTERN, Contract, Delivered, event_date_is, period_ends
from features.contracts.use import Use

SECURITIES = ("信用", "抵押", "保证")
FIVE_CLASSES = ("正常", "关注", "次级", "可疑", "损失")


class LoanFeedback(Delivered):
    """F60: one record per loan and month. Publisher: the lending institutions.

    A bank may report how a loan went and not its terms: amount, rate, term, security and balance may be null.
    weight: how many loans of the population the row stands for; 1 unless a source over-samples.
    bank_grade: the bank's own verdict; known to be the outcome's twin, so it never explains one.
    """

    uscc: str = pa.Field(str_matches=USCC_PATTERN, title="统一社会信用代码")
    loan_no_hash: str = pa.Field(str_matches=HASH_PATTERN, title="借据号(密钥散列)")
    bank: str = pa.Field(title="银行")
    product: str = pa.Field(title="产品")
    amount_fen: pl.Int64 = pa.Field(nullable=True, ge=0, title="放款金额", description="In fen")
    rate_bps: pl.Int32 = pa.Field(
        nullable=True, in_range={"min_value": 0, "max_value": 10_000}, title="年利率", description="Basis points"
    )
    term_months: pl.Int32 = pa.Field(nullable=True, ge=1, title="期限", description="Months")
    secured: str = pa.Field(nullable=True, isin=SECURITIES, title="担保方式")
    granted_on: pl.Date = pa.Field(nullable=True, title="放款日期")
    period: pl.Date = pa.Field(title="所属期", description="Last day of the month")
    balance_fen: pl.Int64 = pa.Field(nullable=True, ge=0, title="余额", description="In fen")
    dpd: pl.Int32 = pa.Field(ge=0, title="逾期天数", description="Days past due at the end of the month")
    class5: str = pa.Field(isin=FIVE_CLASSES, title="五级分类")
    bank_grade: str = pa.Field(nullable=True, title="银行内部评级")
    weight: float = pa.Field(gt=0, le=1_000_000, title="权重", description="Loans of the population it stands for")

    happened = event_date_is("period")
    ends = period_ends("period", "month")


LOAN_FEEDBACK = Contract(
    code="F60",
    name="银行放款与还款反馈",
    name_en="Loan and repayment feedback",
    department="银行",
    schema=LoanFeedback,
    grain=("loan_no_hash", "period"),
    cadence="monthly",
    publish_lag_days=(1, 10),
    receive_lag_days=(5, 30),
    level="L4",
    controller="放款银行",
    share_scope="derived values only; never a public evaluation",
    legal_basis="征信业管理条例第二十一条; 征信业务管理办法",
    retention="10 years from the month reported: 5 of the longest loan and 5 after",
    act="贷款发放与偿还",
    openness="closed",
    direction="label",
    million_rows=2.4,
    use=Use(months=120),  # five years after it is repaid, which no month's row can say: loans run five years at most
    period="month",
    feature_source=False,
)
