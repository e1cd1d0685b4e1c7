"""Purchase side of the monthly VAT invoice summary (F16), and what sales leave over it."""

from features.contracts.invoice_month import INVOICE_MONTH
from features.definitions.entry import Entry
from features.definitions.sales_invoice import GROSS, NET, REFERENCE, YEAR, sales_12p, sales_total
from features.engine.algebra import (
    ADVERSE,
    FAVOURABLE,
    NEUTRAL,
    Feature,
    Reason,
    count,
    difference,
    largest,
    mean,
    ratio,
    total,
    trend,
)
from features.engine.rows import Expression, col
from features.engine.windows import Window, periods

PURCHASES = col("side").equals("进")


def purchase_total(value: Expression, within: Window = YEAR) -> Feature:
    """A sum over the purchase months of a window; a month without a row bought nothing on invoice."""
    return Feature(feed=INVOICE_MONTH, take=total(value), within=within, where=PURCHASES, missing=0)


purchases_12p = purchase_total(NET)

PURCHASE_INVOICE_FEATURES = (
    Entry(
        name="purchase_amount_12p",
        definition=purchases_12p,
        label="近12个已公布月进项金额",
        label_en="Invoiced purchases in the last 12 published months",
        unit="fen",
        sign=FAVOURABLE,
        reason=Reason(
            "PURCHASE-LEVEL",
            adverse="近12个月取得进项发票仅{value}",
            favourable="近12个月取得进项发票{value}",
            adverse_en="Invoiced purchases of the last 12 months are only {value}",
            favourable_en="Invoiced purchases of the last 12 months reach {value}",
        ),
        reference=REFERENCE,
    ),
    Entry(
        name="purchase_amount_24p",
        definition=purchase_total(NET, periods(24)),
        label="近24个已公布月进项金额",
        label_en="Invoiced purchases in the last 24 published months",
        unit="fen",
        sign=FAVOURABLE,
        reason=Reason(
            "PURCHASE-LEVEL",
            adverse="近24个月取得进项发票仅{value}",
            favourable="近24个月取得进项发票{value}",
            adverse_en="Invoiced purchases of the last 24 months are only {value}",
            favourable_en="Invoiced purchases of the last 24 months reach {value}",
        ),
        reference=REFERENCE,
    ),
    Entry(
        name="purchase_trend_6p",
        definition=trend(purchase_total(NET, periods(6)), purchase_total(NET, periods(6, before=6))),
        label="近6个已公布月进项金额较前6个月变化",
        label_en="Change of invoiced purchases, last 6 published months on the 6 before",
        unit="change",
        sign=FAVOURABLE,
        reason=Reason(
            "PURCHASE-TREND",
            adverse="近半年进项金额较前半年变化{value}",
            favourable="近半年进项金额较前半年变化{value}",
            adverse_en="Invoiced purchases changed by {value} on the half-year before",
            favourable_en="Invoiced purchases changed by {value} on the half-year before",
        ),
        reference=REFERENCE,
    ),
    Entry(
        name="purchase_active_months_12p",
        definition=Feature(
            feed=INVOICE_MONTH,
            take=count(),
            within=YEAR,
            where=PURCHASES & (col("n") > 0),
            missing=0,
        ),
        label="近12个已公布月有进项发票的月数",
        label_en="Months with purchase invoices among the last 12 published",
        unit="months",
        sign=FAVOURABLE,
        reason=Reason(
            "PURCHASE-RHYTHM",
            adverse="近12个月仅{value}个月有进项发票",
            favourable="近12个月有{value}个月取得进项发票",
            adverse_en="Purchases were invoiced in only {value} of the last 12 months",
            favourable_en="Purchases were invoiced in {value} of the last 12 months",
        ),
        reference=REFERENCE,
    ),
    Entry(
        name="purchase_gap_days_12p",
        definition=Feature(
            feed=INVOICE_MONTH,
            take=largest(col("max_gap_days")),
            within=YEAR,
            where=PURCHASES & (col("n") > 0),
        ),
        label="近12个已公布月进项发票最长间隔天数",
        label_en="Longest gap between purchase invoices, last 12 published months",
        unit="days",
        sign=ADVERSE,
        reason=Reason(
            "PURCHASE-RHYTHM",
            adverse="近12个月最长{value}天无进项发票",
            favourable="近12个月进项发票间隔最长仅{value}天",
            adverse_en="The longest gap between purchase invoices was {value} days",
            favourable_en="The longest gap between purchase invoices was only {value} days",
        ),
        reference=REFERENCE,
    ),
    Entry(
        name="purchase_void_share_12p",
        definition=ratio(purchase_total(col("n_void")), purchase_total(col("n") + col("n_void"))),
        label="近12个已公布月作废进项发票张数占比",
        label_en="Voided share of purchase invoices by count, last 12 published months",
        unit="share",
        sign=ADVERSE,
        reason=Reason(
            "PURCHASE-VOID",
            adverse="近12个月进项发票作废率为{value}",
            favourable="近12个月进项发票作废率仅{value}",
            adverse_en="{value} of purchase invoices were voided in the last 12 months",
            favourable_en="Only {value} of purchase invoices were voided in the last 12 months",
        ),
        reference=REFERENCE,
    ),
    Entry(
        name="purchase_red_amount_share_12p",
        definition=ratio(purchase_total(-col("red_fen")), purchase_total(GROSS)),
        label="近12个已公布月红字进项发票金额占比",
        label_en="Red-letter share of purchases by amount, last 12 published months",
        unit="share",
        sign=ADVERSE,
        reason=Reason(
            "PURCHASE-RED",
            adverse="近12个月进项被红字冲销{value}",
            favourable="近12个月进项红字冲销仅{value}",
            adverse_en="Red-letter reversals take back {value} of purchases",
            favourable_en="Red-letter reversals take back only {value} of purchases",
        ),
        reference=REFERENCE,
    ),
    Entry(
        name="purchase_top1_bp_12p",
        definition=ratio(purchase_total(NET * col("top1_bp")), purchases_12p),
        label="近12个已公布月第一大供应商采购占比(按月金额加权)",
        label_en="Largest supplier's share of monthly purchases, weighted by amount, last 12 published months",
        unit="bp",
        sign=ADVERSE,
        reason=Reason(
            "SUPPLIER-CONCENTRATION",
            adverse="第一大供应商占采购额{value}",
            favourable="第一大供应商仅占采购额{value}",
            adverse_en="The largest supplier takes {value} of purchases",
            favourable_en="The largest supplier takes only {value} of purchases",
        ),
        reference=REFERENCE,
    ),
    Entry(
        name="purchase_counterparties_12p",
        definition=Feature(
            feed=INVOICE_MONTH,
            take=mean(col("n_counterparty")),
            within=YEAR,
            where=PURCHASES,
        ),
        label="近12个已公布月平均每月供应商数",
        label_en="Suppliers a month on average, last 12 published months",
        unit="suppliers",
        sign=FAVOURABLE,
        reason=Reason(
            "SUPPLIER-BASE",
            adverse="平均每月仅从{value}家供应商取得发票",
            favourable="平均每月从{value}家供应商取得发票",
            adverse_en="Only {value} suppliers invoice in an average month",
            favourable_en="{value} suppliers invoice in an average month",
        ),
        reference=REFERENCE,
    ),
    Entry(
        name="purchase_tax_rate_12p",
        definition=ratio(purchase_total(col("tax_fen")), purchases_12p),
        label="近12个已公布月进项税额与进项金额之比",
        label_en="Input tax over invoiced purchases, last 12 published months",
        unit="share",
        sign=NEUTRAL,
        reason=Reason(
            "TAX-RATE",
            adverse="进项税额占采购额{value}",
            favourable="进项税额占采购额{value}",
            adverse_en="Input tax is {value} of purchases",
            favourable_en="Input tax is {value} of purchases",
        ),
        reference=REFERENCE,
    ),
    Entry(
        name="invoice_margin_12p",
        definition=ratio(difference(sales_12p, purchases_12p), sales_12p),
        label="近12个已公布月销项减进项与销项之比",
        label_en="Invoiced sales less purchases, over sales, last 12 published months",
        unit="change",
        sign=NEUTRAL,
        reason=Reason(
            "INVOICE-MARGIN",
            adverse="近12个月购销差额占销售额{value}",
            favourable="近12个月购销差额占销售额{value}",
            adverse_en="Sales less purchases are {value} of sales",
            favourable_en="Sales less purchases are {value} of sales",
        ),
        reference=REFERENCE,
    ),
    Entry(
        name="net_vat_share_12p",
        definition=ratio(difference(sales_total(col("tax_fen")), purchase_total(col("tax_fen"))), sales_12p),
        label="近12个已公布月销项税额减进项税额与销项金额之比",
        label_en="Output less input tax, over invoiced sales, last 12 published months",
        unit="change",
        sign=NEUTRAL,
        reason=Reason(
            "TAX-RATE",
            adverse="增值税净额占销售额{value}",
            favourable="增值税净额占销售额{value}",
            adverse_en="Net VAT is {value} of sales",
            favourable_en="Net VAT is {value} of sales",
        ),
        reference=REFERENCE,
    ),
)
