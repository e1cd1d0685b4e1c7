"""A need meets the market: every condition answered, one metered answer, one funnel."""

from pathlib import Path
from typing import Any

import pytest

from api.matching.demand import match_id
from api.needs import Matches
from bureau.settings import Settings
from tests.factories.deployments import Caller, body_of, scored_home
from tests.factories.desks import SOUND, STRANGER, TROUBLED

OFFER: dict[str, Any] = {
    "name": "税易贷",
    "amount_fen": {"least": 10_000_000, "most": 300_000_000},
    "term_months": {"least": 3, "most": 24},
    "rate_bps": 450,
    "secured": ["credit"],
    "max_arrears_fen": {"value": 0},
}
NEED = {"amount_fen": 50_000_000, "term_months": 12, "secured": "credit"}


@pytest.fixture(scope="module")
def settings(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    return scored_home(Path(tmp_path_factory.mktemp("market")))


@pytest.fixture(scope="module")
def offer(other_bank: Caller) -> str:
    return str(other_bank.post("/v1/loan-products", OFFER).json()["loan_product_id"])


def write_down(bank: Caller, subject: str, **terms: Any) -> str:
    consent = bank.consent(subject, ["P31"])["consent_id"]
    body = {"subject": {"uscc": subject}, "consent_id": consent, "need": NEED | terms}
    answer = bank.post("/v1/needs", body)
    assert answer.status_code == 201, answer.text
    return str(answer.json()["need_id"])


def matches_of(bank: Caller, need_id: str) -> dict[str, Any]:
    return body_of(bank.get(f"/v1/needs/{need_id}/matches"))


def test_a_sound_firm_passes_every_condition(bank: Caller, offer: str) -> None:
    matches = matches_of(bank, write_down(bank, SOUND))
    Matches.model_validate(matches)
    (found,) = [match for match in matches["result"]["matches"] if match["loan_product"] == offer]
    assert found["eligible"]
    assert {condition["status"] for condition in found["conditions"]} == {"pass"}
    assert found["institution"] == "城市银行"


def test_a_firm_in_arrears_is_told_which_condition_fails(bank: Caller, offer: str) -> None:
    matches = matches_of(bank, write_down(bank, TROUBLED))
    (found,) = [match for match in matches["result"]["matches"] if match["loan_product"] == offer]
    assert (found["eligible"], found["one_short"]) == (False, "max_arrears_fen")


@pytest.mark.parametrize(
    ("subject", "scored"),
    [pytest.param(TROUBLED, True, id="with a score"), pytest.param(STRANGER, False, id="nothing known")],
)
def test_the_page_shows_every_condition(bank: Caller, offer: str, subject: str, scored: bool) -> None:
    matches = matches_of(bank, write_down(bank, subject, max_rate_bps=400))
    assert (matches["result"]["score"] is not None) is scored
    place = f"/v1/reports/{matches['report_id']}/html"
    page, english = bank.get(place), bank.get(place, params={"lang": "en"})
    assert (page.status_code, english.status_code) == (200, 200)
    (found,) = [match for match in matches["result"]["matches"] if match["loan_product"] == offer]
    assert "fail" in {condition["status"] for condition in found["conditions"]}
    assert all(condition["text"] in page.text for condition in found["conditions"])
    assert all(condition["text_en"] in english.text for condition in found["conditions"])
    for text in ("税易贷", "城市银行", "500,000.00", "4.50%", "不符合全部条件"):
        assert text in page.text
    assert "does not meet every condition" in english.text


def test_the_same_market_is_one_metered_answer(bank: Caller, offer: str) -> None:
    need_id = write_down(bank, SOUND)
    first, again = (bank.get(f"/v1/needs/{need_id}/matches") for _ in range(2))
    assert first.content == again.content
    rows = bank.get("/v1/usage", params={"by": "product"}).json()["rows"]
    before = next(row["calls"] for row in rows if row["product"] == "P31")
    bank.get(f"/v1/needs/{need_id}/matches")
    rows = bank.get("/v1/usage", params={"by": "product"}).json()["rows"]
    assert next(row["calls"] for row in rows if row["product"] == "P31") == before


def test_a_new_loan_on_the_market_is_a_new_answer(bank: Caller, other_bank: Caller) -> None:
    need_id = write_down(bank, SOUND)
    before = matches_of(bank, need_id)
    new = other_bank.post("/v1/loan-products", OFFER | {"name": "快贷", "rate_bps": 400}).json()["loan_product_id"]
    after = matches_of(bank, need_id)
    assert after["report_id"] != before["report_id"]
    assert after["result"]["matches"][0]["loan_product"] == new
    old = {match["loan_product"]: match["match_id"] for match in before["result"]["matches"]}
    assert old.items() <= {match["loan_product"]: match["match_id"] for match in after["result"]["matches"]}.items()
    assert other_bank.delete(f"/v1/loan-products/{new}").json()["status"] == "withdrawn"
    assert new not in {match["loan_product"] for match in matches_of(bank, need_id)["result"]["matches"]}


def test_an_answer_tells_the_first_matches_and_keeps_no_others(
    bank: Caller, other_bank: Caller, offer: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    dearer = other_bank.post("/v1/loan-products", OFFER | {"rate_bps": 900}).json()["loan_product_id"]
    monkeypatch.setattr("products.matchmaking.matching.MOST_MATCHES", 1)
    need_id = write_down(bank, SOUND)
    result = matches_of(bank, need_id)["result"]
    assert ([found["loan_product"] for found in result["matches"]], result["eligible"]) == ([offer], 1)
    assert bank.get(f"/v1/matches/{match_id(need_id, offer)}").status_code == 200
    assert bank.get(f"/v1/matches/{match_id(need_id, dearer)}").status_code == 404
    other_bank.delete(f"/v1/loan-products/{dearer}")


def test_the_lender_records_its_funnel(bank: Caller, other_bank: Caller, offer: str) -> None:
    need_id = write_down(bank, SOUND)
    (match_id,) = [
        match["match_id"] for match in matches_of(bank, need_id)["result"]["matches"] if match["loan_product"] == offer
    ]
    place = f"/v1/matches/{match_id}/events"
    assert other_bank.post(place, {"event": "contacted"}).json()["state"] == "contacted"
    assert other_bank.post(place, {"event": "drawn", "amount_fen": 1}).status_code == 409
    assert other_bank.post(place, {"event": "approved"}).status_code == 422
    assert other_bank.post(place, {"event": "applied", "happened_on": "2999-01-01"}).status_code == 400
    assert bank.post(place, {"event": "applied"}).status_code == 404
    assert bank.get(f"/v1/matches/{match_id}").json()["state"] == "contacted"


def test_a_need_takes_a_consent_to_matching(bank: Caller) -> None:
    consent = bank.consent(SOUND, ["P07"])["consent_id"]
    answer = bank.post("/v1/needs", {"subject": {"uscc": SOUND}, "consent_id": consent, "need": NEED})
    assert (answer.status_code, answer.json()["code"]) == (403, "consent-missing")


def test_a_revoked_consent_ends_the_matching(bank: Caller, offer: str) -> None:
    consent = bank.consent(SOUND, ["P31"])["consent_id"]
    made = bank.post("/v1/needs", {"subject": {"uscc": SOUND}, "consent_id": consent, "need": NEED}).json()
    bank.delete(f"/v1/consents/{consent}")
    answer = bank.get(f"/v1/needs/{made['need_id']}/matches")
    assert (answer.status_code, answer.json()["code"]) == (403, "consent-revoked")


def test_a_revoked_consent_ends_matches_that_were_answered_before(bank: Caller, offer: str) -> None:
    need_id = write_down(bank, SOUND)
    before = matches_of(bank, need_id)
    bank.delete(f"/v1/consents/{bank.get(f'/v1/needs/{need_id}').json()['consent_id']}")
    answer = bank.get(f"/v1/needs/{need_id}/matches")
    assert (answer.status_code, answer.json()["code"]) == (403, "consent-revoked")
    assert body_of(bank.get(f"/v1/reports/{before['report_id']}")) == before


def test_nobody_else_sees_needs_or_loan_products(bank: Caller, other_bank: Caller, offer: str) -> None:
    need_id = write_down(bank, SOUND)
    for path in (f"/v1/needs/{need_id}", f"/v1/needs/{need_id}/matches"):
        assert other_bank.get(path).status_code == 404
    assert bank.get(f"/v1/loan-products/{offer}").status_code == 404
    assert bank.delete(f"/v1/loan-products/{offer}").status_code == 404
    assert need_id not in {need["need_id"] for need in other_bank.get("/v1/needs").json()["items"]}


def test_lists_come_in_pages(bank: Caller, other_bank: Caller) -> None:
    for path, caller in (("/v1/needs", bank), ("/v1/loan-products", other_bank)):
        whole = caller.get(path).json()["items"]
        first = caller.get(path, params={"limit": 1}).json()
        rest = caller.get(path, params={"cursor": first["next_cursor"]}).json()
        assert first["items"] + rest["items"] == whole
        assert rest["next_cursor"] is None


@pytest.mark.parametrize(
    "change",
    [
        pytest.param({"amount_fen": {"least": 5, "most": 1}}, id="least above most"),
        pytest.param({"institution": "别的银行"}, id="in another's name"),
        pytest.param({"rate_bps": 20_000}, id="a usurious rate"),
        pytest.param({"secured": []}, id="no security"),
    ],
)
def test_malformed_loan_products(bank: Caller, change: dict[str, Any]) -> None:
    assert bank.post("/v1/loan-products", OFFER | change).status_code == 422
