"""Annual reports (F05): whether they come in time, and what enterprises say of their own size, debts and profit."""

from features.contracts.annual_report import ANNUAL_REPORT
from features.definitions.entry import Entry
from features.definitions.families import Family, Texts, published_years
from features.engine.algebra import (
    ADVERSE,
    FAVOURABLE,
    Aggregate,
    Feature,
    Sign,
    count,
    difference,
    exists,
    largest,
    latest,
    ratio,
    smallest,
    total,
    trend,
)
from features.engine.rows import Condition, Expression, col
from features.engine.windows import Window, periods

_SAID = Family("《企业信息公示暂行条例》第九条;市场监管部门企业年报(F05)")
_NEWEST, _BEFORE, _TWO_BEFORE = periods(1), periods(1, before=1), periods(1, before=2)
REVENUE, ASSETS, LIABILITIES, PROFIT = (
    col(f"{name}_fen") for name in ("revenue", "assets", "liabilities", "net_profit")
)


def _read(
    take: Aggregate, within: Window = _NEWEST, where: Condition | None = None, missing: int | None = None
) -> Feature:
    return Feature(feed=ANNUAL_REPORT, take=take, within=within, where=where, missing=missing)


def _sum(value: Expression, within: Window = _NEWEST) -> Feature:
    return _read(total(value), within)


def _newest(
    name: str, value: Expression, zh: str, en: str, *, unit: str, sign: Sign, code: str, said: tuple[Texts, Texts]
) -> Entry:
    """The figure of the newest of two published years."""
    return _SAID.one(
        name,
        _read(latest(value), periods(2)),
        label=f"最近年报{zh}(2个已公布年度内)",
        label_en=f"{en} of the newest annual report, at most 2 published years back",
        unit=unit,
        sign=sign,
        code=code,
        zh=said[0],
        en=said[1],
    )


def _change(name: str, value: Expression, zh: str, en: str, *, sign: Sign, code: str) -> Entry:
    """From one published year to the next."""
    return _SAID.one(
        name,
        trend(_sum(value), _sum(value, _BEFORE)),
        label=f"年报{zh}较上一年度变化",
        label_en=f"Change of reported {en} on the year before",
        unit="change",
        sign=sign,
        code=code,
        zh=f"年报{zh}较上年变化{{value}}",
        en=f"Reported {en} changed by {{value}} on the year before",
    )


def _per(
    name: str,
    part: Expression,
    whole: Expression,
    zh: str,
    en: str,
    *,
    sign: Sign,
    code: str,
    unit: str = "share",
    years: int = 1,
) -> Entry:
    """One sum over another, of one published year or several."""
    span = published_years(years)[0]
    return _SAID.one(
        f"{name}_{span.suffix}",
        ratio(_sum(part, span.window), _sum(whole, span.window)),
        label=f"{span.zh}年报{zh}",
        label_en=f"{en}, annual reports of {span.en}",
        unit=unit,
        sign=sign,
        code=code,
        zh=f"{span.zh}年报{zh}为{{value}}",
        en=f"{en} is {{value}} in annual reports of {span.en}",
    )


_TIMELINESS = (
    *_SAID.over(
        published_years(3),
        "reports_filed_{span}",
        lambda within: _read(count(), within, missing=0),
        label="{span}公示年报次数",
        label_en="Annual reports filed of {span}",
        unit="reports",
        sign=FAVOURABLE,
        code="REPORT-TIMELY",
        zh=("{span}仅公示年报{value}次", "{span}公示年报{value}次"),
        en=("Only {value} annual reports were filed of {span}", "{value} annual reports were filed of {span}"),
    ),
    *_SAID.over(
        published_years(3, 5),
        "reports_late_{span}",
        lambda within: _read(count(), within, col("late_days") > 0, missing=0),
        label="{span}逾期公示年报次数",
        label_en="Annual reports filed late of {span}",
        unit="reports",
        sign=ADVERSE,
        code="REPORT-TIMELY",
        zh="{span}逾期公示年报{value}次",
        en="{value} annual reports were late of {span}",
    ),
    *_SAID.over(
        published_years(3),
        "report_days_late_{span}",
        lambda within: _read(largest(col("late_days")), within),
        label="{span}年报最长逾期天数",
        label_en="Most days an annual report was late of {span}",
        unit="days",
        sign=ADVERSE,
        code="REPORT-TIMELY",
        zh="{span}年报最长逾期{value}天",
        en="An annual report was up to {value} days late in {span}",
    ),
    *_SAID.over(
        published_years(3),
        "zero_reports_{span}",
        lambda within: _read(count(), within, REVENUE.equals(0) & ASSETS.equals(0), missing=0),
        label="{span}零申报年报次数",
        label_en="Annual reports of nothing but zeros of {span}",
        unit="reports",
        sign=ADVERSE,
        code="REPORT-ZERO",
        zh="{span}资产与收入均为零的年报{value}次",
        en="{value} annual reports state neither assets nor revenue in {span}",
    ),
)

