"""Trade across the border: months of trade (F45), export refunds (F20) and the customs grade (F44)."""

from features.contracts.customs_grade import CUSTOMS_GRADE
from features.contracts.export_refund import EXPORT_REFUND
from features.contracts.trade_month import TRADE_MONTH
from features.definitions.entry import CL0
from features.definitions.families import Family, published_months
from features.engine.algebra import (
    ADVERSE,
    FAVOURABLE,
    NEUTRAL,
    Aggregate,
    Feature,
    count,
    days_since_first,
    days_since_last,
    distinct,
    exists,
    largest,
    latest,
    months_active,
    ratio,
    total,
    trend,
)
from features.engine.rows import AS_OF, Condition, col
from features.engine.windows import Window, ever, periods

TRADE = Family("《中华人民共和国海关统计条例》;海关进出口月汇总(F45)")
REFUND = Family("《出口退(免)税企业分类管理办法》;税务部门出口退税(F20)")
GRADE = Family("《中华人民共和国海关注册登记和备案企业信用管理办法》;海关信用等级(F44)", CL0)

YEAR = periods(12)
VALUE = col("amount_usd_cents")
EXPORTS, IMPORTS = col("direction").equals("出口"), col("direction").equals("进口")
CLASSES = {"一类": 1, "二类": 2, "三类": 3, "四类": 4}
GRADES = {"高级认证": 3, "注册": 2, "失信": 1}
IN_FORCE = ~col("ends_on").is_known() | (col("ends_on") > AS_OF)


def traded(take: Aggregate, within: Window, where: Condition | None = None, missing: int | None = None) -> Feature:
    return Feature(feed=TRADE_MONTH, take=take, within=within, where=where, missing=missing)


def refunded(take: Aggregate, within: Window, missing: int | None = None) -> Feature:
    return Feature(feed=EXPORT_REFUND, take=take, within=within, missing=missing)


def graded(take: Aggregate, where: Condition | None = IN_FORCE, missing: int | None = 0) -> Feature:
    return Feature(feed=CUSTOMS_GRADE, take=take, within=ever(), where=where, missing=missing)


