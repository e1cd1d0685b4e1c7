"""What goes wrong on the way, at the rates the parameters name, and that the truth arrives in the end."""

from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pytest

from bureau.uscc import clean, is_uscc
from features.contracts.contract import NUMBER_PATTERN, SUBJECT_PATTERN
from features.contracts.feeds import find_feed
from features.lake.delivery import read_delivery
from features.lake.landing import land
from features.lake.links import list_links
from features.sources.city.dirt import dirt_of, soil
from features.sources.city.exposure import takes_numbers
from features.sources.city.manifest import TRUTH
from features.sources.city.old_numbers import told_by_number
from features.sources.city.outcomes import delivered
from features.sources.city.parameters import Parameters
from features.sources.city.records import FEEDS
from features.sources.city.rows import state
from features.sources.city.shard import Shard
from features.sources.city.truth import read_truth
from tests.factories.cities import other_parameters, write_city
from tests.factories.lakes import ACME, instant, make_lake

MANY = 5_000
CLEAN = {
    "wrong_check_character": 0.0,
    "full_width": 0.0,
    "number_only": 0.0,
    "number_only_before_2016": 0.0,
    "negative": 0.0,
    "unit_mixed": 0.0,
    "future_event": 0.0,
    "optional_missing": 0.0,
    "lost_characters": 0.0,
    "class_of_2011": 0.0,
    "renamed_columns_a_year": 0.0,
    "late": 0.0,
    "corrected": 0.0,
    "withdrawn": 0.0,
    "duplicated": 0.0,
}


def dirty(folder: Path, **rates: Any) -> Parameters:
    """A city with this dirt and no other."""
    return other_parameters(folder, dirt=CLEAN | rates)


def stated(count: int = MANY) -> pl.DataFrame:
    return pl.DataFrame(
        {
            "record_id": pl.Series(range(count), dtype=pl.UInt64),
            "op": "I",
            "version": pl.Series([1] * count, dtype=pl.Int32),
            "uscc": ACME,
            "event_date": date(2020, 1, 31),
            "learned_on": date(2020, 1, 31),
            "amount_fen": 1_000,
            "score": 80,
        }
    )


def soiled(parameters: Parameters, feed: str = "F16") -> pl.DataFrame:
    return soil(stated(), feed, parameters, np.random.default_rng(3))


def test_without_dirt_everything_arrives_as_it_was(tmp_path: Path) -> None:
    assert soiled(dirty(tmp_path)).equals(stated())


def test_a_mistyped_code_is_impossible(tmp_path: Path) -> None:
    codes = soiled(dirty(tmp_path, wrong_check_character=0.1))["uscc"]
    wrong = codes.filter(codes != ACME)
    assert len(wrong) == pytest.approx(0.1 * MANY, rel=0.2)
    assert not any(is_uscc(code) for code in wrong.unique())


def test_digits_of_full_width_mean_the_same(tmp_path: Path) -> None:
    codes = soiled(dirty(tmp_path, full_width=0.1))["uscc"]
    wide = codes.filter(codes != ACME)
    assert len(wide) == pytest.approx(0.1 * MANY, rel=0.2)
    assert {clean(code) for code in wide} == {ACME}


def test_a_figure_below_zero_stands_where_the_contract_knows_none(tmp_path: Path) -> None:
    parameters = dirty(tmp_path, negative=0.1)
    assert (soiled(parameters)["amount_fen"] > 0).all()
    assert (soiled(parameters, "F17")["amount_fen"] < 0).mean() == pytest.approx(0.1, rel=0.2)


def test_a_unit_mixed_up_is_put_right(tmp_path: Path) -> None:
    rows = soiled(dirty(tmp_path, unit_mixed=0.1))
    assert set(rows.filter(pl.col("amount_fen") != 1_000)["amount_fen"]) == {0, 10_000_000}
    assert (rows.sort("version").group_by("record_id").last()["amount_fen"] == 1_000).all()


def test_an_event_is_a_decade_too_late(tmp_path: Path) -> None:
    events = soiled(dirty(tmp_path, future_event=0.1))["event_date"]
    assert (events > date(2030, 1, 1)).mean() == pytest.approx(0.1, rel=0.2)


def test_registrations_keep_their_codes(tmp_path: Path) -> None:
    named = stated().with_columns(pl.lit("x").alias(name) for name in ("legal_rep_hash", "address", "industry"))
    named = named.with_columns(reg_capital_fen=1)
    parameters = dirty(tmp_path, wrong_check_character=1.0)
    assert (soil(named, "F01", parameters, np.random.default_rng(3))["uscc"] == ACME).all()


