"""A contract's English words in Chinese, as its catalogue page shows them."""

import polars as pl

from features.contracts.chinese_words import FORMS, PHRASES

_TYPES: dict[type[pl.DataType], tuple[str, str]] = {
    pl.String: ("文本", "text"),
    pl.Date: ("日期", "day"),
    pl.Boolean: ("是否", "yes or no"),
    pl.Float64: ("数字", "number"),
    pl.Datetime: ("时刻", "instant"),
}


def in_chinese(text: str) -> str:
    """A sharing scope, a retention, a rule, a doubt or a column's description; unknown words stay as they are."""
    if text in PHRASES:
        return PHRASES[text]
    for form, chinese in FORMS:
        if found := form.fullmatch(text):
            return found.expand(chinese)
    return text


def type_words(dtype: pl.DataType) -> tuple[str, str]:
    """What a column holds, in Chinese and in English."""
    return _TYPES.get(dtype.base_type(), ("整数", "whole number"))
