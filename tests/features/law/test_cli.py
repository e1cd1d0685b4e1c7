"""`bureau law` shows what the platform applies."""

import json

import pytest
from typer.testing import CliRunner

from features.contracts.feeds import DERIVED_FEEDS, FEEDS
from features.law.cli import law


def listed(*words: str) -> list[dict[str, object]]:
    done = CliRunner().invoke(law, [*words, "--format", "json"])
    assert done.exit_code == 0, done.output
    found: list[dict[str, object]] = json.loads(done.stdout)
    return found


def test_terms_name_regime_class_and_months() -> None:
    general = [row["maximum_months"] for row in listed("terms", "penalty") if row["class"] == "一般"]
    assert general == [12, 36, 12]


def test_terms_say_who_follows_them_and_where_publicity_is_longer() -> None:
    said = {str(row["table"]): row["used_by"] for row in listed("terms")}
    assert (said["abnormal_list"], said["market_penalty"]) == ("F06", "none, for information only")
    assert [row["long_domains"] for row in listed("terms", "penalty") if row["regime"] == "NDRC-58"] == [
        "12: 食品, 药品, 特种设备, 安全生产, 消防"
    ] * 3


def test_every_doubt_has_its_question() -> None:
    asked = listed("questions")
    assert all(row["question"] for row in asked)
    of_rule = {row["rule"]: str(row["question"]) for row in asked if row["table"] == "penalty"}
    assert "several kinds of penalty" in of_rule["R37"]
    assert "not published unless that is necessary" in of_rule["R38"]
    of_feeds = {row["table"]: str(row["question"]) for row in asked if row["regime"] is None}
    assert set(of_feeds) == {"F06", "F18", "F23", "F27", "F29", "F30", "F36"}
    assert "the day the balance was struck" in of_feeds["F18"]
    assert "counted from the day it was made" in of_feeds["F36"]


def test_every_term_that_may_never_begin_has_its_question() -> None:
    unclear = [feed for feed in FEEDS if feed.use.undated_months is not None or feed.use.over_told_by is not None]
    assert {feed.code for feed in unclear} == {"F06", "F18", "F23", "F27", "F29", "F30", "F36"}
    assert all(feed.use.question for feed in unclear)


def test_every_feed_says_while_it_is_usable() -> None:
    rows = {row["feed"]: row["usable_while"] for row in listed("feeds")}
    assert list(rows) == [contract.code for contract in (*FEEDS, *DERIVED_FEEDS)]
    assert rows["F01"] == "always"
    assert "the table penalty reaches back to for 一般" in str(rows["F34"])
    assert "the table dishonest_debtor reaches back to" in str(rows["X02"])


@pytest.mark.parametrize("words", [("terms",), ("questions",), ("feeds",), ("clocks",)])
def test_a_table_is_for_people(words: tuple[str, ...]) -> None:
    assert CliRunner().invoke(law, words).exit_code == 0
