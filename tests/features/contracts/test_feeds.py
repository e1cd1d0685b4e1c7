"""Every contract says what a reviewer must know, and refuses what its department must not send."""

from datetime import date, timedelta
from typing import Any

import duckdb
import polars as pl
import pytest

from bureau.errors import UnknownName
from features.contracts.contract import DAYS_OFF, HASH_PATTERN, Contract
from features.contracts.feeds import DERIVED_FEEDS, FEEDS, find_feed
from features.contracts.quality import Severity, same_key
from features.lake.judgement import judge
from features.law.calendar import is_working_day
from tests.factories.feeds import VALID_ROWS
from tests.factories.lakes import ACME, frame_of, instant

EVERY_FEED = [pytest.param(contract, id=contract.code) for contract in FEEDS]


def refusal(contract: Contract, **changes: Any) -> str:
    """The one reason why a valid row with these changes is refused; empty where it is kept."""
    judged = judge(frame_of(contract, [VALID_ROWS[contract.code](ACME) | changes]), contract, instant("2025-07-01"))
    assert judged.kept.height + judged.refused.height == 1
    return "".join(judged.refused["reason"])


def test_there_are_64_feeds_once_each_and_two_of_lines() -> None:
    expected = [*(f"F{number:02d}" for number in range(1, 65)), "F16L", "F62L"]
    assert sorted(contract.code for contract in FEEDS) == sorted(expected)


@pytest.mark.parametrize("contract", [*FEEDS, *DERIVED_FEEDS], ids=lambda contract: contract.code)
def test_every_rule_is_told_once_with_its_severity(contract: Contract) -> None:
    told: dict[Severity, list[str]] = {"block": [], "quarantine": [], "warn": []}
    for rule in contract.quality_rules:
        told[rule.severity].append(rule.text)
    assert len({rule.text for rule in contract.quality_rules}) == len(contract.quality_rules)
    assert bool(told["block"]) is not bool(contract.derived_from)
    assert told["quarantine"]
    assert set(contract.row_rules) <= set(told["quarantine"])
    assert told["warn"] == [*(doubt.text for doubt in contract.doubts), same_key(contract.grain)]
    assert told["warn"]


@pytest.mark.parametrize("contract", EVERY_FEED)
def test_the_contract_states_its_facts(contract: Contract) -> None:
    for fact in (
        "name",
        "name_en",
        "department",
        "controller",
        "share_scope",
        "legal_basis",
        "retention",
        "act",
        "channel",
    ):
        assert getattr(contract, fact), fact
    assert contract.subject in contract.own_columns
    assert set(contract.grain) <= set(contract.dtypes)
    assert contract.publish_lag_days[0] <= contract.publish_lag_days[1]
    assert contract.receive_lag_days[0] <= contract.receive_lag_days[1]


@pytest.mark.parametrize("contract", EVERY_FEED)
def test_the_days_that_decide_about_use_are_columns(contract: Contract) -> None:
    deciding = [contract.use.since, *contract.use.ended_by]
    assert {contract.dtypes[column] for column in deciding} == {pl.Date}
    if contract.use.refused_by is not None:
        assert contract.dtypes[contract.use.refused_by] == pl.Boolean


@pytest.mark.parametrize("contract", EVERY_FEED)
def test_persons_were_told_of_what_is_adverse_about_them(contract: Contract) -> None:
    assert contract.notice_given or not contract.personal or contract.direction not in ("adverse", "veto")


@pytest.mark.parametrize("contract", EVERY_FEED)
def test_every_column_has_a_title(contract: Contract) -> None:
    columns = contract.schema.to_schema().columns.items()
    assert [name for name, column in columns if not column.title] == []


@pytest.mark.parametrize("contract", EVERY_FEED)
def test_no_column_is_a_word_of_sql(contract: Contract) -> None:
    reserved = duckdb.sql("SELECT keyword_name FROM duckdb_keywords() WHERE keyword_category = 'reserved'").fetchall()
    assert {word for (word,) in reserved}.isdisjoint(contract.dtypes)


@pytest.mark.parametrize("contract", EVERY_FEED)
def test_money_is_whole_fen(contract: Contract) -> None:
    money = {name: dtype for name, dtype in contract.dtypes.items() if name.endswith("_fen")}
    assert set(money.values()) <= {pl.Int64}


