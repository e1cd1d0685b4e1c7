"""The audit of the small city's released model: nothing in the honest city, a proxy and a biased rule once planted."""

import json
import shutil
from datetime import date
from pathlib import Path

import polars as pl
import pytest
from typer.testing import CliRunner, Result

from bureau.errors import BureauError, InvalidInput, UnknownName
from bureau.grant import operator_grant
from features.lake.lake import Lake
from features.sources.city.manifest import TRUTH
from features.sources.city.truth import read_truth
from features.sources.source import read_source
from models.cli import models
from models.fairness.auditing import join_traits, read_applications, read_judged
from models.fairness.check import check
from models.register import read_register
from models.scoring import ScoringModel
from models.service import load_released
from models.shelf import find_model
from tests.factories.homes import lake_in
from tests.factories.people import key_of
from tests.factories.planted import ELSEWHERE, HERE, ORIGIN, origins, origins_following, plant_biased_rule

NAME = "sme_default"
GRANT = operator_grant("training")
TEST_FROM = date(2021, 1, 1)


@pytest.fixture(scope="module")
def lake(city_home: Path) -> Lake:
    return lake_in(city_home)


@pytest.fixture(scope="module")
def model(city_home: Path) -> ScoringModel:
    return load_released(city_home, NAME)


@pytest.fixture(scope="module")
def judged(city_home: Path, lake: Lake, model: ScoringModel) -> pl.DataFrame:
    question, source = find_model(NAME).question, read_source(city_home)
    assert question is not None
    assert source is not None
    return read_judged(lake, question, model, source.last_day, GRANT, TEST_FROM)


@pytest.fixture(scope="module")
def asked(city_home: Path) -> pl.DataFrame:
    """Everybody who asked a bank for a loan in two years, and what it said: the city's truth."""
    told = read_truth(city_home / "deliveries" / "city" / TRUTH, "applications")
    told = told.filter(pl.col("month").is_between(date(2020, 1, 1), date(2021, 12, 31)))
    return told.select(subject="uscc", as_of=pl.col("month").dt.month_start(), granted="granted")


def run(home: Path, *words: str, catch_exceptions: bool = True) -> Result:
    env = {"BUREAU_HOME": str(home), "BUREAU_TODAY": "2023-04-30"}
    if "--by" in words:
        env |= key_of(home, words[words.index("--by") + 1])
    return CliRunner().invoke(models, ["fairness", *words], env=env, catch_exceptions=catch_exceptions)


def written(frame: pl.DataFrame, path: Path) -> str:
    frame.write_csv(path)
    return str(path)


def test_the_honest_city_is_fair_and_reported_by_size_and_district(
    city_home: Path, asked: pl.DataFrame, tmp_path: Path
) -> None:
    given = [
        *("--traits", written(origins(asked["subject"]), tmp_path / "traits.csv")),
        *("--applications", written(asked.with_columns(pl.col("granted").cast(int)), tmp_path / "asked.csv")),
    ]
    result = run(city_home, NAME, *given, "--format", "json")
    assert result.exit_code == 0, result.output
    lines = json.loads(result.stdout)
    assert {line["grouping"] for line in lines} == {"size", "district", ORIGIN}
    assert len({line["group"] for line in lines if line["grouping"] == "district"}) > 5
    for line in lines:
        assert line["approved_low"] <= line["approved"] <= line["approved_high"]
        assert line["bad_low"] <= line["bad"] <= line["bad_high"]


def test_a_biased_rule_of_the_past_is_caught_by_the_command(
    city_home: Path, asked: pl.DataFrame, tmp_path: Path
) -> None:
    traits = origins(asked["subject"])
    biased = plant_biased_rule(asked.join(traits, on="subject", maintain_order="left")).drop(ORIGIN)
    files = written(traits, tmp_path / "traits.csv"), written(biased, tmp_path / "asked.csv")
    result = run(city_home, NAME, "--traits", files[0], "--applications", files[1])
    assert result.exit_code == 1
    assert f"unfair history: {ORIGIN} {ELSEWHERE}: at equal risk" in result.output


