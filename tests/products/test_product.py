"""The catalogue's schema, and every line of the catalogue."""

import json
from copy import deepcopy
from datetime import date
from typing import Any

import pytest
from pydantic import ValidationError

from bureau.errors import UnknownProduct
from products import product as catalogue_module
from products.product import Product, catalogue, fields_of, find_on_sale, find_product, on_sale

SCORE: dict[str, Any] = {
    "code": "P10",
    "version": 1,
    "name": "税务行为评分",
    "name_en": "Tax-behaviour score",
    "kind": "score",
    "consent": "CL1",
    "list_price": {"amount_fen": 600, "per": "hit"},
    "on_sale_from": "2025-01-01",
    "legal_basis": "征信业务管理办法",
    "purposes": ["pre_loan"],
    "reads": [
        {"why": "模型输入", "why_en": "Inputs", "features": ["tax_arrears_open"], "feeds": ["F15"]},
        {"why": "政策", "why_en": "Policy", "use": "decision", "features": ["age_days"]},
    ],
    "rests_on": ["F15"],
}


def line(**changes: Any) -> Product:
    return Product.model_validate_json(json.dumps(deepcopy(SCORE) | changes))


def test_what_may_be_read_is_what_is_listed_and_a_decision_reads_more() -> None:
    assert fields_of(line()) == {"tax_arrears_open", "F15"}
    assert fields_of(line(), "decision") == {"tax_arrears_open", "F15", "age_days"}


def test_matching_reads_what_its_scores_read() -> None:
    matching, score = find_product("P31"), find_product("P07")
    assert fields_of(score) <= fields_of(matching)
    assert "sales_history_months" not in fields_of(score)


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        pytest.param({"code": "07"}, "code", id="no code"),
        pytest.param({"version": 0}, "version", id="version nought"),
        pytest.param({"consent": "CL9"}, "consent", id="unknown consent class"),
        pytest.param({"consent": "CL2"}, "natural person's consent", id="a consent that cannot be checked yet"),
        pytest.param({"list_price": {"amount_fen": 6.5, "per": "hit"}}, "amount_fen", id="half a fen"),
        pytest.param({"list_price": {"amount_fen": -1, "per": "hit"}}, "amount_fen", id="a price below nothing"),
        pytest.param({"list_price": {"amount_fen": 0, "per": "hit"}}, "free", id="nothing, but not free"),
        pytest.param({"list_price": {"amount_fen": 5, "per": "free"}}, "free", id="free, but not nothing"),
        pytest.param({"purposes": ["curiosity"]}, "'curiosity' is none of", id="unknown purpose"),
        pytest.param({"purposes": []}, "purposes", id="no purpose"),
        pytest.param({"on_sale_until": "2024-12-31"}, "before on_sale_from", id="retired before it was sold"),
        pytest.param({"reads": []}, "reads", id="reads nothing"),
        pytest.param({"reads": [{"why": "x", "why_en": "x"}]}, "neither a feature nor a feed", id="a line of nothing"),
        pytest.param({"expects": ["F16"]}, "F16 is shown, expected", id="expects a feed it may not read"),
        pytest.param({"rests_on": []}, "rests_on", id="a score resting on nothing"),
        pytest.param(
            {"extras": {"season": ["sales_peak_month_12p"]}}, "no line of reads", id="shows what it may not read"
        ),
        pytest.param(
            {"advice": ["age_days"]},
            "no line of reads",
            id="advises on what only decisions read",
        ),
        pytest.param({"scores": ["P07"]}, "scores belong to a matching", id="a score with scores"),
        pytest.param({"kind": "report"}, "needs tables", id="a report without tables"),
        pytest.param({"kind": "matching"}, "needs scores", id="a matching without scores"),
        pytest.param({"colour": "red"}, "colour", id="unknown key"),
    ],
)
def test_a_line_that_does_not_hold_together(changes: dict[str, Any], says: str) -> None:
    with pytest.raises(ValidationError, match=says):
        line(**changes)


@pytest.mark.parametrize(
    ("day", "sold"),
    [
        pytest.param(date(2024, 12, 31), False, id="the day before"),
        pytest.param(date(2025, 1, 1), True, id="the first day"),
        pytest.param(date(2026, 6, 30), True, id="the last day"),
        pytest.param(date(2026, 7, 1), False, id="retired"),
    ],
)
def test_a_product_is_sold_from_its_first_to_its_last_day(
    day: date, sold: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    retiring = line(on_sale_until="2026-06-30")
    monkeypatch.setattr(catalogue_module, "catalogue", lambda: {"P10": retiring})
    assert on_sale(day) == ((retiring,) if sold else ())
    assert find_product("P10") == retiring
    if sold:
        assert find_on_sale("P10", day) == retiring
    else:
        with pytest.raises(UnknownProduct, match="on sale"):
            find_on_sale("P10", day)


def test_an_unknown_product() -> None:
    with pytest.raises(UnknownProduct, match="P99"):
        find_product("P99")


@pytest.mark.parametrize(
    ("code", "consent", "amount_fen", "per"),
    [
        ("P01", "CL0", 300, "hit"),
        ("P07", "CL1", 800, "hit"),
        ("P08", "CL1", 800, "hit"),
        ("P10", "CL1", 600, "hit"),
        ("P11", "CL1", 600, "hit"),
        ("P31", "CL1", 0, "free"),
    ],
)
def test_the_catalogue(code: str, consent: str, amount_fen: int, per: str) -> None:
    product = catalogue()[code]
    assert (product.consent, product.list_price.amount_fen, product.list_price.per) == (consent, amount_fen, per)


def test_a_report_of_public_data_reads_no_feature() -> None:
    assert find_product("P01").features("decision") == frozenset()
