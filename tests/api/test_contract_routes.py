"""Contracts over the wire: two officers agree, the bank reads its own, a month is priced ahead."""

import json
from typing import Any

import pytest
from httpx import Client

from api.contract_routes import EXAMPLE_TERMS
from bureau.settings import Settings
from tests.factories.deployments import Caller, enrol
from tests.factories.lakes import BETA

PROPOSALS = "/v1/contract-proposals"
DEARER = {"rules": [{"product": "P01", "per": "hit", "price": {"model": "flat", "unit_fen": 450}}]}


@pytest.fixture(scope="module")
def officer(settings: Settings, http: Client) -> Caller:
    return enrol(settings, http, "平台", "pricing_officer")


@pytest.fixture(scope="module")
def second(settings: Settings, http: Client) -> Caller:
    return enrol(settings, http, "平台", "pricing_officer")


def propose(officer: Caller, institution: str, terms: Any = DEARER, **more: Any) -> dict[str, Any]:
    answer = officer.post(PROPOSALS, {"institution": institution, "terms": terms} | more)
    assert answer.status_code == 201, answer.text
    return dict(answer.json())


def contracts(caller: Caller) -> list[dict[str, Any]]:
    return list(caller.get("/v1/contracts").json()["items"])


def test_two_officers_change_what_a_call_costs(
    settings: Settings, http: Client, officer: Caller, second: Caller
) -> None:
    bank = enrol(settings, http, "双人银行")
    before = bank.report(BETA).json()["charge"]
    proposal = propose(officer, "双人银行")
    assert bank.report(BETA).json()["charge"] == before, "a proposal binds nobody"
    place = f"{PROPOSALS}/{proposal['proposal_id']}"

    alone = officer.post(f"{place}/approval", {})
    assert (alone.status_code, alone.json()["code"]) == (409, "second-person-needed")
    assert f"POST {place}/approval" in alone.json()["detail"]

    agreed = second.post(f"{place}/approval", {}).json()
    assert (agreed["version"], agreed["in_force"], agreed["proposal_id"]) == (2, True, proposal["proposal_id"])
    assert (agreed["proposed_by"], agreed["agreed_by"]) == (officer.client_id, second.client_id)
    assert bank.report(BETA).json()["charge"]["amount_fen"] == 450
    assert officer.get(place).json()["contract_id"] == agreed["contract_id"]

    again = second.post(f"{place}/approval", {})
    assert (again.status_code, again.json()["code"]) == (409, "state-conflict")


def test_two_clients_of_one_person_are_one_officer(settings: Settings, http: Client) -> None:
    enrol(settings, http, "一人银行")
    first, again, another = (
        enrol(settings, http, "平台", "pricing_officer", person=name) for name in ("李伟", "李 伟", "张敏")
    )
    proposal = propose(first, "一人银行")
    place = f"{PROPOSALS}/{proposal['proposal_id']}/approval"
    alone = again.post(place, {})
    assert (alone.status_code, alone.json()["code"]) == (409, "second-person-needed")
    assert f"{first.client_id} (李伟)" in alone.json()["detail"]
    assert another.post(place, {}).status_code == 201


def test_terms_begin_when_they_say(settings: Settings, http: Client, officer: Caller, second: Caller) -> None:
    bank = enrol(settings, http, "来年银行")
    proposal = propose(officer, "来年银行", in_force_from="2099-01-01T00:00:00+08:00")
    later = second.post(f"{PROPOSALS}/{proposal['proposal_id']}/approval", {}).json()
    assert (later["in_force_from"], later["in_force"]) == ("2098-12-31T16:00:00Z", False)
    assert [found["in_force"] for found in contracts(bank)] == [False, True]


def test_a_bank_reads_its_own_contract_and_no_other(bank: Caller, other_bank: Caller, officer: Caller) -> None:
    (own,) = contracts(bank)
    assert own["institution"] == "农商银行"
    assert {rule["product"] for rule in own["terms"]["rules"]} >= {"P01", "P07"}
    assert bank.get(f"/v1/contracts/{own['contract_id']}").json() == own
    theirs = other_bank.get(f"/v1/contracts/{own['contract_id']}")
    assert (theirs.status_code, theirs.json()["code"]) == (404, "unknown-object")
    assert {found["institution"] for found in contracts(officer)} >= {"农商银行", "城市银行"}


