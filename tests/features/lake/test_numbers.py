"""A record without a code finds its enterprise by a number from before the codes, or by trade name and district."""

from datetime import date
from pathlib import Path

import pytest

from features.contracts.court_case import COURT_CASE
from features.contracts.fire_inspection import FIRE_INSPECTION
from features.contracts.registration import REGISTRATION
from features.contracts.tax_registration import TAX_REGISTRATION
from features.lake.compaction import compact
from features.lake.lake import Lake
from features.lake.landing import land, settle_links
from features.lake.links import list_links
from features.lake.quarantine import list_waiting
from features.lake.registry import enterprises
from features.lake.relinking import waiting_records
from features.lake.renaming import renamed_since_settled
from features.lake.unlinking import end_link
from features.lake.vacuum import vacuum
from tests.factories.courts import court_case
from tests.factories.lakes import ACME, BETA, GAMMA, deliver, instant, known, land_rows, make_lake
from tests.factories.oversight import fire_inspection
from tests.factories.registrations import registration
from tests.factories.tax import tax_registration

NUMBER, TAX_ID = "440301123456789", "44030112345678X"
AT = instant("2025-06-01")
NAME = "深圳市甲乙贸易有限公司"


@pytest.fixture
def lake(tmp_path: Path) -> Lake:
    return make_lake(tmp_path)


def owners(lake: Lake, as_of: str = "2025-07-01") -> list[str]:
    return known(lake, COURT_CASE, as_of)["uscc"].to_list()


def rungs(lake: Lake) -> list[tuple[str, str, float]]:
    return [(link.uscc, link.rule, link.score) for link in list_links(lake)]


def test_a_registration_number_is_surer_than_a_name(lake: Lake) -> None:
    land_rows(lake, REGISTRATION, [registration(ACME, "甲", reg_no=NUMBER), registration(BETA, NAME)], "2025-03-01")
    land_rows(lake, COURT_CASE, [court_case(NUMBER, NAME)], "2025-04-01")
    assert owners(lake) == [ACME]
    assert rungs(lake) == [(ACME, "number", 1.0)]
    assert enterprises(lake).height == 2, "a number enrols nobody"


def test_a_tax_id_that_comes_later_counts_from_then_on(lake: Lake) -> None:
    land_rows(lake, COURT_CASE, [court_case(TAX_ID, "某公司")], "2025-04-01")
    assert [row.code for row in list_waiting(lake)] == ["unlinked"]
    land_rows(lake, TAX_REGISTRATION, [tax_registration(ACME, tax_id=TAX_ID)], "2025-05-01")
    assert (owners(lake, "2025-04-30"), owners(lake, "2025-05-01")) == ([], [ACME])


def test_a_tax_id_that_is_a_code_is_no_alias(lake: Lake) -> None:
    land_rows(lake, TAX_REGISTRATION, [tax_registration(ACME, tax_id=BETA)], "2025-03-01")
    land_rows(lake, COURT_CASE, [court_case(BETA, "某公司")], "2025-04-01")
    assert owners(lake) == [BETA]


@pytest.mark.parametrize(
    ("beta_known", "beta_since", "owner"),
    [
        pytest.param("2025-03-01", date(2018, 5, 4), [], id="two bore it"),
        pytest.param("2025-03-01", date(2025, 2, 10), [], id="the second since the day of the event"),
        pytest.param("2025-03-01", date(2025, 2, 11), [ACME], id="the second only since the day after"),
        pytest.param("2025-05-01", date(2018, 5, 4), [ACME], id="the second was known later"),
    ],
)
def test_a_number_two_enterprises_bear(lake: Lake, beta_known: str, beta_since: date, owner: list[str]) -> None:
    first = registration(ACME, "甲", reg_no=NUMBER, received_at=instant("2025-03-01"))
    second = registration(BETA, "乙", beta_since, reg_no=NUMBER, received_at=instant(beta_known))
    land_rows(lake, REGISTRATION, [first, second], "2025-06-01")
    land_rows(lake, COURT_CASE, [court_case(NUMBER, "某公司", received_at=instant("2025-04-01"))], "2025-06-01")
    assert owners(lake) == owner


