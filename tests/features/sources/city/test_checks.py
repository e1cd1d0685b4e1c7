"""The promises of the generator hold for a city as a demo has it, and a broken promise is seen."""

import shutil
from pathlib import Path

import polars as pl
import pytest

from features.sources.city.checks import NAIVE_GAIN, check_city
from features.sources.city.city import DEFAULT_SEED
from features.sources.city.outcomes import delivered, matured_loans
from features.sources.city.volumes import volumes
from features.sources.source import Check
from tests.factories.cities import other_parameters, write_city

PATH_RULE = "no record from before a loan knows more than the hidden path"


@pytest.fixture(scope="module")
def town(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("town")
    write_city(folder, enterprises=2000, seed=DEFAULT_SEED)
    return folder


@pytest.fixture(scope="module")
def checks(town: Path) -> dict[str, Check]:
    return {check.rule: check for check in check_city(town)}


def test_a_city_of_two_thousand_keeps_every_promise(checks: dict[str, Check]) -> None:
    assert {rule: check.found for rule, check in checks.items() if not check.holds} == {}
    assert len(checks) == 16


def test_what_was_not_measured_says_what_is_missing(checks: dict[str, Check]) -> None:
    missing = {check.found.split(":")[1] for check in checks.values() if check.found.startswith("not measured")}
    assert len(missing) == 2
    assert any("--data DIR" in said for said in missing)
    assert any("sample.mix_of" in said for said in missing)


def test_reading_ahead_is_worth_more_than_the_law_allows(checks: dict[str, Check]) -> None:
    gain = next(check for rule, check in checks.items() if rule.startswith("AUC gained"))
    assert float(gain.found.split()[0]) >= NAIVE_GAIN


def test_rows_of_a_city_with_a_real_mix_are_held_against_the_contracts(tmp_path: Path) -> None:
    write_city(tmp_path, enterprises=1500, parameters=other_parameters(tmp_path, sample={"mix_of": 4_000_000}))
    measured = {one.feed: one for one in volumes(tmp_path, 1500)}
    for feed in ("F15", "F16", "F22", "F46"):
        assert measured[feed].measured == pytest.approx(measured[feed].target, rel=0.25)


def test_a_city_whose_deliveries_are_gone_says_so(tmp_path: Path) -> None:
    write_city(tmp_path, enterprises=20)
    for path in tmp_path.glob("*.parquet"):
        path.unlink()
    (check,) = check_city(tmp_path)
    assert "--keep" in check.found


def test_a_record_written_from_the_label_is_seen(town: Path, tmp_path: Path) -> None:
    folder = shutil.copytree(town, tmp_path / "tampered")
    bad = matured_loans(folder).filter("bad").select("uscc", leaked_on="granted_on").unique("uscc")
    path = next(folder.glob("F34-*.parquet"))
    template = delivered(folder, "F34").filter(pl.col("op") == "I").head(1)
    forged = template.drop("uscc", "decided_on", "event_date").join(bad, how="cross").with_columns(
        record_id=pl.concat_str(pl.lit("forged-"), "uscc"),
        decided_on=pl.col("leaked_on").dt.offset_by("-30d"),
        event_date=pl.col("leaked_on").dt.offset_by("-30d"),
        received_at=pl.col("leaked_on").dt.offset_by("-20d").cast(pl.Datetime("us")).dt.replace_time_zone("UTC"),
    )  # fmt: skip
    original = delivered(folder, "F34")
    pl.concat([original, forged.select(original.columns)]).write_parquet(path)
    broken = next(check for check in check_city(folder) if check.rule == PATH_RULE)
    assert not broken.holds
    assert "penalties" in broken.found


def test_a_city_too_small_to_judge_says_so(tmp_path: Path) -> None:
    write_city(tmp_path, enterprises=50)
    (check,) = check_city(tmp_path)
    assert not check.holds
    assert "at least 1,000 enterprises" in check.found