def test_an_audit_by_name_goes_into_the_register(city_home: Path, asked: pl.DataFrame, tmp_path: Path) -> None:
    home = tmp_path / "home"
    shutil.copytree(city_home, home, ignore=shutil.ignore_patterns("deliveries", "mlruns"))
    traits = written(origins(asked["subject"]), tmp_path / "traits.csv")
    assert run(home, NAME, "--version", "1", "--traits", traits, "--by", "审计员").exit_code == 0
    last = read_register(home, NAME)[-1]
    assert (last.deed, last.version, last.by) == ("audited", "1", "审计员")
    assert (last.reason, [*last.answers]) == ("fair: origin", [ORIGIN])
    assert last.answers[ORIGIN].unfair == ()
    assert sorted(last.answers[ORIGIN].groups) == sorted((ELSEWHERE, HERE))
    named = pl.DataFrame({"subject": ["甲公司", "乙公司"], ORIGIN: ["here", "elsewhere"]})
    strangers = written(named, tmp_path / "named.csv")
    with pytest.raises(InvalidInput, match="trait origin is known of 0 of"):
        run(home, NAME, "--version", "1", "--traits", strangers, "--by", "审计员", catch_exceptions=False)
    assert read_register(home, NAME)[-1] == last
    with pytest.raises(InvalidInput, match="give --traits"):
        CliRunner().invoke(
            models, ["fairness", NAME, "--by", "审计员"], env={"BUREAU_HOME": str(home)}, catch_exceptions=False
        )
    with pytest.raises(UnknownName, match="version"):
        CliRunner().invoke(
            models, ["fairness", NAME, "--version", "9"], env={"BUREAU_HOME": str(home)}, catch_exceptions=False
        )


def test_an_audit_for_the_register_chooses_no_bar_of_its_own(tmp_path: Path) -> None:
    traits = written(pl.DataFrame({"subject": ["A", "B"], ORIGIN: ["here", "elsewhere"]}), tmp_path / "traits.csv")
    with pytest.raises(InvalidInput, match="leave out --approve-below"):
        run(tmp_path, NAME, "--traits", traits, "--by", "审计员", "--approve-below", "0.9", catch_exceptions=False)


def test_a_proxy_is_caught(model: ScoringModel, judged: pl.DataFrame) -> None:
    firms = judged.unique("subject", keep="last", maintain_order=True)
    traits = origins_following(firms["subject"], firms["registered_capital"])
    found = check(model, join_traits(judged, traits), traits=[ORIGIN]).found
    assert ("proxy", "registered_capital") in {(one.kind, one.subject) for one in found if one.refuses}


@pytest.mark.parametrize("seed", range(4))
def test_traits_by_lot_accuse_nobody(model: ScoringModel, judged: pl.DataFrame, seed: int) -> None:
    offered = join_traits(judged, origins(judged["subject"], seed=100 + seed))
    assert check(model, offered, traits=[ORIGIN], approve_below=0.02).found == []


@pytest.mark.parametrize(
    ("traits", "applications", "says"),
    [
        pytest.param("firm,origin\nA,b\n", None, "needs the column subject", id="traits of nobody"),
        pytest.param("subject\nA\n", None, "Add one column for each trait", id="no trait"),
        pytest.param("subject,origin\nA,b\nA,c\n", None, "A stands twice", id="a firm twice"),
        pytest.param("subject,size\nA,b\n", None, "rename it", id="a trait named as what is there"),
        pytest.param(None, "subject,as_of,granted\n", "give --traits FILE too", id="applications without traits"),
    ],
)
def test_a_file_that_cannot_be_meant_is_told(
    city_home: Path, tmp_path: Path, traits: str | None, applications: str | None, says: str
) -> None:
    words = []
    for option, text in (("--traits", traits), ("--applications", applications)):
        if text is not None:
            (tmp_path / f"{option}.csv").write_text(text)
            words += [option, str(tmp_path / f"{option}.csv")]
    result = run(city_home, NAME, *words)
    assert isinstance(result.exception, InvalidInput)
    assert says in str(result.exception)


def test_an_answer_of_a_bank_that_is_none_is_told(lake: Lake, model: ScoringModel, judged: pl.DataFrame) -> None:
    offered = judged[:2].select("subject", "as_of", granted=pl.Series(["1", "perhaps"]))
    with pytest.raises(BureauError, match="granted in row 2 is 'perhaps'"):
        read_applications(lake, model, offered, GRANT)