def test_history_that_shows_a_second_bearer_takes_the_record_away(lake: Lake) -> None:
    land_rows(lake, REGISTRATION, [registration(ACME, "甲", reg_no=NUMBER)], "2025-03-01")
    land_rows(lake, COURT_CASE, [court_case(NUMBER, "某公司")], "2025-04-01")
    second = registration(BETA, "乙", reg_no=NUMBER, received_at=instant("2025-02-01"))
    land_rows(lake, REGISTRATION, [second], "2025-06-01")
    assert owners(lake) == []
    assert [row.code for row in list_waiting(lake)] == ["unlinked"]


CORRECTED = {"version": 2, "op": "U", "reg_no": None}
WITHDRAWN = {"version": 2, "op": "D", "reg_no": NUMBER}


@pytest.mark.parametrize("taken", [pytest.param(CORRECTED, id="corrected"), pytest.param(WITHDRAWN, id="withdrawn")])
def test_a_number_that_was_taken_away_links_no_more(lake: Lake, taken: dict[str, object]) -> None:
    land_rows(lake, REGISTRATION, [registration(ACME, "甲", reg_no=NUMBER)], "2025-03-01")
    land_rows(lake, COURT_CASE, [court_case(NUMBER, "某公司", case_no="1")], "2025-03-02")
    land_rows(lake, REGISTRATION, [registration(ACME, "甲", **{"reg_no": NUMBER} | taken)], "2025-03-03")
    land_rows(lake, COURT_CASE, [court_case(NUMBER, "某公司", case_no="2")], "2025-04-01")
    assert known(lake, COURT_CASE, "2025-07-01")["case_no"].to_list() == ["1"], "what was linked in good faith stays"
    land_rows(lake, REGISTRATION, [registration(BETA, "乙", reg_no=NUMBER)], "2025-05-01")
    assert owners(lake) == [ACME, BETA]


def test_a_tax_id_that_was_corrected_away_links_no_more(lake: Lake) -> None:
    land_rows(lake, TAX_REGISTRATION, [tax_registration(ACME, tax_id=TAX_ID)], "2025-03-01")
    corrected = tax_registration(ACME, tax_id=ACME, version=2, op="U")
    land_rows(lake, TAX_REGISTRATION, [corrected], "2025-03-02")
    land_rows(lake, COURT_CASE, [court_case(TAX_ID, "某公司")], "2025-04-01")
    assert owners(lake) == []


def test_history_that_takes_a_number_away_takes_the_record_away(lake: Lake) -> None:
    land_rows(lake, REGISTRATION, [registration(ACME, "甲", reg_no=NUMBER)], "2025-03-01")
    land_rows(lake, COURT_CASE, [court_case(NUMBER, "某公司")], "2025-04-01")
    late = registration(ACME, "甲", **CORRECTED, received_at=instant("2025-03-02"))
    land_rows(lake, REGISTRATION, [late], "2025-06-01")
    assert owners(lake) == []
    assert [row.code for row in list_waiting(lake)] == ["unlinked"]


def test_a_number_undone_is_not_tried_again(lake: Lake) -> None:
    land_rows(lake, REGISTRATION, [registration(ACME, "甲", reg_no=NUMBER)], "2025-03-01")
    land_rows(lake, COURT_CASE, [court_case(NUMBER, "某公司", case_no="1")], "2025-04-01")
    end_link(lake, 1, at=instant("2025-05-01"))
    land_rows(lake, COURT_CASE, [court_case(NUMBER, "某公司", case_no="2")], "2025-06-01")
    assert owners(lake) == []


NANSHAN, FUTIAN = "深圳市南山区科苑路1号", "深圳市福田区深南路2号"


