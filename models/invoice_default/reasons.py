"""What invoice_default may say: its reason codes, and the features whose points each of them gathers.

Few on purpose. With a few dozen labels the size and duration of sales carry nearly everything, and each further
feature costs in noise what it tells. Days since the last invoice are left out: where a verdict has no day, they are
partly the default itself, because a firm that has failed stops invoicing.
"""

REASONS: dict[str, tuple[str, ...]] = {
    "SALES-LEVEL": ("sales_amount_24p",),
    "SALES-HISTORY": ("sales_history_months",),
    "SALES-RHYTHM": ("sales_active_months_12p",),
    "SALES-TREND": ("sales_trend_6p",),
    "CUSTOMER-BASE": ("customers_12m",),
    "INVOICE-VOID": ("sales_void_share_12p",),
    "TAX-RATE": ("sales_tax_rate_12p", "purchase_tax_rate_12p"),
}
