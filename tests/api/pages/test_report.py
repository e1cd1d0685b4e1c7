"""What a page says of an answer beside its figures."""

from typing import Any

import pytest

from api.pages.report import default_meant


def answer(model: str | None) -> dict[str, Any]:
    return {"model": None if model is None else {"name": model, "version": "1"}}


@pytest.mark.parametrize(
    ("model", "says"),
    [
        pytest.param("sme_default", "90 or more days past due within 12 months of the grant of a loan", id="P07"),
        pytest.param("invoice_default", "default in the bank's verdict, day not disclosed", id="P11"),
        pytest.param("sba_default", "the guaranteed loan is charged off in the end", id="P08 abroad"),
        pytest.param("retired_model", None, id="a model that is no more"),
        pytest.param(None, None, id="nothing found"),
    ],
)
def test_a_probability_comes_with_what_its_model_calls_a_default(model: str | None, says: str | None) -> None:
    assert default_meant(answer(model), "en") == says
    assert (default_meant(answer(model), "zh") is None) == (says is None)