def inspected(lake: Lake, name: str, address: str) -> list[str]:
    land_rows(lake, FIRE_INSPECTION, [fire_inspection(None, name=name, address=address)], "2025-06-01")
    return known(lake, FIRE_INSPECTION, "2025-07-01")["uscc"].to_list()


def two_of_one_trade_name(lake: Lake, other_address: str) -> None:
    firms = [
        registration(ACME, "深圳市甲乙贸易有限公司", address=NANSHAN),
        registration(BETA, "广州市甲乙贸易有限公司", address=other_address),
    ]
    land_rows(lake, REGISTRATION, firms, "2025-03-01")


@pytest.mark.parametrize(("address", "owner"), [(NANSHAN, ACME), (FUTIAN, BETA)])
def test_one_trade_name_in_two_districts(lake: Lake, address: str, owner: str) -> None:
    two_of_one_trade_name(lake, FUTIAN)
    assert inspected(lake, "甲乙贸易有限责任公司", address) == [owner]
    assert rungs(lake) == [(owner, "trade-name", 0.85)]


@pytest.mark.parametrize(
    ("name", "address"),
    [
        pytest.param("甲乙贸易有限公司", "深圳市宝安区", id="another district"),
        pytest.param("甲乙贸易股份有限公司", NANSHAN, id="another form"),
        pytest.param("甲乙科技有限公司", NANSHAN, id="another industry"),
        pytest.param("甲乙贸易有限公司", "科苑路1号", id="no district"),
    ],
)
def test_a_trade_name_alone_is_not_enough(lake: Lake, name: str, address: str) -> None:
    two_of_one_trade_name(lake, FUTIAN)
    assert inspected(lake, name, address) == []


SHOP, SAME_STREET = "深圳市南山区甲乙小馆", "深圳市南山区粤海街道科苑路9号"


@pytest.mark.parametrize(
    ("name", "address", "owner"),
    [
        pytest.param("甲乙小馆", SAME_STREET, [ACME], id="its street"),
        pytest.param("甲乙小馆", "深圳市南山区深南大道1号", [BETA], id="its namesake's street"),
        pytest.param("甲乙小馆", "深圳市南山区", [], id="no street"),
        pytest.param("甲乙小馆", "深圳市福田区科苑路1号", [], id="another district"),
        pytest.param("甲乙饭馆", SAME_STREET, [], id="another name"),
    ],
)
def test_a_shop_is_found_by_its_name_and_street(lake: Lake, name: str, address: str, owner: list[str]) -> None:
    shops = [
        registration(ACME, SHOP, address=NANSHAN),
        registration(BETA, SHOP.replace("南山区", ""), address="深圳市南山区深南大道8号"),
    ]
    land_rows(lake, REGISTRATION, shops, "2025-03-01")
    assert inspected(lake, name, address) == owner
    assert rungs(lake) == [(found, "shop-name", 0.82) for found in owner]


def test_two_shops_of_one_name_in_one_street_stay_two(lake: Lake) -> None:
    land_rows(lake, REGISTRATION, [registration(firm, SHOP, address=NANSHAN) for firm in (ACME, BETA)], "2025-03-01")
    assert inspected(lake, "甲乙小馆", NANSHAN) == []


def test_two_codes_of_one_trade_name_in_one_district_stay_two(lake: Lake) -> None:
    two_of_one_trade_name(lake, NANSHAN)
    assert inspected(lake, "甲乙贸易有限公司", NANSHAN) == []
    assert enterprises(lake).height == 2


def test_a_feed_without_an_address_is_not_matched_by_trade_name(lake: Lake) -> None:
    two_of_one_trade_name(lake, FUTIAN)
    land_rows(lake, COURT_CASE, [court_case(None, "甲乙贸易有限公司")], "2025-06-01")
    assert owners(lake) == []


