"""The sentence of a condition, in Chinese and English, from its figures."""

from enum import Enum
from typing import NamedTuple

from products.lending import yuan

Value = int | str | None
Threshold = int | str | tuple[int | str, ...]


class Relation(Enum):
    """How a value must stand to its threshold."""

    AT_LEAST = ("不低于", "at least")
    AT_MOST = ("不高于", "at most")
    WITHIN = ("介于", "within")
    ONE_OF = ("属于", "one of")
    INSIDE = ("位于", "in")


class Label(NamedTuple):
    """A condition's name and the unit its figures are read in."""

    zh: str
    en: str
    unit: str = ""


LABELS = {
    "amount_fen": Label("申请金额", "Amount", "fen"),
    "term_months": Label("申请期限", "Term", "months"),
    "secured": Label("担保方式", "Security"),
    "use": Label("资金用途", "Use"),
    "rate_bps": Label("年利率", "Yearly rate", "bps"),
    "min_grade": Label("信用等级", "Grade"),
    "min_score": Label("信用评分", "Score", "points"),
    "min_months_in_operation": Label("成立时间", "Time in operation", "months"),
    "max_arrears_fen": Label("未结清欠税", "Open tax arrears", "fen"),
    "sections": Label("行业门类", "Section"),
    "regions": Label("注册地", "Division"),
}
_UNITS = {"months": ("个月", " months"), "points": ("分", " points"), "": ("", "")}
_WORDS = {
    "credit": "信用",
    "mortgage": "抵押",
    "guarantee": "保证",
    "working_capital": "流动资金",
    "equipment": "设备",
    "premises": "场地",
    "refinancing": "再融资",
    "other": "其他",
}


def sentence(
    condition: str, value: Value, threshold: Threshold, relation: Relation, missed: int | None
) -> tuple[str, str]:
    """`成立时间18个月,要求不低于24个月,差6个月`, and the same in English."""
    label = LABELS[condition]
    zh, en = relation.value
    has = ("无数据", "not known") if value is None else (_shown(value, label.unit), _shown_en(value, label.unit))
    asked = threshold if isinstance(threshold, tuple) else (threshold,)
    between = "至" if relation is Relation.WITHIN else "、"
    wanted = between.join(_shown(part, label.unit) for part in asked)
    wanted_en = (" to " if relation is Relation.WITHIN else ", ").join(_shown_en(part, label.unit) for part in asked)
    gap = _gap(label, missed)
    return (
        f"{label.zh}{has[0]},要求{zh}{wanted}{gap[0]}",
        f"{label.en} {has[1]}, required {en} {wanted_en}{gap[1]}",
    )


def _gap(label: Label, missed: int | None) -> tuple[str, str]:
    if missed is None:
        return "", ""
    if not label.unit:
        return f",差{missed}级", f", {missed} {'grade' if missed == 1 else 'grades'} short"
    return f",差{_shown(missed, label.unit)}", f", off by {_shown_en(missed, label.unit)}"


def _shown(part: int | str, unit: str) -> str:
    if isinstance(part, str):
        return _WORDS.get(part, part)
    if unit == "fen":
        return yuan(part)
    return f"{part / 100:.2f}%" if unit == "bps" else f"{part}{_UNITS[unit][0]}"


def _shown_en(part: int | str, unit: str) -> str:
    if isinstance(part, str):
        return part.replace("_", " ")
    if unit == "fen":
        return f"CNY {part / 100:,.2f}".removesuffix(".00")
    return f"{part / 100:.2f}%" if unit == "bps" else f"{part}{_UNITS[unit][1]}"