@pytest.mark.parametrize("contract", EVERY_FEED)
def test_a_valid_row_is_kept(contract: Contract) -> None:
    assert refusal(contract) == ""


@pytest.mark.parametrize("contract", EVERY_FEED)
@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        pytest.param({"record_id": None}, "record_id must not be empty", id="no record id"),
        pytest.param({"op": "X"}, "op is 'X': it must be one of", id="unknown operation"),
        pytest.param({"version": 0}, "version is '0': it must be at least 1", id="version below one"),
        pytest.param({"uscc": ACME[:-1] + "0"}, "check characters do not agree", id="wrong check character"),
        pytest.param({"uscc": "1234"}, "uscc is '1234': it must have the form", id="not a code at all"),
    ],
)
def test_what_no_feed_takes(contract: Contract, changes: dict[str, Any], reason: str) -> None:
    assert reason in refusal(contract, **changes)


@pytest.mark.parametrize(
    ("feed", "changes", "reason"),
    [
        pytest.param("F01", {"status": "营业"}, "status is '营业'", id="unknown registration status"),
        pytest.param("F01", {"name": ""}, "name is ''", id="enterprise without a name"),
        pytest.param("F02", {"change_date": date(2025, 3, 4)}, "event_date must equal change_date", id="other day"),
        pytest.param("F03", {"holder_hash": None}, "a holder needs a hash or a name", id="nobody holds"),
        pytest.param("F03", {"holder_name": "张三"}, "holder_name must be empty for a person", id="a person by name"),
        pytest.param("F03", {"pct_bp": 10_001}, "pct_bp is '10001': it must lie in", id="more than the whole"),
        pytest.param("F03", {"left_on": date(2024, 3, 4)}, "left_on must not precede entered_on", id="left early"),
        pytest.param("F03", {"entered_on": date(2024, 3, 4)}, "event_date must equal entered_on", id="another entry"),
        pytest.param(
            "F04", {"person_hash": "张三"}, "person_hash is '张三': it must have the form", id="officer by name"
        ),
        pytest.param("F04", {"role": "会计"}, "role is '会计'", id="no office of the register"),
        pytest.param(
            "F04", {"resigned_on": date(2024, 3, 4)}, "resigned_on must not precede appointed_on", id="resigned early"
        ),
        pytest.param("F05", {"year": 2023}, "event_date must lie in the year reported", id="report of another year"),
        pytest.param("F05", {"late_days": 1}, "late_days must count from 30 June", id="late by a wrong count"),
        pytest.param(
            "F05",
            {"filed_on": date(2024, 12, 30)},
            "filed_on must not precede event_date",
            id="reported before the year ended",
        ),
        pytest.param("F05", {"assets_fen": -1}, "assets_fen is '-1': it must be at least 0", id="negative assets"),
        pytest.param(
            "F06", {"removed_on": date(2024, 7, 9)}, "removed_on must not precede listed_on", id="removed early"
        ),
        pytest.param("F06", {"reason": "其他"}, "reason is '其他'", id="no reason of the law"),
        pytest.param(
            "F07", {"removed_on": date(2024, 7, 9)}, "removed_on must not precede listed_on", id="delisted early"
        ),
        pytest.param(
            "F08",
            {"ended_on": date(2024, 7, 9)},
            "event_date must equal ended_on",
            id="no such day",
        ),
        pytest.param(
            "F08", {"kind": "吊销", "simple_flag": True}, "a revocation is no simple cancellation", id="simply revoked"
        ),
        pytest.param("F09", {"result": "合格"}, "result is '合格'", id="a result without a code"),
        pytest.param("F09", {"task_id": ""}, "task_id is ''", id="inspection without a task"),
        pytest.param("F10", {"amount_fen": None}, "a pledge needs an amount or a number of shares", id="of nothing"),
        pytest.param("F10", {"released_on": date(2024, 9, 1)}, "released_on must not precede", id="released early"),
        pytest.param("F11", {"due_on": date(2024, 9, 1)}, "due_on must not precede registered_on", id="due early"),
        pytest.param("F11", {"ended_on": date(2024, 9, 1)}, "ended_on must not precede registered_on", id="over early"),
        pytest.param("F12", {"shop_name": None}, "shop_name must not be empty", id="a complaint of no shop"),
        pytest.param("F12", {"days_to_close": 8}, "days_to_close must lie between", id="closed in a wrong time"),
        pytest.param("F12", {"days_to_close": None}, "days_to_close must lie between", id="closed in an unknown time"),
        pytest.param("F12", {"outcome": "赔偿"}, "outcome is '赔偿'", id="an outcome without a code"),
        pytest.param("F14", {"grade": "E"}, "grade is 'E'", id="no such grade"),
        pytest.param("F14", {"year": 2023}, "event_date must lie in the year graded", id="grade of another year"),
        pytest.param(
            "F15",
            {"period": date(2025, 5, 30), "event_date": date(2025, 5, 30)},
            "period must be the last day of a month",
            id="a month that ends on the 30th of May",
        ),
        pytest.param("F16", {"red_fen": 1}, "red_fen is '1': it must be at most 0", id="positive red letter"),
        pytest.param("F16", {"top5_bp": 100}, "top5_bp must not be below top1_bp", id="five partners less than one"),
        pytest.param("F16", {"n": None}, "n must not be empty", id="no count"),
        pytest.param(
            "F17",
            {"quarter": date(2025, 4, 30), "event_date": date(2025, 4, 30)},
            "quarter must be the last day of a quarter",
            id="a quarter that ends in April",
        ),
        pytest.param("F17", {"rank": 11}, "rank is '11': it must lie in 1, 10", id="rank eleven"),
        pytest.param("F18", {"arrears_fen": -1}, "arrears_fen is '-1': it must be at least 0", id="negative debt"),
        pytest.param(
            "F18", {"cleared_on": date(2025, 3, 30)}, "cleared_on must not precede struck_on", id="cleared early"
        ),
        pytest.param("F13", {"state": "异常"}, "state is '异常'", id="unknown taxpayer state"),
        pytest.param(
            "F13", {"begins_on": date(2020, 3, 1)}, "event_date must equal begins_on", id="begun a day before"
        ),
        pytest.param("F19", {"kind": "漏税"}, "kind is '漏税'", id="no such tax violation"),
        pytest.param("F19", {"major": None}, "major must not be empty", id="violation of unknown gravity"),
        pytest.param("F20", {"refund_class": "五类"}, "refund_class is '五类'", id="fifth class of refunds"),
        pytest.param("F20", {"refund_fen": -1}, "refund_fen is '-1': it must be at least 0", id="negative refund"),
        pytest.param(
            "F21",
            {"period": date(2025, 4, 30), "event_date": date(2025, 4, 30)},
            "period must be the last day of a quarter",
            id="a statement of April",
        ),
        pytest.param(
            "F23", {"period": date(2025, 4, 30)}, "struck_on must not precede period", id="struck before it was owed"
        ),
        pytest.param(
            "F23", {"cleared_on": date(2025, 3, 30)}, "cleared_on must not precede struck_on", id="paid up early"
        ),
        pytest.param("F24", {"members": -1}, "members is '-1': it must be at least 0", id="fewer than no members"),
        pytest.param("F24", {"name": ""}, "name is ''", id="an account without a name"),
        pytest.param("F25", {"type": "离婚"}, "type is '离婚'", id="not a labour dispute"),
        pytest.param("F25", {"closed_on": date(2025, 1, 19)}, "closed_on must not precede", id="closed early"),
        pytest.param("F44", {"grade": "一般认证"}, "grade is '一般认证'", id="a customs grade of old"),
        pytest.param("F44", {"ends_on": date(2021, 5, 31)}, "ends_on must not precede begins_on", id="ends early"),
        pytest.param("F45", {"direction": "转口"}, "direction is '转口'", id="neither import nor export"),
        pytest.param("F45", {"top_country": "美国"}, "top_country is '美国': it must", id="country in words"),
        pytest.param("F56", {"recovered_on": date(2024, 9, 9)}, "recovered_on must not precede", id="claimed early"),
        pytest.param("F57", {"role": "流标"}, "role is '流标'", id="unknown role in a tender"),
        pytest.param("F57", {"announced_on": date(2024, 8, 14)}, "event_date must equal announced_on", id="day before"),
        pytest.param("F59", {"state": "撤诉"}, "state is '撤诉'", id="unknown state of a complaint"),
        pytest.param("F59", {"amount_fen": None}, "amount_fen must not be empty", id="complaint of no amount"),
        pytest.param("F26", {"judged_on": date(2025, 2, 9)}, "judged_on must not precede filed_on", id="judged early"),
        pytest.param(
            "F29", {"lifted_on": date(2025, 4, 7)}, "lifted_on must not precede from_on", id="lifted before it began"
        ),
        pytest.param("F29", {"person_hash": "张三"}, "person_hash is '张三'", id="a person by name"),
        pytest.param("F30", {"to_on": date(2025, 3, 2)}, "to_on must not precede from_on", id="frozen backwards"),
        pytest.param("F30", {"holder_hash": None}, "holder_hash must not be empty", id="a freeze of nobody's shares"),
        pytest.param("F31", {"stage": "清算"}, "stage is '清算'", id="no stage of insolvency"),
        pytest.param(
            "F32", {"listed_to": date(2025, 2, 4)}, "listed_to must not precede listed_from", id="unlisted first"
        ),
        pytest.param("F33", {"status": "暂停"}, "status is '暂停'", id="unknown state of a licence"),
        pytest.param("F33", {"item": ""}, "item is ''", id="a licence for nothing"),
        pytest.param("F34", {"severity": "特别严重"}, "severity is '特别严重'", id="unknown severity"),
        pytest.param("F35", {"list_kind": "灰名单"}, "list_kind is '灰名单'", id="a list of no colour"),
        pytest.param("F35", {"out_on": date(2025, 1, 8)}, "out_on must not precede in_on", id="out before in"),
        pytest.param("F36", {"state": "不详"}, "state is '不详'", id="unknown state of a commitment"),
        pytest.param(
            "F36", {"due_on": date(2025, 3, 3)}, "due_on must not precede made_on", id="due before it is made"
        ),
        pytest.param("F37", {"level": "街道"}, "level is '街道'", id="no level of honour"),
        pytest.param(
            "F37", {"subject_type": "企业负责人"}, "person_hash must be there exactly", id="a person's honour of nobody"
        ),
        pytest.param(
            "F37", {"person_hash": "ab" * 8}, "person_hash must be there exactly", id="a firm that is a person"
        ),
        pytest.param("F38", {"grade": "橙"}, "grade is '橙'", id="no colour of the environment"),
        pytest.param("F38", {"year": 2023}, "event_date must lie in the year rated", id="rating of another year"),
        pytest.param("F39", {"n_exceed": 32}, "n_exceed is '32'", id="a month of 32 days"),
        pytest.param("F39", {"n_exceed": 20, "n_missing": 12}, "must fit in the month", id="more days than there are"),
        pytest.param(
            "F39",
            {"month": date(2025, 3, 30), "event_date": date(2025, 3, 30)},
            "month must be the last day of a month",
            id="a month that ends on the 30th of March",
        ),
        pytest.param("F40", {"fixed_n": 6}, "fixed_n must not be above hazard_n", id="more put right than found"),
        pytest.param("F40", {"kind": "事故"}, "accident_level must be there exactly", id="an accident of no level"),
        pytest.param(
            "F40", {"accident_level": "较大"}, "accident_level must be there exactly", id="an inspection with a level"
        ),
        pytest.param("F41", {"result": "良好"}, "result is '良好'", id="no result of the brigade"),
        pytest.param("F42", {"score": 101}, "score is '101'", id="above full marks"),
        pytest.param("F42", {"bad_acts": -1}, "bad_acts is '-1': it must be at least 0", id="less than no bad act"),
        pytest.param("F43", {"points": 13}, "points is '13': it must lie in 0, 12", id="thirteen points"),
        pytest.param("F43", {"plate_hash": "粤B12345"}, "plate_hash is '粤B12345'", id="a plate in clear"),
        pytest.param(
            "F48", {"months_covered": 3}, "months_covered is '3': it must lie in 1, 2", id="three months read"
        ),
        pytest.param(
            "F48", {"due_on": date(2025, 5, 30)}, "due_on must not precede period", id="due before it was used"
        ),
        pytest.param(
            "F49",
            {"period": date(2025, 5, 30), "event_date": date(2025, 5, 30)},
            "period must be the last day of a month",
            id="gas of a month that ends on the 30th of May",
        ),
        pytest.param("F50", {"mortgage_fen": 1}, "only a mortgage", id="an ownership with a mortgage's sum"),
        pytest.param("F50", {"right_kind": "抵押权"}, "must state its mortgage_fen", id="a mortgage of no sum"),
        pytest.param("F50", {"share_bp": 0}, "share_bp is '0'", id="owner of nothing"),
        pytest.param("F50", {"cert_no_hash": "粤2023深圳"}, "cert_no_hash is", id="a certificate in clear"),
        pytest.param(
            "F51", {"ends_on": date(2023, 12, 31)}, "ends_on must not precede starts_on", id="left before coming"
        ),
        pytest.param(
            "F52", {"granted_on": date(2022, 2, 1)}, "granted_on must not precede filed_on", id="granted early"
        ),
        pytest.param("F52", {"owners": 0}, "owners is '0': it must be at least 1", id="a patent of nobody"),
        pytest.param("F53", {"nice_class": 46}, "nice_class is '46'", id="a class beyond the 45"),
        pytest.param("F53", {"kind": "著作权"}, "only a trademark", id="a copyright in a class of goods"),
        pytest.param("F54", {"level": "区级"}, "level is '区级'", id="a level the lists do not know"),
        pytest.param("F55", {"year": 2022}, "event_date must lie in the year reported", id="research of another year"),
        pytest.param("F58", {"grade": "极差"}, "grade is '极差'", id="a fifth grade"),
        pytest.param("F61", {"amount_fen": 0}, "amount_fen is '0': it must be greater than 0", id="asking for nothing"),
        pytest.param("F61", {"closed_on": date(2025, 3, 9)}, "closed_on must not precede", id="answered before asked"),
        pytest.param("F62", {"claim_fen": 5}, "claim_fen and claimed_on must come together", id="a claim of no day"),
        pytest.param("F63", {"score": 4}, "only a review has a score", id="a scan with a score"),
        pytest.param("F63", {"minute": 1440}, "minute is '1440'", id="a minute after midnight"),
        pytest.param("F63", {"closed_on": date(2025, 4, 6)}, "only a complaint is closed", id="a scan that is closed"),
        pytest.param(
            "F64", {"email_hash": "li@example.com"}, "email_hash holds what reads like", id="an e-mail in clear"
        ),
        pytest.param(
            "F64",
            {"bounced_on": date(2024, 10, 2), "replied_on": date(2024, 10, 1)},
            "replied_on must not precede bounced_on",
            id="found before it was lost",
        ),
        pytest.param("F60", {"weight": 0.0}, "weight is '0.0': it must be greater than 0", id="a loan of no weight"),
        pytest.param("F60", {"weight": float("nan")}, "weight is 'NaN'", id="a weight that is no number"),
        pytest.param("F60", {"class5": "优良"}, "class5 is '优良'", id="sixth class"),
    ],
)
def test_what_one_feed_does_not_take(feed: str, changes: dict[str, Any], reason: str) -> None:
    assert reason in refusal(find_feed(feed), **changes)


