"""How a feature's value is said in a reason, in Chinese and in English."""

from collections.abc import Callable
from dataclasses import dataclass

from models.columns import Value

_YI, _WAN = 100_000_000, 10_000
"""Chinese large-number words: 亿 and 万."""


@dataclass(frozen=True)
class Words:
    """What a released model says about one of its features; kept with the model, so that a reason never drifts.

    sign: +1 where more is riskier, -1 where more is safer, 0 where the data may say.
    code: features that share it share one reason.
    adverse, favourable: sentences in which `{value}` stands for the value.
    """

    name: str
    label: str
    label_en: str
    unit: str
    sign: int
    code: str
    adverse: str
    favourable: str
    adverse_en: str
    favourable_en: str

    def sentences(self, value: Value, *, adverse: bool) -> tuple[str, str]:
        """The reason in Chinese and English. A sentence the value would belie gives way to label and value."""
        chinese, english = (self.adverse, self.adverse_en) if adverse else (self.favourable, self.favourable_en)
        if value is None:
            return f"{self.label}:暂无数据", f"{self.label_en}: no data"
        if not self._holds(chinese, value, adverse=adverse):
            chinese, english = f"{self.label}:{{value}}", f"{self.label_en}: {{value}}"
        return (
            chinese.replace("{value}", say_value(value, self.unit)),
            english.replace("{value}", say_value_en(value, self.unit)),
        )

    def _holds(self, sentence: str, value: Value, *, adverse: bool) -> bool:
        """A sentence with its value is always true; one without speaks of none at all, or of some."""
        if "{value}" in sentence:
            return True
        speaks_of_some = adverse == (self.sign > 0)
        return self.sign != 0 and isinstance(value, int | float) and (value != 0) == speaks_of_some


def say_value(value: Value, unit: str) -> str:
    """A value in Chinese: money as 元, 万元 or 亿元; shares and changes in percent."""
    return _say(value, unit, _yuan)


def say_value_en(value: Value, unit: str) -> str:
    """A value in English: money in yuan with thousands; shares and changes in percent."""
    return _say(value, unit, lambda fen: f"CNY {fen / 100:,.0f}")


def _say(value: Value, unit: str, money: Callable[[float], str]) -> str:
    if value is None or isinstance(value, str):
        return value or ""
    number = float(value)
    match unit:
        case "fen":
            return money(number)
        case "share":
            return f"{number * 100:.1f}%"
        case "bp":
            return f"{number / 100:.1f}%"
        case "change":
            return f"{number * 100:+.1f}%" if round(number, 3) else "0.0%"
        case _:
            return f"{number:,.0f}" if number == round(number) else f"{number:,.2f}".rstrip("0").rstrip(".")


def _yuan(fen: float) -> str:
    yuan = fen / 100
    if abs(yuan) >= _YI:
        return f"{yuan / _YI:,.2f}亿元"
    return f"{yuan / _WAN:,.1f}万元" if abs(yuan) >= _WAN else f"{yuan:,.0f}元"
