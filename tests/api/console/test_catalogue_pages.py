"""The catalogue of feeds and features, as a product manager reads it."""

from pathlib import Path

import polars as pl
import pytest
from httpx import Client
from markupsafe import escape

from bureau.clock import known_before, now
from bureau.errors import SchemaDrift
from bureau.settings import Settings
from features.contracts.chinese import in_chinese
from features.contracts.contract import Contract
from features.contracts.feeds import DERIVED_FEEDS, FEEDS, find_feed
from features.contracts.shareholder import SHAREHOLDER
from features.contracts.tax_arrears import TAX_ARREARS
from features.contracts.tax_grade import TAX_GRADE
from features.definitions.library import find_feature, published
from features.health.feature_days import measure_features
from features.health.feed_days import keep_feeds, measure_feeds
from features.lake.lake import open_lake
from features.lake.stops import read_or_stop
from models.worth.files import write_worth
from tests.factories.deployments import Caller
from tests.factories.lakes import ACME, BETA, land_rows
from tests.factories.market import shareholder
from tests.factories.retiring import retire
from tests.factories.tax import tax_arrears, tax_grade
from tests.factories.worth import course, measured_worth


@pytest.fixture
def inside(http: Client, manager: Caller) -> Client:
    http.cookies.clear()
    http.post("/console/login", data={"client_id": manager.client_id, "client_secret": manager.client_secret})
    return http


@pytest.mark.parametrize(
    "path", ["/console/feeds", "/console/feeds/F18", "/console/features", "/console/features/tax_grade"]
)
def test_the_catalogue_wants_a_session(http: Client, path: str) -> None:
    http.cookies.clear()
    assert http.get(path).headers["location"] == "/console/login"


@pytest.mark.parametrize("language", ["zh", "en"])
def test_every_feed_is_listed_and_has_its_page(inside: Client, language: str) -> None:
    listing = inside.get("/console/feeds", params={"lang": language}).text
    for contract in FEEDS:
        assert f'href="/console/feeds/{contract.code}' in listing
    for code in ("F01", "F18", "F60"):
        page = inside.get(f"/console/feeds/{code}", params={"lang": language})
        assert page.status_code == 200
        assert find_feed(code).legal_basis in page.text
        rules = [rule.text for rule in find_feed(code).quality_rules]
        told = rules if language == "en" else [in_chinese(rule) for rule in rules]
        assert all(f'<td class="rule">{escape(rule)}</td>' in page.text for rule in told)


def test_a_chinese_page_says_in_chinese_what_the_contract_says_in_english(inside: Client) -> None:
    chinese, english = (inside.get("/console/feeds/F18", params={"lang": lang}).text for lang in ("zh", "en"))
    for said, meant in (
        ("已公告部分公开", "announced part public"),
        (
            "清缴后5年；未载清缴日的自余额核定之日起5年",
            "until cleared, or struck where no clearing is told, and 5 years",
        ),
        ("余额核定之日", "Day the balance was struck"),
        ("整数", "whole number"),
    ):
        assert f">{said}<" in chinese
        assert f">{meant}<" in english
        assert meant not in chinese


def test_a_feeds_page_says_while_what_its_records_are_used(inside: Client) -> None:
    chinese, english = (inside.get("/console/feeds/X02", params={"lang": lang}).text for lang in ("zh", "en"))
    assert "移除日期 &gt; 使用日" in chinese
    assert "期限表 dishonest_debtor 的起始日" in chinese
    assert "removed_on &gt; the day of use" in english


def test_a_feeds_rules_stand_in_a_table_with_what_happens(inside: Client) -> None:
    chinese, english = (inside.get("/console/feeds/F18", params={"lang": lang}).text for lang in ("zh", "en"))
    for said, meant in (
        ("级别", "Severity"),
        ("整批不入库，该类数据停止接收", "the delivery is refused and the feed stops"),
        ("该行隔离待处理，其余入库", "the row waits in quarantine, the others land"),
    ):
        assert f">{said}</" in chinese
        assert f">{meant}</" in english