TRADE_FEATURES = (
    *TRADE.over(
        published_months(3, 12),
        "export_value_{span}",
        lambda within: traded(total(VALUE), within, EXPORTS, 0),
        label="{span}出口额(美分)",
        label_en="Value exported in {span}, US cents",
        unit="US cents",
        sign=FAVOURABLE,
        code="TRADE-EXPORT",
        zh=("{span}出口额仅{value}美分", "{span}出口额{value}美分"),
        en=("Exports of {span} are only {value} US cents", "Exports of {span} are {value} US cents"),
    ),
    TRADE.one(
        "import_value_12p",
        traded(total(VALUE), YEAR, IMPORTS, 0),
        label="近12个已公布月进口额(美分)",
        label_en="Value imported in the last 12 published months, US cents",
        unit="US cents",
        sign=FAVOURABLE,
        code="TRADE-IMPORT",
        zh=("近12个月进口额仅{value}美分", "近12个月进口额{value}美分"),
        en=("Imports of 12 months are only {value} US cents", "Imports of 12 months are {value} US cents"),
    ),
    TRADE.one(
        "export_trend_6p",
        trend(traded(total(VALUE), periods(6), EXPORTS), traded(total(VALUE), periods(6, before=12), EXPORTS)),
        label="近6个已公布月出口额同比变化",
        label_en="Change of exports, last 6 published months on the same months a year earlier",
        unit="change",
        sign=FAVOURABLE,
        code="TRADE-EXPORT-TREND",
        zh="近6个月出口额同比变化{value}",
        en="Exports of 6 months changed by {value} year on year",
    ),
    TRADE.one(
        "import_trend_6p",
        trend(traded(total(VALUE), periods(6), IMPORTS), traded(total(VALUE), periods(6, before=12), IMPORTS)),
        label="近6个已公布月进口额同比变化",
        label_en="Change of imports, last 6 published months on the same months a year earlier",
        unit="change",
        sign=FAVOURABLE,
        code="TRADE-IMPORT-TREND",
        zh="近6个月进口额同比变化{value}",
        en="Imports of 6 months changed by {value} year on year",
    ),
    TRADE.one(
        "export_months_12p",
        traded(months_active(), YEAR, EXPORTS, 0),
        label="近12个已公布月中有出口的月数",
        label_en="Months with exports among the last 12 published",
        unit="months",
        sign=FAVOURABLE,
        code="TRADE-EXPORT",
        zh=("近12个月仅{value}个月有出口", "近12个月有{value}个月有出口"),
        en=("Only {value} of 12 months had exports", "{value} of 12 months had exports"),
    ),
    TRADE.one(
        "import_months_12p",
        traded(months_active(), YEAR, IMPORTS, 0),
        label="近12个已公布月中有进口的月数",
        label_en="Months with imports among the last 12 published",
        unit="months",
        sign=FAVOURABLE,
        code="TRADE-IMPORT",
        zh=("近12个月仅{value}个月有进口", "近12个月有{value}个月有进口"),
        en=("Only {value} of 12 months had imports", "{value} of 12 months had imports"),
    ),
    TRADE.one(
        "trade_declarations_12p",
        traded(total(col("declarations")), YEAR, missing=0),
        label="近12个已公布月报关单数",
        label_en="Customs declarations in the last 12 published months",
        unit="declarations",
        sign=FAVOURABLE,
        code="TRADE-LEVEL",
        zh=("近12个月报关仅{value}单", "近12个月报关{value}单"),
        en=("Only {value} customs declarations in 12 months", "{value} customs declarations in 12 months"),
    ),
    TRADE.one(
        "export_share_12p",
        ratio(traded(total(VALUE), YEAR, EXPORTS, 0), traded(total(VALUE), YEAR)),
        label="近12个已公布月出口占进出口额比重",
        label_en="Share of exports in trade, last 12 published months",
        unit="share",
        sign=NEUTRAL,
        code="TRADE-MIX",
        zh="近12个月出口占进出口额{value}",
        en="Exports are {value} of trade in 12 months",
    ),
    TRADE.one(
        "export_ticket_12p",
        ratio(
            traded(total(VALUE), YEAR, EXPORTS),
            traded(total(col("declarations")), YEAR, EXPORTS),
        ),
        label="近12个已公布月每单出口额(美分)",
        label_en="Exports per declaration, last 12 published months, US cents",
        unit="US cents",
        sign=FAVOURABLE,
        code="TRADE-LEVEL",
        zh=("近12个月每单出口额仅{value}美分", "近12个月每单出口额{value}美分"),
        en=("Exports per declaration are only {value} US cents", "Exports per declaration are {value} US cents"),
    ),
    TRADE.one(
        "export_largest_month_12p",
        ratio(traded(largest(VALUE), YEAR, EXPORTS), traded(total(VALUE), YEAR, EXPORTS)),
        label="近12个已公布月出口最多一个月所占比重",
        label_en="Share of the largest month in exports of the last 12 published months",
        unit="share",
        sign=ADVERSE,
        code="TRADE-UNEVEN",
        zh=("近12个月出口集中,最多一个月占{value}", "近12个月出口均衡,最多一个月占{value}"),
        en=("Exports are uneven: one month holds {value}", "Exports are even: the largest month holds {value}"),
    ),
    TRADE.one(
        "trade_countries_24p",
        traded(distinct(col("top_country")), periods(24), missing=0),
        label="近24个已公布月第一大贸易国别数",
        label_en="Different first trading countries in the last 24 published months",
        unit="countries",
        sign=FAVOURABLE,
        code="TRADE-MIX",
        zh=("近24个月第一大贸易国别仅{value}个", "近24个月第一大贸易国别{value}个"),
        en=("Only {value} first trading countries in 24 months", "{value} first trading countries in 24 months"),
    ),
    TRADE.one(
        "export_days_ago",
        traded(days_since_last(), ever(), EXPORTS),
        label="距最近一个出口月的天数",
        label_en="Days since the end of the newest month with exports",
        unit="days",
        sign=ADVERSE,
        code="TRADE-EXPORT",
        zh=("最近一次出口已是{value}天前", "最近一次出口在{value}天前"),
        en=("The newest exports are {value} days old", "The newest exports were {value} days ago"),
    ),
)