def test_lists_go_on_where_a_page_ends(officer: Caller, bank: Caller, other_bank: Caller) -> None:
    for _ in range(2):
        propose(officer, "农商银行")
    for path, name in (("/v1/contracts", "contract_id"), (PROPOSALS, "proposal_id")):
        first = officer.get(path, params={"limit": 1}).json()
        after = officer.get(path, params={"limit": 1, "cursor": first["next_cursor"]}).json()
        assert first["items"][0][name] != after["items"][0][name]
    assert officer.get("/v1/contracts", params={"cursor": "no-number"}).json()["items"] == []


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        pytest.param({"institution": "无此银行", "terms": DEARER}, 400, "unknown-name", id="an unknown institution"),
        pytest.param(
            {"institution": "农商银行", "terms": DEARER, "in_force_from": "2020-01-01T00:00:00Z"},
            400,
            "invalid-input",
            id="in the past",
        ),
        pytest.param(
            {"institution": "农商银行", "terms": DEARER, "in_force_from": "2099-01-01T00:00:00"},
            422,
            "malformed-request",
            id="an instant without a zone",
        ),
        pytest.param(
            {"institution": "农商银行", "terms": {"rules": DEARER["rules"] * 2}},
            422,
            "malformed-request",
            id="two prices",
        ),
        pytest.param(
            {"institution": "农商银行", "terms": {"rules": [DEARER["rules"][0] | {"product": "P99"}]}},
            404,
            "unknown-product",
            id="a product that is not sold",
        ),
    ],
)
def test_what_cannot_be_proposed(officer: Caller, bank: Caller, body: dict[str, Any], status: int, code: str) -> None:
    answer = officer.post(PROPOSALS, body)
    assert (answer.status_code, answer.json()["code"]) == (status, code)


def test_a_proposal_that_is_none(officer: Caller) -> None:
    for answer in (officer.get(f"{PROPOSALS}/none"), officer.post(f"{PROPOSALS}/none/approval", {})):
        assert (answer.status_code, answer.json()["code"]) == (404, "unknown-object")


def test_a_month_is_priced_by_the_contract_in_force(bank: Caller, officer: Caller) -> None:
    asked = {"calls": [{"product": "P01", "calls": 1000}, {"product": "P01", "outcome": "not_found", "calls": 50}]}
    own = bank.post("/v1/price-previews", asked).json()
    assert (own["contract_version"], own["total_fen"]) == (1, 300_000)
    assert [(line["units"], line["price_rule"] is None) for line in own["calls"]] == [(1000, False), (0, True)]
    named = officer.post("/v1/price-previews", asked | {"institution": "农商银行"}).json()
    assert named == own


def test_terms_are_priced_before_they_are_proposed(officer: Caller) -> None:
    asked = {"terms": EXAMPLE_TERMS, "calls": [{"product": "P07", "calls": 25_000}]}
    priced = officer.post("/v1/price-previews", asked).json()
    (line,) = priced["calls"]
    assert (line["refused"], line["units"]) == (5_000, 20_000)
    assert priced["total_fen"] == 5_000_000, "the cap of the month"


@pytest.mark.parametrize("limits", ["quotas", "calls_per_minute"])
def test_limits_of_what_is_no_text_are_malformed(officer: Caller, limits: str) -> None:
    asked = {"terms": EXAMPLE_TERMS | {limits: {"\ud800": 1}}, "calls": [{"product": "P07", "calls": 1}]}
    headers = officer.headers | {"Content-Type": "application/json"}
    answer = officer.http.post("/v1/price-previews", content=json.dumps(asked), headers=headers)
    assert (answer.status_code, answer.json()["code"]) == (422, "malformed-request")


def test_whose_prices_nobody_else_asks_for(bank: Caller, officer: Caller) -> None:
    asked = {"calls": [{"product": "P01", "calls": 1}], "institution": "城市银行"}
    refused = bank.post("/v1/price-previews", asked)
    assert (refused.status_code, refused.json()["code"]) == (403, "role-not-permitted")
    none = officer.post("/v1/price-previews", {"calls": [{"product": "P01", "calls": 1}]})
    assert (none.status_code, none.json()["code"]) == (404, "unknown-object"), "the platform has no contract of its own"
