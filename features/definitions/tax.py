"""Tax grade, declarations and arrears (F14, F15, F18): what is owed, what is paid, and whether on time."""

from features.contracts.tax_arrears import TAX_ARREARS
from features.contracts.tax_declaration import TAX_DECLARATION
from features.contracts.tax_grade import TAX_GRADE
from features.definitions.entry import CL0, Entry
from features.engine.algebra import (
    ADVERSE,
    FAVOURABLE,
    Feature,
    Reason,
    count,
    latest,
    ratio,
    total,
    trend,
)
from features.engine.rows import AS_OF, Expression, col
from features.engine.windows import Window, ever, months, periods

GRADES = {"A": 5, "B": 4, "M": 3, "C": 2, "D": 1}
"""M is a new firm, or one without revenue, that has lost no points: between B and C."""

YEAR = periods(12)


def declared_total(value: Expression, within: Window = YEAR) -> Feature:
    return Feature(feed=TAX_DECLARATION, take=total(value), within=within)


TAX_FEATURES = (
    Entry(
        name="tax_grade",
        definition=Feature(feed=TAX_GRADE, take=latest(col("grade").mapped(GRADES)), within=months(24)),
        label="最近纳税信用等级(A=5、B=4、M=3、C=2、D=1)",
        label_en="Newest tax credit grade (A=5, B=4, M=3, C=2, D=1)",
        unit="grade",
        sign=FAVOURABLE,
        reason=Reason(
            "TAX-GRADE",
            adverse="最近纳税信用等级折算为{value}(5为最高)",
            favourable="最近纳税信用等级折算为{value}(5为最高)",
            adverse_en="The newest tax credit grade reads {value} of 5",
            favourable_en="The newest tax credit grade reads {value} of 5",
        ),
        reference="《纳税信用管理办法(试行)》;税务部门纳税信用等级(F14)",
    ),
    Entry(
        name="tax_late_declarations_12p",
        definition=Feature(feed=TAX_DECLARATION, take=count(), within=YEAR, where=col("late_days") > 0, missing=0),
        label="近12个已公布月逾期申报次数",
        label_en="Late declarations in the last 12 published months",
        unit="declarations",
        sign=ADVERSE,
        reason=Reason(
            "TAX-LATE",
            adverse="近12个月逾期申报{value}次",
            favourable="近12个月逾期申报{value}次,申报及时",
            adverse_en="{value} declarations were late in 12 months",
            favourable_en="Declarations are punctual: {value} late in 12 months",
        ),
        reference="《中华人民共和国税收征收管理法》;税务部门申报与入库税款(F15)",
    ),
    Entry(
        name="tax_late_days_6p",
        definition=declared_total(col("late_days"), periods(6)),
        label="近6个已公布月逾期天数合计",
        label_en="Days late, summed over declarations of the last 6 published months",
        unit="days",
        sign=ADVERSE,
        reason=Reason(
            "TAX-LATE",
            adverse="近6个月申报缴税累计逾期{value}天",
            favourable="近6个月申报缴税累计逾期仅{value}天",
            adverse_en="Declarations of the last 6 months were {value} days late in total",
            favourable_en="Declarations of the last 6 months were only {value} days late in total",
        ),
        reference="《中华人民共和国税收征收管理法》;税务部门申报与入库税款(F15)",
    ),
    Entry(
        name="tax_paid_share_12p",
        definition=ratio(declared_total(col("paid_fen")), declared_total(col("payable_fen"))),
        label="近12个已公布月税款入库率",
        label_en="Share of payable tax paid, last 12 published months",
        unit="share",
        sign=FAVOURABLE,
        reason=Reason(
            "TAX-PAYMENT",
            adverse="近12个月税款入库率仅{value}",
            favourable="近12个月税款入库率{value}",
            adverse_en="Only {value} of payable tax was paid in 12 months",
            favourable_en="{value} of payable tax was paid in 12 months",
        ),
        reference="《中华人民共和国税收征收管理法》;税务部门申报与入库税款(F15)",
    ),
    Entry(
        name="tax_paid_12p",
        definition=declared_total(col("paid_fen")),
        label="近12个已公布月入库税款",
        label_en="Tax paid in the last 12 published months",
        unit="fen",
        sign=FAVOURABLE,
        reason=Reason(
            "TAX-LEVEL",
            adverse="近12个月入库税款仅{value}",
            favourable="近12个月入库税款{value}",
            adverse_en="Tax paid in 12 months is only {value}",
            favourable_en="Tax paid in 12 months is {value}",
        ),
        reference="《中华人民共和国税收征收管理法》;税务部门申报与入库税款(F15)",
    ),
    Entry(
        name="tax_paid_trend_6p",
        definition=trend(
            declared_total(col("paid_fen"), periods(6)), declared_total(col("paid_fen"), periods(6, before=6))
        ),
        label="近6个已公布月入库税款较前6个月变化",
        label_en="Change of tax paid, last 6 published months on the 6 before",
        unit="change",
        sign=FAVOURABLE,
        reason=Reason(
            "TAX-TREND",
            adverse="近半年入库税款较前半年变化{value}",
            favourable="近半年入库税款较前半年变化{value}",
            adverse_en="Tax paid changed by {value} on the half-year before",
            favourable_en="Tax paid changed by {value} on the half-year before",
        ),
        reference="《中华人民共和国税收征收管理法》;税务部门申报与入库税款(F15)",
    ),
    Entry(
        name="zero_vat_declarations_12p",
        definition=Feature(
            feed=TAX_DECLARATION,
            take=count(),
            within=YEAR,
            where=col("tax_kind").equals("增值税") & col("taxable_sales_fen").equals(0),
            missing=0,
        ),
        label="近12个已公布月增值税零申报次数",
        label_en="VAT declarations of no sales in the last 12 published months",
        unit="declarations",
        sign=ADVERSE,
        reason=Reason(
            "TAX-ZERO",
            adverse="近12个月增值税零申报{value}次",
            favourable="近12个月增值税零申报{value}次",
            adverse_en="VAT was declared at zero {value} times in 12 months",
            favourable_en="VAT was declared at zero {value} times in 12 months",
        ),
        reference="《中华人民共和国税收征收管理法》;税务部门申报与入库税款(F15)",
    ),
    Entry(
        name="tax_arrears_count_24m",
        definition=Feature(
            feed=TAX_ARREARS,
            take=count(),
            within=months(24),
            where=col("arrears_fen") > 0,
            missing=0,
        ),
        label="近24个月欠税次数",
        label_en="Tax-arrears notices in the last 24 months",
        unit="notices",
        sign=ADVERSE,
        reason=Reason(
            "TAX-ARREARS",
            adverse="近24个月欠税{value}次",
            favourable="近24个月欠税{value}次",
            adverse_en="{value} tax-arrears notices in 24 months",
            favourable_en="{value} tax-arrears notices in 24 months",
        ),
        reference="《欠税公告办法(试行)》;税务部门欠税信息(F18)",
        consent=CL0,
    ),
    Entry(
        name="tax_arrears_open",
        definition=Feature(
            feed=TAX_ARREARS,
            take=total(col("arrears_fen")),
            within=ever(),
            where=~col("cleared_on").is_known() | (col("cleared_on") > AS_OF),
            missing=0,
        ),
        label="尚未清缴的欠税余额",
        label_en="Tax arrears not yet cleared",
        unit="fen",
        sign=ADVERSE,
        reason=Reason(
            "TAX-ARREARS",
            adverse="尚欠税款{value}",
            favourable="未清缴欠税{value}",
            adverse_en="Tax arrears of {value} are open",
            favourable_en="Open tax arrears: {value}",
        ),
        reference="《欠税公告办法(试行)》;税务部门欠税信息(F18)",
        consent=CL0,
    ),
)