@pytest.mark.parametrize(
    ("feed", "changes"),
    [
        pytest.param("F18", {"cleared_on": date(2025, 3, 31)}, id="cleared the day it was struck"),
        pytest.param("F26", {"uscc": None}, id="a case with a name only"),
        pytest.param("F21", {"inventory_fen": None, "net_profit_fen": -5}, id="a statement with a gap and a loss"),
        pytest.param("F23", {"struck_on": date(2025, 2, 28), "event_date": date(2025, 2, 28)}, id="struck at once"),
        pytest.param("F24", {"uscc": None}, id="an account without a code"),
        pytest.param("F25", {"closed_on": date(2025, 1, 20)}, id="settled the day it was accepted"),
        pytest.param("F44", {"ends_on": date(2021, 6, 1)}, id="a grade of one day"),
        pytest.param("F57", {"role": "投标", "amount_fen": None}, id="a bid without an amount"),
        pytest.param(
            "F03",
            {"holder_type": "企业", "holder_hash": None, "holder_name": "某某公司"},
            id="a company that holds, by its name only",
        ),
        pytest.param("F04", {"resigned_on": date(2024, 3, 5)}, id="resigned the day of the appointment"),
        pytest.param("F05", {"net_profit_fen": -1, "headcount": None}, id="a loss, and nobody counted"),
        pytest.param("F05", {"filed_on": date(2025, 7, 1), "late_days": 1}, id="a report a day late"),
        pytest.param("F06", {"removed_on": date(2024, 7, 10)}, id="removed the day it was listed"),
        pytest.param("F08", {"ended_on": None}, id="an end without its day"),
        pytest.param("F09", {"result": None, "result_text": "整改中"}, id="a result in words only"),
        pytest.param("F10", {"amount_fen": None, "shares_n": 10}, id="a number of shares pledged"),
        pytest.param("F11", {"debt_fen": None, "due_on": None}, id="security for a debt not stated"),
        pytest.param("F12", {"uscc": None}, id="a complaint with a shop name only"),
        pytest.param("F01", {"est_date": None, "address": None}, id="registration with gaps"),
        pytest.param("F16", {"amount_fen": -5, "red_fen": -5}, id="a month of red letters only"),
        pytest.param("F29", {"uscc": None, "person_hash": None}, id="a restriction with a name only"),
        pytest.param("F30", {"to_on": None}, id="a freeze without an end"),
        pytest.param("F32", {"uscc": None, "listed_from": None, "listed_to": None}, id="performed and not listed"),
        pytest.param("F33", {"to_on": None}, id="a licence without end"),
        pytest.param("F37", {"subject_type": "企业负责人", "person_hash": "ab" * 8}, id="the honour of a leader"),
        pytest.param("F39", {"n_exceed": 0, "n_missing": 31}, id="a month without a reading"),
        pytest.param("F40", {"kind": "事故", "accident_level": "一般", "hazard_n": 0, "fixed_n": 0}, id="an accident"),
        pytest.param("F41", {"uscc": None}, id="a fire inspection with a name only"),
        pytest.param("F48", {"uscc": None}, id="a water account in a name only"),
        pytest.param("F48", {"months_covered": 2}, id="two months in one reading"),
        pytest.param("F50", {"share_bp": 5_000, "sealed": True}, id="half a property, sealed"),
        pytest.param("F51", {"building_id": None, "rent_fen": 0}, id="a lease nowhere for nothing: doubtful only"),
        pytest.param("F52", {"granted_on": None}, id="a patent in force never granted: doubtful only"),
        pytest.param("F53", {"kind": "著作权", "nice_class": None}, id="a copyright"),
        pytest.param("F01", {"est_date": date(2001, 1, 1)}, id="established on another day: doubtful only"),
        pytest.param("F01", {"division": "440305001"}, id="a division below the district: doubtful only"),
        pytest.param("F61", {"amount_fen": 1}, id="a submission that tries the form: doubtful only"),
        pytest.param("F62", {"claim_fen": 1, "claimed_on": date(2025, 1, 1)}, id="claimed on the first day"),
        pytest.param("F63", {"visitor_hash": None}, id="a visitor who is not known"),
        pytest.param("F64", {"email_hash": None, "mobile_hash": None}, id="no contact at all: doubtful only"),
        pytest.param("F16", {"publish_date": date(2025, 5, 1)}, id="published before the period ended: doubtful only"),
    ],
)
def test_what_a_feed_takes_at_its_edge(feed: str, changes: dict[str, Any]) -> None:
    assert refusal(find_feed(feed), **changes) == ""


