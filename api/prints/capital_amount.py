"""Amounts in capital characters, as Chinese bills carry them beside the figures so that nobody adds a digit."""

_DIGITS = "零壹贰叁肆伍陆柒捌玖"
_PLACES = ((10**8, "亿"), (10**4, "万"), (1000, "仟"), (100, "佰"), (10, "拾"))


def capital_amount(fen: int) -> str:
    """Fen as `人民币壹仟零贰拾元叁角肆分`, by the rules for bills of the 支付结算办法."""
    yuan, rest = divmod(abs(fen), 100)
    jiao, last = divmod(rest, 10)
    whole = f"{_number(yuan)}元" if yuan or not rest else ""
    tenths = f"{_DIGITS[jiao]}角" if jiao else "零" if whole and last else ""
    hundredths = f"{_DIGITS[last]}分" if last else ""
    return f"人民币{'负' if fen < 0 else ''}{whole}{tenths}{hundredths}{'' if rest else '整'}"


def _number(number: int) -> str:
    """A whole number; one 零 stands for the places that are skipped."""
    for size, name in _PLACES:
        if number >= size:
            high, low = divmod(number, size)
            gap = "零" if 0 < low < size // 10 else ""
            return f"{_number(high)}{name}{gap}{_number(low) if low else ''}"
    return _DIGITS[number]
