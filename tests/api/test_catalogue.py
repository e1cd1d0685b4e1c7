"""The catalogue a bank reads before it calls."""

from tests.factories.deployments import Caller


def test_the_products_on_sale_are_listed_by_code(bank: Caller) -> None:
    lines = bank.get("/v1/products").json()["items"]
    codes = [line["code"] for line in lines]
    assert codes == sorted(codes)
    assert "P01" in codes
    basic = lines[codes.index("P01")]
    assert (basic["consent"], basic["list_price"]) == ("CL0", {"amount_fen": 300, "per": "hit"})


def test_one_product_says_what_goes_in_and_out(bank: Caller) -> None:
    entry = bank.get("/v1/products/P01").json()
    assert {"subject", "purpose"} <= set(entry["input_schema"]["required"])
    assert {"report_id", "outcome", "charge", "evidence", "result"} <= set(entry["output_schema"]["properties"])
    assert entry["reads"][0]["why"]


def test_a_product_that_is_not_sold_is_unknown(bank: Caller) -> None:
    answer = bank.get("/v1/products/P99")
    assert (answer.status_code, answer.json()["code"]) == (404, "unknown-product")