@pytest.mark.parametrize(
    ("feed", "changes"),
    [
        pytest.param("F03", {"holder_type": "企业", "holder_hash": None, "holder_name": "某某公司"}, id="a name only"),
        pytest.param("F05", {"main_revenue_fen": 400_000_001}, id="more main revenue than revenue"),
        pytest.param("F05", {"revenue_fen": 40_000, "main_revenue_fen": 0}, id="written in units of 10,000 yuan"),
        pytest.param("F06", {"removal_reason": "补报年报"}, id="removed on an unknown day"),
        pytest.param("F08", {"ended_on": None}, id="ended on an unknown day"),
        pytest.param("F09", {"result": None}, id="a result that is not coded"),
        pytest.param("F10", {"amount_fen": None, "shares_n": 10}, id="shares instead of an amount"),
        pytest.param("F11", {"due_on": date(2024, 9, 2), "publish_date": date(2024, 9, 3)}, id="in force when over"),
        pytest.param("F12", {"outcome": None}, id="closed without an outcome"),
        pytest.param("F16", {"publish_date": date(2025, 5, 1)}, id="published before the period ended"),
        pytest.param("F18", {"arrears_fen": 0}, id="no tax owed and no day it was cleared"),
        pytest.param("F19", {"publish_date": date(2025, 11, 6)}, id="published a year and a day after the decision"),
        pytest.param("F23", {"arrears_fen": 0}, id="no contributions owed and no day they were cleared"),
        pytest.param("F21", {"equity_fen": 58_990_000}, id="a statement that misses balance by more than 1%"),
        pytest.param("F21", {"cash_fen": -1}, id="less than no cash"),
        pytest.param("F25", {"party": "承包单位"}, id="a contractor who may not be the employer"),
        pytest.param("F45", {"amount_usd_cents": 0}, id="declarations without a value"),
        pytest.param("F27", {"closed_way": "执行完毕"}, id="closed on an unknown day"),
        pytest.param("F30", {"to_on": date(2028, 3, 4)}, id="frozen for longer than three years"),
        pytest.param("F33", {"publish_date": date(2029, 5, 7)}, id="a licence in force after its last day"),
        pytest.param("F36", {"due_on": None}, id="a commitment due on no day"),
        pytest.param("F39", {"n_missing": 16}, id="a month mostly without a reading"),
    ],
)
def test_a_doubtful_row_is_counted_and_kept(feed: str, changes: dict[str, Any]) -> None:
    contract = find_feed(feed)
    row = VALID_ROWS[feed](ACME, **changes)
    judged = judge(frame_of(contract, [row]), contract, instant("2030-07-01"))
    assert (judged.kept.height, judged.doubtful) == (1, 1)


