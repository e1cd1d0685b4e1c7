"""The words of a loan: what may be applied for, and how an amount is told."""

from typing import Any

import pytest
from pydantic import ValidationError

from products.lending import Application, yuan


@pytest.mark.parametrize(
    ("fen", "text"),
    [
        pytest.param(0, "0元", id="nothing"),
        pytest.param(1, "0.01元", id="one fen"),
        pytest.param(123_450, "1,234.50元", id="with fen"),
        pytest.param(999_900, "9,999元", id="just below ten thousand"),
        pytest.param(50_000_000, "50万元", id="ten thousands"),
        pytest.param(1_050_000, "10,500元", id="not a whole ten thousand"),
    ],
)
def test_an_amount_is_told_exactly(fen: int, text: str) -> None:
    assert yuan(fen) == text


@pytest.mark.parametrize(
    "change",
    [
        pytest.param({"amount_fen": 0}, id="no money"),
        pytest.param({"amount_fen": 1.5}, id="half a fen"),
        pytest.param({"amount_fen": "50000000"}, id="money as text"),
        pytest.param({"term_months": 0}, id="no time"),
        pytest.param({"term_months": 481}, id="more than forty years"),
        pytest.param({"use": "gambling"}, id="an unknown use"),
        pytest.param({"secured": "promise"}, id="an unknown security"),
        pytest.param({"colour": "red"}, id="an unknown key"),
    ],
)
def test_what_cannot_be_applied_for(change: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        Application.model_validate({"amount_fen": 50_000_000, "term_months": 12} | change)
