"""What stands behind the city's records: the hidden causes each feed's columns answer to.

Direct causes only. Where stress is among them, what stress itself comes of is not named again.
"""

from collections.abc import Collection, Mapping
from typing import Final, Literal

Cause = Literal["stress", "integrity", "quality", "leverage", "age", "size", "section"]
Causes = frozenset[Cause]

_ROWS: Final = ""
"""That a row is there at all, and every column not named."""

_BEHIND: Mapping[str, Mapping[str, tuple[Cause, ...]]] = {
    "F01": {
        _ROWS: (),
        "est_date": ("age",),
        "reg_capital_fen": ("size", "leverage", "quality"),
        "industry": ("section",),
        "section": ("section",),
    },
    "F02": {_ROWS: ("stress",)},
    "F13": {_ROWS: ("stress", "integrity"), "taxpayer_type": ("size",)},
    "F14": {_ROWS: ("stress", "integrity")},
    "F15": {
        _ROWS: ("stress", "quality"),
        "declared_on": ("stress", "integrity"),
        "paid_on": ("stress", "integrity", "quality"),
        "late_days": ("stress", "integrity"),
    },
    "F16": {_ROWS: ("stress", "quality")},
    "F17": {_ROWS: ("stress", "quality")},
    "F18": {_ROWS: ("stress", "integrity")},
    "F19": {_ROWS: ("stress", "integrity")},
    "F22": {_ROWS: ("stress",)},
    "F26": {_ROWS: ("stress",)},
    "F27": {_ROWS: ("stress",)},
    "F28": {_ROWS: ("stress",)},
    "F34": {_ROWS: ("integrity",)},
    "F46": {_ROWS: ("stress",)},
    "F47": {_ROWS: ("stress",)},
}


def described() -> tuple[str, ...]:
    """The feeds whose causes are known here."""
    return tuple(_BEHIND)


def causes_of(feed: str, columns: Collection[str]) -> Causes | None:
    """What these columns of a feed answer to, none of them: its rows; None for a feed that is not described."""
    behind = _BEHIND.get(feed)
    if behind is None:
        return None
    return frozenset(cause for column in columns or (_ROWS,) for cause in behind.get(column, behind[_ROWS]))