@pytest.mark.parametrize(
    ("feed", "first", "second"),
    [
        pytest.param("F03", {"pct_bp": 6_000}, {"pct_bp": 4_001}, id="holders of more than the whole"),
        pytest.param("F04", {"role": "法人"}, {"role": "法人"}, id="two legal representatives at once"),
        pytest.param("F07", {}, {"listed_by": "广东省市场监督管理局"}, id="listed by two levels"),
    ],
)
def test_rows_that_are_doubtful_together(feed: str, first: dict[str, Any], second: dict[str, Any]) -> None:
    contract, valid = find_feed(feed), VALID_ROWS[feed](ACME)
    rows = [valid | first, valid | second | {"record_id": "another"}]
    doubts = [judge(frame_of(contract, some), contract, instant("2030-07-01")).doubtful for some in (rows[:1], rows)]
    assert doubts == [0, 2]


@pytest.mark.parametrize(
    ("feed", "changes"),
    [
        pytest.param("F19", {"publish_date": date(2025, 11, 5)}, id="published within the year"),
        pytest.param("F21", {"equity_fen": 59_000_000}, id="a statement that misses balance by 1%"),
        pytest.param("F30", {"to_on": date(2028, 3, 3)}, id="frozen for three years"),
        pytest.param("F33", {"publish_date": date(2029, 5, 6)}, id="a licence published on its last day"),
        pytest.param("F39", {"n_missing": 15}, id="a month half without a reading"),
    ],
)
def test_a_row_at_the_edge_of_doubt_is_not_counted(feed: str, changes: dict[str, Any]) -> None:
    contract = find_feed(feed)
    row = VALID_ROWS[feed](ACME, **changes)
    assert judge(frame_of(contract, [row]), contract, instant("2030-07-01")).doubtful == 0


