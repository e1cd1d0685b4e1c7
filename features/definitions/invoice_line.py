"""Single VAT invoices (F16L), where a tax authority delivers them: exact counts of customers and the newest invoice."""

from features.contracts.invoice_line import INVOICE_LINE
from features.definitions.entry import WITHOUT_SUPERVISION, Entry
from features.engine.algebra import (
    ADVERSE,
    FAVOURABLE,
    Feature,
    Reason,
    days_since_last,
    distinct,
    largest,
    ratio,
    total,
)
from features.engine.rows import col
from features.engine.windows import ever, months

REFERENCE = "《中华人民共和国发票管理办法》;税务部门增值税发票明细(F16L)"
VALID_SALE = col("side").equals("销") & col("state").equals("有效")
VALID_PURCHASE = col("side").equals("进") & col("state").equals("有效")
YEAR = months(12)
BLUE = col("amount_fen") > 0

INVOICE_LINE_FEATURES = (
    Entry(
        name="customers_12m",
        definition=Feature(
            feed=INVOICE_LINE,
            take=distinct(col("counterparty_hash")),
            within=YEAR,
            where=VALID_SALE,
            missing=0,
        ),
        label="近12个月开票客户家数",
        label_en="Different customers invoiced in the last 12 months",
        unit="customers",
        sign=FAVOURABLE,
        reason=Reason(
            "CUSTOMER-BASE",
            adverse="近12个月仅向{value}家客户开票",
            favourable="近12个月向{value}家客户开票",
            adverse_en="Only {value} customers were invoiced in 12 months",
            favourable_en="{value} customers were invoiced in 12 months",
        ),
        reference=REFERENCE,
        purposes=WITHOUT_SUPERVISION,
    ),
    Entry(
        name="suppliers_12m",
        definition=Feature(
            feed=INVOICE_LINE,
            take=distinct(col("counterparty_hash")),
            within=YEAR,
            where=VALID_PURCHASE,
            missing=0,
        ),
        label="近12个月开票供应商家数",
        label_en="Different suppliers that invoiced in the last 12 months",
        unit="suppliers",
        sign=FAVOURABLE,
        reason=Reason(
            "SUPPLIER-BASE",
            adverse="近12个月仅从{value}家供应商取得发票",
            favourable="近12个月从{value}家供应商取得发票",
            adverse_en="Only {value} suppliers invoiced in 12 months",
            favourable_en="{value} suppliers invoiced in 12 months",
        ),
        reference=REFERENCE,
        purposes=WITHOUT_SUPERVISION,
    ),
    Entry(
        name="last_sale_days",
        definition=Feature(feed=INVOICE_LINE, take=days_since_last(), within=ever(), where=VALID_SALE & BLUE),
        label="距最近一张有效销项发票的天数",
        label_en="Days since the newest valid sales invoice",
        unit="days",
        sign=ADVERSE,
        reason=Reason(
            "SALES-RHYTHM",
            adverse="已{value}天未开具销项发票",
            favourable="{value}天前仍有销项开票",
            adverse_en="No sales invoice for {value} days",
            favourable_en="The newest sales invoice is {value} days old",
        ),
        reference=REFERENCE,
    ),
    Entry(
        name="largest_sale_share_12m",
        definition=ratio(
            Feature(feed=INVOICE_LINE, take=largest(col("amount_fen")), within=YEAR, where=VALID_SALE & BLUE),
            Feature(feed=INVOICE_LINE, take=total(col("amount_fen")), within=YEAR, where=VALID_SALE & BLUE),
        ),
        label="近12个月最大一张销项发票占比",
        label_en="Largest single sales invoice as a share of sales, last 12 months",
        unit="share",
        sign=ADVERSE,
        reason=Reason(
            "SALES-VOLATILITY",
            adverse="单张发票最高占全年销售{value}",
            favourable="单张发票最高仅占全年销售{value}",
            adverse_en="One invoice makes {value} of the year's sales",
            favourable_en="No invoice makes more than {value} of the year's sales",
        ),
        reference=REFERENCE,
    ),
)