def test_only_names_that_mean_something_else_are_looked_at_again(lake: Lake) -> None:
    firms = [registration(ACME, NAME, reg_no=NUMBER), registration(BETA, "深圳市丙丁贸易有限公司")]
    land_rows(lake, REGISTRATION, firms, "2025-03-01")
    same = renamed_since_settled(lake)
    assert same is not None
    assert (same.names.len(), same.trades.len(), same.numbers.len()) == (0, 0, 0)
    unchanged = registration(ACME, NAME, reg_no=NUMBER, version=2, op="U", status="歇业")
    renamed = registration(BETA, "深圳市戊己贸易有限公司", version=2, op="U")
    land(lake, deliver(REGISTRATION, [unchanged, renamed], lake.root.parent / "2"), received_at=AT, links=False)
    found = renamed_since_settled(lake)
    assert found is not None
    assert (found.names.len(), found.trades.len(), found.numbers.len()) == (2, 2, 0), "the old name and the new"
    settle_links(lake, at=AT)
    settled = renamed_since_settled(lake)
    assert settled is not None
    assert settled.names.is_empty()


def test_only_waiting_rows_of_a_name_that_means_something_else_are_tried_again(lake: Lake) -> None:
    names = [NAME, "深圳市丙丁贸易有限公司"]
    waiting = [court_case(None, name, record_id=f"F26-{number}") for number, name in enumerate(names)]
    land_rows(lake, COURT_CASE, waiting, "2025-03-01")
    settled = renamed_since_settled(lake)
    assert settled is not None
    assert waiting_records(lake, COURT_CASE, settled).is_empty()
    land(lake, deliver(REGISTRATION, [registration(ACME, NAME)], lake.root.parent / "2"), received_at=AT, links=False)
    found = renamed_since_settled(lake)
    assert found is not None
    assert waiting_records(lake, COURT_CASE, found).to_list() == [0]
    settle_links(lake, at=AT)
    assert [row.record_id for row in list_waiting(lake)] == ["F26-1"]


def test_a_later_version_that_waits_follows_an_earlier_one_that_comes_with_a_code(lake: Lake) -> None:
    land_rows(lake, COURT_CASE, [court_case(None, NAME, version=2, op="U", record_id="F26-7")], "2025-03-01")
    land_rows(lake, COURT_CASE, [court_case(ACME, "别的公司", record_id="F26-7")], "2025-04-01")
    assert list_waiting(lake) == []
    assert owners(lake) == [ACME]


def test_links_left_unsettled_by_a_kill_are_settled_when_the_delivery_comes_again(lake: Lake) -> None:
    land_rows(lake, COURT_CASE, [court_case(None, NAME)], "2025-03-01")
    delivered = deliver(REGISTRATION, [registration(ACME, NAME)], lake.root.parent / "2")
    land(lake, delivered, received_at=AT, links=False)
    assert owners(lake) == []
    land(lake, delivered, received_at=AT)
    assert owners(lake) == [ACME]


def test_links_stay_settled_through_compaction_and_vacuum(lake: Lake) -> None:
    land_rows(lake, REGISTRATION, [registration(ACME, NAME, reg_no=NUMBER)], "2025-03-01")
    for feed in ("F01", "F23"):
        land_rows(lake, REGISTRATION, [registration(BETA, f"深圳市{feed}贸易有限公司")], "2025-03-02")
        compact(lake, feed, at=AT)
    vacuum(lake, keep_days=0, at=instant("2025-06-02"))
    same = renamed_since_settled(lake)
    assert same is not None, "what links were settled by can still be read"
    assert same.names.is_empty()


def test_links_left_unsettled_are_settled_by_the_next_registrations(lake: Lake) -> None:
    land_rows(lake, REGISTRATION, [registration(ACME, NAME)], "2025-03-01")
    land_rows(lake, COURT_CASE, [court_case(None, NAME)], "2025-04-01")
    taken = registration(BETA, NAME, received_at=instant("2025-02-01"))
    land(lake, deliver(REGISTRATION, [taken], lake.root.parent / "late"), received_at=AT, links=False)
    assert owners(lake) == [ACME]
    compact(lake, "F01", at=AT)
    land_rows(lake, REGISTRATION, [registration(GAMMA, "别的公司")], "2025-06-02")
    assert owners(lake) == []