@pytest.mark.parametrize(
    ("cell", "kept"),
    [
        pytest.param("0123456789abcdef", True, id="a hash of 64 bits"),
        pytest.param("0123456789abcdef" * 2, True, id="a hash of 128 bits"),
        pytest.param("0123456789abcdef" * 4, True, id="a hash of 256 bits"),
        pytest.param("440305199001011234", False, id="an identity number of 18 digits"),
        pytest.param("440305900101123", False, id="an identity number of 15 digits"),
        pytest.param("13800138000", False, id="a mobile telephone number"),
        pytest.param("0123456789ABCDEF", False, id="in capitals"),
        pytest.param("0123456789abcdef" * 3, False, id="a length no hash has"),
    ],
)
def test_a_hash_is_no_raw_identity(cell: str, kept: bool) -> None:
    assert (refusal(find_feed("F64"), email_hash=cell) == "") is kept


@pytest.mark.parametrize("contract", EVERY_FEED)
def test_every_hash_has_the_form_of_one(contract: Contract) -> None:
    texts = {rule.text for rule in contract.quality_rules}
    hashes = [name for name in contract.dtypes if name.endswith("_hash")]
    assert [name for name in hashes if f"{name} must have the form '{HASH_PATTERN}'" not in texts] == []


def test_deadlines_of_periods_add_both_lags() -> None:
    assert find_feed("F15").deadline_days == 25 + 20