def test_a_mistyped_figure_is_put_right_by_the_next_version(tmp_path: Path) -> None:
    rows = soiled(dirty(tmp_path, corrected=0.1))
    second = rows.filter(pl.col("version") == 2)
    first = rows.filter(pl.col("version") == 1).join(second.select("record_id"), on="record_id", how="semi")
    assert second.height == pytest.approx(0.1 * MANY, rel=0.2)
    assert (second["amount_fen"] == 1_000).all()
    assert (second["op"] == "U").all()
    assert (first["amount_fen"] != 1_000).all()
    assert second["learned_on"].is_between(date(2020, 2, 20), date(2020, 8, 18)).all()


def test_a_withdrawal_repeats_what_it_withdraws(tmp_path: Path) -> None:
    rows = soiled(dirty(tmp_path, withdrawn=0.1))
    gone = rows.filter(pl.col("op") == "D")
    assert gone.height == pytest.approx(0.1 * MANY, rel=0.2)
    assert (gone["version"] == 2).all()
    assert (gone["amount_fen"] == 1_000).all()


def test_what_was_corrected_is_not_withdrawn_too(tmp_path: Path) -> None:
    rows = soiled(dirty(tmp_path, corrected=0.5, withdrawn=0.5))
    assert rows.select("record_id", "version").is_unique().all()
    assert rows["version"].max() == 2


def test_a_field_left_empty_is_empty_in_every_version(tmp_path: Path) -> None:
    twice = pl.concat([stated(), stated().with_columns(version=pl.lit(2, dtype=pl.Int32))])
    rows = soil(twice, "F14", dirty(tmp_path, optional_missing=0.2), np.random.default_rng(3))
    empty = rows.group_by("record_id").agg(empty=pl.col("score").is_null().sum())["empty"]
    assert set(empty) == {0, 2}
    assert (empty == 2).mean() == pytest.approx(0.2, rel=0.2)


def test_a_feed_that_has_rates_of_its_own_is_soiled_by_them(tmp_path: Path) -> None:
    parameters = dirty(tmp_path, full_width=0.1, feeds={"F16": {"full_width": 0.4}})
    wide = {feed: (soiled(parameters, feed)["uscc"] != ACME).mean() for feed in ("F16", "F17")}
    assert wide == {"F16": pytest.approx(0.4, rel=0.1), "F17": pytest.approx(0.1, rel=0.2)}


@pytest.mark.parametrize("feed", [feed for feed in FEEDS if takes_numbers(feed)])
def test_a_number_stands_only_where_the_contract_knows_numbers(feed: str) -> None:
    checks = find_feed(feed).schema.to_schema().columns["uscc"].checks
    assert [check.statistics.get("pattern") for check in checks] == [SUBJECT_PATTERN]


def numbered(shard: Shard, day: str, feed: str = "F26") -> pl.DataFrame:
    """Forty records in two versions of every enterprise, some of them by number."""
    firm = np.repeat(np.arange(shard.firms.count), 40)
    happened = np.full(len(firm), np.datetime64(day).astype(np.int64))
    rows = state(shard, feed, firm, np.arange(len(firm)) % 40, happened, {})
    return told_by_number(pl.concat([rows, rows.with_columns(version=pl.lit(2, dtype=pl.Int32))]), feed, shard)


@pytest.mark.parametrize(
    ("day", "share"), [pytest.param("2015-12-31", 0.12, id="before"), pytest.param("2016-01-01", 0.03, id="since")]
)
def test_some_records_of_who_bears_a_number_name_it_in_every_version(shard: Shard, day: str, share: float) -> None:
    rows = numbered(shard, day).with_columns(number=pl.col("uscc").str.contains(NUMBER_PATTERN))
    bearers = shard.firms.entity[shard.identities.reg_no.is_not_null().to_numpy()]
    of_bearers = pl.col("entity").is_in(bearers.tolist())
    assert rows.filter("number", ~of_bearers).is_empty()
    assert rows.filter(of_bearers)["number"].mean() == pytest.approx(share, rel=0.3)
    assert rows.group_by("record_id").agg(pl.col("uscc").n_unique())["uscc"].max() == 1


def test_a_feed_of_codes_alone_names_no_number(shard: Shard) -> None:
    assert set(numbered(shard, "2015-12-31", "F34")["uscc"]) == set(shard.identities.uscc)