def test_a_chinese_feature_page_tells_its_definition_in_chinese(inside: Client) -> None:
    page = inside.get("/console/features/tax_arrears_count_24m").text
    assert "F18 近 24 个月：记录数，条件为 欠税余额 &gt; 0" in page
    assert "次公告" in page
    assert "数据接入后为0，否则未知" in page
    assert "近24个月欠税〔数值〕次" in page
    assert "arrears_fen" not in page
    assert " of the last 24 months" in inside.get("/console/features/tax_arrears_count_24m?lang=en").text


@pytest.mark.parametrize("contract", DERIVED_FEEDS, ids=lambda contract: contract.code)
def test_a_derived_feed_has_its_page_that_leads_to_what_it_is_made_of(inside: Client, contract: Contract) -> None:
    page = inside.get(f"/console/feeds/{contract.code}")
    assert page.status_code == 200
    for source in contract.derived_from:
        assert f'href="/console/feeds/{source}"' in page.text
        assert f">{find_feed(source).department}</text>" in page.text
    assert "按月接收的记录" not in page.text
    assert "bureau models worth" not in page.text


def test_a_feeds_page_leads_to_its_features_and_products(inside: Client) -> None:
    page = inside.get("/console/feeds/F18").text
    assert 'href="/console/features/tax_arrears_count_24m' in page
    assert "P07" in page
    assert "arrears_fen" in page


@pytest.mark.parametrize("name", [entry.name for entry in published()][::12])
def test_a_features_page_says_what_it_is(inside: Client, name: str) -> None:
    entry = find_feature(name)
    for language, label in (("zh", entry.label), ("en", entry.label_en)):
        page = inside.get(f"/console/features/{name}", params={"lang": language})
        assert page.status_code == 200
        assert str(escape(label)) in page.text
        assert all(f"/console/feeds/{code}" in page.text for code in entry.feeds)


def test_a_feature_of_a_derived_feed_leads_back_to_what_was_delivered(inside: Client) -> None:
    page = inside.get("/console/features/related_firms").text
    assert all(f'href="/console/feeds/{code}"' in page for code in ("X01", "F03", "F04"))
    assert f">{find_feed('F03').department}</text>" in page


def test_the_library_is_narrowed_by_text_and_feed(inside: Client) -> None:
    page = inside.get("/console/features", params={"text": "ARREARS", "feed": "F18"}).text
    assert "tax_arrears_count_24m" in page
    assert "insured_staff" not in page
    assert "没有符合条件的特征" in inside.get("/console/features", params={"text": "<script>"}).text