@pytest.mark.parametrize(
    ("severity", "domain", "decided_on", "repaired_on", "doubtful"),
    [
        pytest.param("严重", None, "2026-05-01", "2027-04-30", 1, id="Order 36: a serious one within its year"),
        pytest.param("严重", None, "2026-05-01", "2027-05-01", 0, id="Order 36: after its year"),
        pytest.param("轻微", None, "2026-05-01", "2026-05-01", 0, id="Order 36: a minor one at once"),
        pytest.param("一般", None, "2023-05-10", "2023-08-09", 1, id="Order 58: within three months"),
        pytest.param("一般", None, "2023-05-10", "2023-08-10", 0, id="Order 58: after three months"),
        pytest.param("一般", "消防", "2023-05-10", "2024-05-09", 1, id="Order 58: fire within a year"),
        pytest.param("严重", "消防", "2022-10-31", "2023-04-29", 1, id="527: a serious one within six months"),
        pytest.param("严重", "消防", "2022-10-31", "2023-04-30", 0, id="527: after six months, whatever its domain"),
        pytest.param("严重", None, "2025-05-01", "2026-04-01", 1, id="the regime of the day of repair"),
        pytest.param("严重", None, "2025-05-01", None, 0, id="not repaired"),
    ],
)
def test_a_repair_before_the_least_publicity_is_doubtful(
    severity: str, domain: str | None, decided_on: str, repaired_on: str | None, doubtful: int
) -> None:
    decided, repaired = date.fromisoformat(decided_on), repaired_on and date.fromisoformat(repaired_on)
    days = {"decided_on": decided, "event_date": decided, "publish_date": decided, "published_on": decided}
    row = VALID_ROWS["F34"](ACME) | days | {"severity": severity, "domain": domain, "repaired_on": repaired}
    judged = judge(frame_of(find_feed("F34"), [row]), find_feed("F34"), instant("2027-06-01"))
    assert (judged.kept.height, judged.doubtful) == (1, doubtful)


@pytest.mark.parametrize(
    ("code", "days"),
    [
        pytest.param("F34", 1 + 10 + 3, id="daily"),
        pytest.param("F52", 31 + 10 + 30, id="monthly, however late patents are published"),
        pytest.param("F17", 92 + 10 + 30, id="quarterly"),
        pytest.param("F14", 366 + 10 + 20, id="yearly"),
        pytest.param("F07", 31, id="declared"),
    ],
)
def test_how_long_a_feed_may_be_silent(code: str, days: int) -> None:
    assert find_feed(code).fresh_for_days == days


def test_a_holiday_makes_no_feed_stale() -> None:
    first, longest, run = date(2016, 1, 1), 0, 0
    for day in (first + timedelta(days=n) for n in range(4018)):
        run = 0 if is_working_day(day) else run + 1
        longest = max(longest, run)
    assert longest == DAYS_OFF


def test_an_unknown_feed_is_named_with_its_neighbours() -> None:
    with pytest.raises(UnknownName, match=r"There is no feed 'F16X'\. Did you mean: .*F16"):
        find_feed("F16X")


def test_bank_feedback_is_no_feature() -> None:
    assert [contract.code for contract in FEEDS if not contract.feature_source] == ["F60"]
