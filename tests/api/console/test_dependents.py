"""Texts of boxes are cut to what a box holds."""

import pytest

from api.console.dependents import fitting


@pytest.mark.parametrize(
    ("text", "cut"),
    [
        pytest.param("", "", id="nothing"),
        pytest.param("近24个月欠税次数", "近24个月欠税次数", id="short"),
        pytest.param("一" * 12, "一" * 12, id="twelve characters fit"),
        pytest.param("一" * 13, "一" * 11 + "…", id="thirteen do not"),
        pytest.param("x" * 20, "x" * 20, id="twenty letters fit"),
        pytest.param("Tax-arrears notices in the last 24 months", "Tax-arrears notices…", id="cut after a word"),
    ],
)
def test_a_text_is_cut_to_its_box(text: str, cut: str) -> None:
    assert fitting(text) == cut