REFUND_FEATURES = (
    REFUND.one(
        "export_refund_12p",
        refunded(total(col("refund_fen")), YEAR, 0),
        label="近12个已公布月出口退税额",
        label_en="Export tax refunded in the last 12 published months",
        unit="fen",
        sign=FAVOURABLE,
        code="REFUND-LEVEL",
        zh=("近12个月出口退税仅{value}", "近12个月出口退税{value}"),
        en=("Only {value} of export tax was refunded in 12 months", "{value} of export tax was refunded in 12 months"),
    ),
    REFUND.one(
        "export_refund_trend_6p",
        trend(refunded(total(col("refund_fen")), periods(6)), refunded(total(col("refund_fen")), periods(6, before=6))),
        label="近6个已公布月出口退税较前6个月变化",
        label_en="Change of export refunds, last 6 published months on the 6 before",
        unit="change",
        sign=FAVOURABLE,
        code="REFUND-TREND",
        zh="近半年出口退税较前半年变化{value}",
        en="Export refunds changed by {value} on the half-year before",
    ),
    REFUND.one(
        "export_refund_largest_12p",
        ratio(refunded(largest(col("refund_fen")), YEAR), refunded(total(col("refund_fen")), YEAR)),
        label="近12个已公布月出口退税最多一个月所占比重",
        label_en="Share of the largest month in export refunds of the last 12 published months",
        unit="share",
        sign=ADVERSE,
        code="REFUND-UNEVEN",
        zh=("近12个月出口退税集中,最多一个月占{value}", "近12个月出口退税均衡,最多一个月占{value}"),
        en=("Refunds are uneven: one month holds {value}", "Refunds are even: the largest month holds {value}"),
    ),
    REFUND.one(
        "export_refund_class",
        refunded(latest(col("refund_class").mapped(CLASSES)), YEAR),
        label="最近出口退税管理类别(一类=1,四类=4)",
        label_en="Newest class of refund management (first=1, fourth=4)",
        unit="class",
        sign=ADVERSE,
        code="REFUND-CLASS",
        zh="最近出口退税管理类别为{value}类(1为最好)",
        en="The newest class of refund management is {value} (1 is best)",
    ),
    REFUND.one(
        "export_refund_worst_class_36p",
        refunded(largest(col("refund_class").mapped(CLASSES)), periods(36)),
        label="近36个已公布月最差出口退税管理类别",
        label_en="Worst class of refund management in the last 36 published months",
        unit="class",
        sign=ADVERSE,
        code="REFUND-CLASS",
        zh="近36个月出口退税管理类别最差为{value}类(1为最好)",
        en="The worst class of refund management in 36 months is {value} (1 is best)",
    ),
)

CUSTOMS_GRADE_FEATURES = (
    GRADE.one(
        "customs_grade",
        graded(latest(col("grade").mapped(GRADES)), missing=None),
        label="有效的海关信用等级(高级认证=3,注册=2,失信=1)",
        label_en="Customs grade in force (certified=3, registered=2, dishonest=1)",
        unit="grade",
        sign=FAVOURABLE,
        code="CUSTOMS-GRADE",
        zh="海关信用等级折算为{value}(3为最高)",
        en="The customs grade reads {value} of 3",
    ),
    GRADE.one(
        "customs_certifications",
        graded(count(), col("grade").equals("高级认证")),
        label="历次海关高级认证次数",
        label_en="Times certified by customs so far",
        unit="certifications",
        sign=FAVOURABLE,
        code="CUSTOMS-CERTIFIED",
        zh="历次获海关高级认证{value}次",
        en="Certified by customs {value} times so far",
    ),
    GRADE.one(
        "customs_dishonest",
        graded(exists(), IN_FORCE & col("grade").equals("失信")),
        label="是否为海关失信企业",
        label_en="Whether listed as dishonest by customs at present",
        unit="flag",
        sign=ADVERSE,
        code="CUSTOMS-DISHONEST",
        zh=("为海关失信企业", "不是海关失信企业"),
        en=("It is listed as dishonest by customs", "It is not listed as dishonest by customs"),
    ),
    GRADE.one(
        "customs_grades_given",
        graded(count(), None),
        label="历次海关信用等级认定次数",
        label_en="Customs grades given so far",
        unit="grades",
        sign=NEUTRAL,
        code="CUSTOMS-GRADE",
        zh="历次海关信用等级认定{value}次",
        en="Customs have given {value} grades so far",
    ),
    GRADE.one(
        "customs_registered_days",
        graded(days_since_first(), None, missing=None),
        label="海关备案天数",
        label_en="Days since first graded by customs",
        unit="days",
        sign=FAVOURABLE,
        code="CUSTOMS-AGE",
        zh=("海关备案仅{value}天", "海关备案已{value}天"),
        en=("Known to customs for only {value} days", "Known to customs for {value} days"),
    ),
)

CUSTOMS_FEATURES = (*TRADE_FEATURES, *REFUND_FEATURES, *CUSTOMS_GRADE_FEATURES)