def test_a_retired_feature_has_its_page_and_leads_to_what_to_read_instead(
    inside: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    retired, successor = retire(monkeypatch)
    for language, suffix, said in (("zh", "", "已停用"), ("en", "?lang=en", "Retired")):
        page = inside.get(f"/console/features/{retired.name}", params={"lang": language}).text
        assert said in page
        assert f'href="/console/features/{successor.name}{suffix}"' in page
        assert said not in inside.get(f"/console/features/{successor.name}", params={"lang": language}).text
    listing = inside.get("/console/features", params={"feed": "F18"}).text
    assert f'"/console/features/{successor.name}' in listing
    assert f'"/console/features/{retired.name}' not in listing


@pytest.mark.parametrize("path", ["/console/features/nothing", "/console/feeds/F99", "/console/feeds/<b>"])
def test_an_unknown_name_leads_back_to_the_lists(inside: Client, path: str) -> None:
    found = inside.get(path)
    assert found.status_code == 404
    assert "没有此页" in found.text
    assert 'href="/console/feeds"' in found.text
    assert "<b>" not in found.text
    assert "Nothing here" in inside.get(path, params={"lang": "en"}).text


def test_a_measured_day_is_drawn_with_its_table(inside: Client, settings: Settings, tmp_path: Path) -> None:
    entry = find_feature("tax_arrears_count_24m")
    path = tmp_path / "built.parquet"
    pl.DataFrame({"enterprise_id": range(1, 6), entry.name: [0.0, 0.0, 1.0, 7.0, None]}).write_parquet(path)
    folder, day = settings.home / "health", settings.feature_day
    measure_features(folder, [path], [entry], day)
    keep_feeds(folder, measure_feeds(open_lake(settings.home, settings.catalogue_url), day), day)
    page = inside.get(f"/console/features/{entry.name}").text
    assert 'id="spec-bins"' in page
    assert "20.0%" in page
    district = find_feature("registration_district")
    pl.DataFrame({"enterprise_id": [1, 2], district.name: ["440305", None]}).write_parquet(path)
    measure_features(folder, [path], [district], day)
    for language, name in (("zh", "南山区"), ("en", "Nanshan")):
        shown = inside.get(f"/console/features/{district.name}", params={"lang": language}).text
        assert f"<td>{name}</td>" in shown
        assert "<td>440305</td>" not in shown
    assert 'id="spec-months"' in inside.get("/console/feeds/F01").text


def test_a_feed_stopped_by_other_columns_says_by_which_file(inside: Client, settings: Settings, tmp_path: Path) -> None:
    assert "暂停接收" not in inside.get("/console/feeds").text
    drifted = tmp_path / "drifted.csv"
    drifted.write_text("uscc,colour\n", "utf-8")
    with pytest.raises(SchemaDrift):
        read_or_stop(open_lake(settings.home, settings.catalogue_url), drifted, at=now(), feed="F44")
    assert inside.get("/console/feeds").text.count("暂停接收") == 1
    assert "文件 drifted.csv 的字段与约定不符" in inside.get("/console/feeds/F44").text
    assert "nothing lands until its publisher sends newer rows" in inside.get("/console/feeds/F44?lang=en").text
    assert "暂停接收" not in inside.get("/console/feeds/F18?lang=zh").text


def test_a_measured_feed_shows_its_worth_and_others_how_to_measure_it(inside: Client, settings: Settings) -> None:
    assert "bureau models worth --feed F18" in inside.get("/console/feeds/F18").text
    worth = measured_worth("F18")
    write_worth(settings.home, worth.model_copy(update={"courses": (*worth.courses, course("published_no_more", 9.0))}))
    for language, label in (("zh", "去掉本数据后的损失"), ("en", "Lost without this feed")):
        page = inside.get("/console/feeds/F18", params={"lang": language}).text
        assert label in page
        assert "0.0176 ± 0.0134" in page
        assert 'id="spec-worth"' in page
        assert "<td>published_no_more</td>" in page
    assert "bureau models worth --feed F16" in inside.get("/console/feeds/F16").text
    assert "bureau models worth" not in inside.get("/console/feeds/F60").text


def test_a_feed_is_stale_on_its_pages_as_its_answers_say(inside: Client, settings: Settings) -> None:
    """Neither a delivery refused whole nor one that came after the home's own day counts; a derived feed is as stale
    as what it is made of."""
    lake = open_lake(settings.home, settings.catalogue_url)
    land_rows(lake, TAX_ARREARS, [tax_arrears(ACME)], "2025-04-05")
    land_rows(lake, SHAREHOLDER, [shareholder(ACME)], "2025-01-05")
    land_rows(lake, TAX_GRADE, [tax_grade(ACME)], "2025-06-20")
    assert land_rows(lake, TAX_ARREARS, [tax_arrears(BETA, arrears_fen=-1)], "2025-06-20").quarantined == 1
    land_rows(lake, TAX_ARREARS, [tax_arrears(BETA)], known_before(settings.feature_day))
    listing = inside.get("/console/feeds").text
    for code, stale in (("F18", True), ("F03", True), ("X01", True), ("F14", False), ("F44", False)):
        row = listing.partition(f'href="/console/feeds/{code}')[2].partition("</tr>")[0]
        assert ("数据过期" in row) is stale, code
        assert ("数据过期" in inside.get(f"/console/feeds/{code}").text) is stale, code