_FIGURES = (
    _newest(
        "reported_revenue", REVENUE, "营业总收入", "Revenue", unit="fen", sign=FAVOURABLE, code="REPORTED-SIZE",
        said=(("年报营业总收入仅{value}", "年报营业总收入{value}"), "Reported revenue is {value}"),
    ),
    _newest(
        "reported_assets", ASSETS, "资产总额", "Assets", unit="fen", sign=FAVOURABLE, code="REPORTED-SIZE",
        said=(("年报资产总额仅{value}", "年报资产总额{value}"), "Reported assets are {value}"),
    ),
    _newest(
        "reported_equity", ASSETS - LIABILITIES, "所有者权益", "Equity", unit="fen", sign=FAVOURABLE,
        code="REPORTED-DEBT", said=("年报所有者权益{value}", "Reported equity is {value}"),
    ),
    _newest(
        "reported_headcount", col("headcount"), "从业人数", "People at work", unit="people", sign=FAVOURABLE,
        code="REPORTED-SIZE", said=(("年报从业人数仅{value}人", "年报从业人数{value}人"), "{value} people are at work"),
    ),
    _newest(
        "reported_net_profit", PROFIT, "净利润", "Net profit", unit="fen", sign=FAVOURABLE, code="REPORTED-PROFIT",
        said=("年报净利润{value}", "Reported net profit is {value}"),
    ),
)  # fmt: skip

_CHANGES = (
    _change("reported_revenue_trend", REVENUE, "营业总收入", "revenue", sign=FAVOURABLE, code="REPORTED-TREND"),
    _change("reported_assets_trend", ASSETS, "资产总额", "assets", sign=FAVOURABLE, code="REPORTED-TREND"),
    _change("reported_liabilities_trend", LIABILITIES, "负债总额", "liabilities", sign=ADVERSE, code="REPORTED-DEBT"),
    _change(
        "reported_headcount_trend", col("headcount"), "从业人数", "headcount", sign=FAVOURABLE, code="REPORTED-TREND"
    ),
    _change("reported_tax_trend", col("tax_total_fen"), "纳税总额", "taxes", sign=FAVOURABLE, code="REPORTED-TAX"),
    _SAID.one(
        "reported_revenue_trend_2y",
        trend(_sum(REVENUE), _sum(REVENUE, _TWO_BEFORE)),
        label="年报营业总收入较两年前变化",
        label_en="Change of reported revenue on two years before",
        unit="change",
        sign=FAVOURABLE,
        code="REPORTED-TREND",
        zh="年报营业总收入较两年前变化{value}",
        en="Reported revenue changed by {value} on two years before",
    ),
    _SAID.one(
        "debt_ratio_change",
        difference(ratio(_sum(LIABILITIES), _sum(ASSETS)), ratio(_sum(LIABILITIES, _BEFORE), _sum(ASSETS, _BEFORE))),
        label="年报资产负债率较上一年度变动",
        label_en="Change of reported liabilities over assets on the year before",
        unit="change",
        sign=ADVERSE,
        code="REPORTED-DEBT",
        zh="年报资产负债率较上年变动{value}",
        en="Liabilities over assets moved by {value} on the year before",
    ),
    _SAID.one(
        "reported_revenue_low_to_high_3y",
        ratio(_read(smallest(REVENUE), periods(3)), _read(largest(REVENUE), periods(3))),
        label="近3个已公布年度年报最低收入与最高收入之比",
        label_en="Lowest over highest reported revenue of the last 3 published years",
        unit="share",
        sign=FAVOURABLE,
        code="REPORTED-TREND",
        zh="近3年年报最低收入为最高收入的{value}",
        en="The lowest revenue of 3 years is {value} of the highest",
    ),
)

