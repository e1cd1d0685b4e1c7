"""Amounts in capital characters, as the rules for bills write them."""

import pytest

from api.prints.capital_amount import capital_amount


@pytest.mark.parametrize(
    ("fen", "written"),
    [
        (0, "零元整"),
        (4, "肆分"),
        (30, "叁角"),
        (100, "壹元整"),
        (1_604, "壹拾陆元零肆分"),
        (140_950, "壹仟肆佰零玖元伍角"),
        (600_714, "陆仟零柒元壹角肆分"),
        (32_504, "叁佰贰拾伍元零肆分"),
        (10_700_053, "壹拾万柒仟元伍角叁分"),
        (1_000_000_100, "壹仟万零壹元整"),
        (10_000_000_100, "壹亿零壹元整"),
        (1_234_567_890_123, "壹佰贰拾叁亿肆仟伍佰陆拾柒万捌仟玖佰零壹元贰角叁分"),
        (9_223_372_036_854_775_807, None),
        (-250, "负贰元伍角"),
    ],
)
def test_amounts(fen: int, written: str | None) -> None:
    if written is None:
        assert capital_amount(fen).startswith("人民币玖亿贰仟贰佰叁拾叁万柒仟贰佰零叁亿")
    else:
        assert capital_amount(fen) == f"人民币{written}"
