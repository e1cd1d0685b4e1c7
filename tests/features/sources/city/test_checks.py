"""The promises of the generator hold for a city as a demo has it, and a broken promise is seen."""

import shutil
from pathlib import Path

import polars as pl
import pytest

from features.sources.city.checks import check_city
from features.sources.city.city import DEFAULT_SEED
from features.sources.city.outcomes import delivered, matured_loans
from features.sources.source import Check
from tests.factories.cities import write_city

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
    assert len(checks) == 9


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