_RATIOS = (
    _per("debt_ratio", LIABILITIES, ASSETS, "资产负债率", "Debt over assets", sign=ADVERSE, code="REPORTED-DEBT"),
    _per(
        "debt_to_revenue", LIABILITIES, REVENUE, "负债与营业总收入之比", "Liabilities over revenue", sign=ADVERSE,
        code="REPORTED-DEBT",
    ),
    _per(
        "net_margin", PROFIT, REVENUE, "净利率", "Net profit over revenue", sign=FAVOURABLE, code="REPORTED-PROFIT",
        unit="change",
    ),
    _per(
        "net_margin", PROFIT, REVENUE, "净利率", "Net profit over revenue", sign=FAVOURABLE, code="REPORTED-PROFIT",
        unit="change", years=3,
    ),
    _per(
        "return_on_assets", PROFIT, ASSETS, "总资产净利率", "Net profit over assets", sign=FAVOURABLE,
        code="REPORTED-PROFIT", unit="change",
    ),
    _per(
        "asset_turnover", REVENUE, ASSETS, "总资产周转率", "Revenue over assets", sign=FAVOURABLE,
        code="REPORTED-TURNOVER", unit="times",
    ),
    _per(
        "tax_burden", col("tax_total_fen"), REVENUE, "税负率", "Taxes over revenue", sign=FAVOURABLE,
        code="REPORTED-TAX",
    ),
    _per(
        "main_revenue_share", col("main_revenue_fen"), REVENUE, "主营业务收入占比", "Main revenue over revenue",
        sign=FAVOURABLE, code="REPORTED-TURNOVER",
    ),
    _per(
        "revenue_per_head", REVENUE, col("headcount"), "人均营业总收入", "Revenue a head", sign=FAVOURABLE,
        code="REPORTED-TURNOVER", unit="fen",
    ),
    _per(
        "tax_per_head", col("tax_total_fen"), col("headcount"), "人均纳税", "Taxes a head", sign=FAVOURABLE,
        code="REPORTED-TAX", unit="fen",
    ),
    _per(
        "assets_per_head", ASSETS, col("headcount"), "人均资产", "Assets a head", sign=FAVOURABLE, code="REPORTED-SIZE",
        unit="fen", years=3,
    ),
)  # fmt: skip

_SIGNS = (
    *_SAID.over(
        published_years(3),
        "loss_years_{span}",
        lambda within: _read(count(), within, PROFIT < 0, missing=0),
        label="{span}年报亏损年数",
        label_en="Years with a reported loss of {span}",
        unit="years",
        sign=ADVERSE,
        code="REPORTED-PROFIT",
        zh="{span}年报亏损{value}年",
        en="{value} years were reported with a loss in {span}",
    ),
    *_SAID.over(
        published_years(3),
        "insolvent_years_{span}",
        lambda within: _read(count(), within, LIABILITIES > ASSETS, missing=0),
        label="{span}年报资不抵债年数",
        label_en="Years with reported liabilities above assets of {span}",
        unit="years",
        sign=ADVERSE,
        code="REPORTED-DEBT",
        zh="{span}年报资不抵债{value}年",
        en="Liabilities exceeded assets in {value} years of {span}",
    ),
    *_SAID.over(
        published_years(3),
        "worst_net_profit_{span}",
        lambda within: _read(smallest(PROFIT), within),
        label="{span}年报最低净利润",
        label_en="Lowest reported net profit of {span}",
        unit="fen",
        sign=FAVOURABLE,
        code="REPORTED-PROFIT",
        zh="{span}年报最低净利润{value}",
        en="The lowest net profit reported in {span} is {value}",
    ),
    *_SAID.over(
        published_years(5),
        "headcount_low_to_high_{span}",
        lambda within: ratio(_read(smallest(col("headcount")), within), _read(largest(col("headcount")), within)),
        label="{span}年报最低与最高从业人数之比",
        label_en="Lowest over highest reported headcount of {span}",
        unit="share",
        sign=FAVOURABLE,
        code="REPORTED-TREND",
        zh="{span}最低从业人数为最高的{value}",
        en="The lowest headcount of {span} is {value} of the highest",
    ),
    *_SAID.over(
        published_years(2),
        "guarantees_given_{span}",
        lambda within: _read(exists(), within, col("guarantee").equals(True), missing=0),
        label="{span}年报是否有对外担保(1为有)",
        label_en="Guarantees for others in annual reports of {span} (1 = yes)",
        unit="flag",
        sign=ADVERSE,
        code="REPORTED-GUARANTEE",
        zh=("{span}年报有对外提供担保", "{span}年报无对外提供担保"),
        en=("Guarantees for others were reported in {span}", "No guarantees for others were reported in {span}"),
    ),
    *_SAID.over(
        published_years(2),
        "has_website_{span}",
        lambda within: _read(exists(), within, col("website").is_known(), missing=0),
        label="{span}年报是否有网站或网店(1为有)",
        label_en="A web site or shop in annual reports of {span} (1 = yes)",
        unit="flag",
        sign=FAVOURABLE,
        code="REPORTED-OPENNESS",
        zh=("{span}年报无网站或网店", "{span}年报有网站或网店"),
        en=("No web site was reported in {span}", "A web site was reported in {span}"),
    ),
    *_SAID.over(
        published_years(3),
        "finances_public_{span}",
        lambda within: _read(count(), within, col("public_flag").equals(True), missing=0),
        label="{span}公示经营数据的年报次数",
        label_en="Annual reports with public figures of {span}",
        unit="reports",
        sign=FAVOURABLE,
        code="REPORTED-OPENNESS",
        zh="{span}有{value}次年报公示经营数据",
        en="{value} annual reports showed their figures to all in {span}",
    ),
)

ANNUAL_REPORT_FEATURES = (*_TIMELINESS, *_FIGURES, *_CHANGES, *_RATIOS, *_SIGNS)