def test_records_by_number_find_their_enterprise_and_the_truth_tells_which(tmp_path: Path) -> None:
    rates = {"branch_named": 0.0, "same_name": 0.0, "feeds": {"F48": {"number_only": 0.5}}}
    city = tmp_path / "city"
    paths = write_city(city, enterprises=200, parameters=other_parameters(tmp_path, dirt=CLEAN | rates))
    lake = make_lake(tmp_path)
    for path in paths:
        if path.name.startswith(("F01-", "F48-")):
            land(lake, read_delivery(path), received_at=instant("2024-01-01"))
    by_number = delivered(city, "F48").filter(pl.col("uscc").str.contains(NUMBER_PATTERN))
    told = read_truth(city / TRUTH, "dirt").filter(pl.col("feed") == "F48", pl.col("kind") == "uscc")
    right = dict(by_number.join(told, on=["record_id", "version"]).select("uscc", "right").iter_rows())
    found = {link.key: link.uscc for link in list_links(lake) if link.rule == "number"}
    assert found
    assert found == right


@pytest.mark.parametrize("feed", ["F26", "F27", "F28"])
def test_some_courts_write_the_name_alone_in_every_version(village: Path, feed: str) -> None:
    nameless = delivered(village, feed).unique().group_by("record_id").agg(
        without=pl.col("uscc").is_null().sum(), versions=pl.len()
    )  # fmt: skip
    partly = nameless.filter((pl.col("without") > 0) & (pl.col("without") < pl.col("versions")))
    assert partly.is_empty()


def test_name_only_cases_are_about_one_in_twelve(village: Path) -> None:
    cases = delivered(village, "F26").unique("record_id")
    assert 0.02 < cases["uscc"].null_count() / cases.height < 0.18


def test_clearing_days_are_sometimes_forgotten(village: Path) -> None:
    last = delivered(village, "F18").sort("version").group_by("record_id").last()
    old = last.filter(pl.col("struck_on") < date(2022, 1, 1))
    assert 0 < old["cleared_on"].null_count() < old.height


@pytest.mark.parametrize(
    ("rate", "kind", "right"),
    [
        pytest.param("wrong_check_character", "uscc", ACME, id="a mistyped code"),
        pytest.param("full_width", "uscc", ACME, id="a code in wide digits"),
        pytest.param("negative", "amount_fen", "1000", id="a figure below zero"),
        pytest.param("corrected", "amount_fen", "1000", id="a mistyped figure"),
        pytest.param("future_event", "event_date", "2020-01-31", id="a day of the wrong decade"),
        pytest.param("withdrawn", "withdrawn", None, id="a record that never was"),
    ],
)
def test_the_truth_tells_what_is_wrong_and_what_is_right(
    tmp_path: Path, rate: str, kind: str, right: str | None
) -> None:
    feed = "F15" if rate == "negative" else "F16"
    before = stated().rename({"amount_fen": "paid_fen"}) if feed == "F15" else stated()
    after = soil(before, feed, dirty(tmp_path, **{rate: 0.1}), np.random.default_rng(3))
    told = dirt_of(before, after, feed)
    assert 0.05 * MANY < told.height < 0.15 * MANY
    assert told["feed"].unique().to_list() == [feed]
    assert told["kind"].unique().to_list() == [kind.replace("amount", "paid") if feed == "F15" else kind]
    assert told["right"].unique().to_list() == [right]


def test_where_nothing_is_wrong_the_truth_is_empty(tmp_path: Path) -> None:
    assert dirt_of(stated(), soiled(dirty(tmp_path)), "F16").is_empty()


def test_the_truth_of_a_city_names_rows_that_wait_and_their_codes(village: Path) -> None:
    dirt = read_truth(village / TRUTH, "dirt").filter(pl.col("kind") == "uscc", pl.col("feed") == "F15")
    rows = delivered(village, "F15").join(dirt, on=["record_id", "version"])
    assert rows.height > 0
    assert (rows["uscc"] != rows["right"]).all()
    assert all(is_uscc(code) for code in rows["right"])


def test_records_of_a_branch_find_its_parent(tmp_path: Path) -> None:
    parameters = other_parameters(tmp_path, dirt=CLEAN | {"branch_named": 1.0, "same_name": 0.0})
    paths = write_city(tmp_path / "city", enterprises=300, parameters=parameters)
    cases = delivered(tmp_path / "city", "F26")
    named = cases.filter(pl.col("uscc").is_null())
    companies = named.filter(pl.col("name").str.contains("公司"))
    assert companies.height > 0
    assert companies["name"].str.ends_with("分公司").all()
    assert not cases.drop_nulls("uscc")["name"].str.ends_with("分公司").any()
    lake = make_lake(tmp_path)
    for path in paths:
        if path.name.startswith(("F01-", "F26-")):
            land(lake, read_delivery(path), received_at=instant("2024-01-01"))
    borne = set(delivered(tmp_path / "city", "F01").select("uscc", "name").iter_rows())
    links = [link for link in list_links(lake) if link.rule == "branch"]
    assert {link.key for link in links} <= set(companies["name"])
    assert links
    assert all((link.uscc, link.key.removesuffix("福田分公司")) in borne for link in links)
