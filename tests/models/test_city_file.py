"""The whole city in one file: every enterprise known that day, resumable, of one model and one state of the lake."""

import json
from datetime import date
from pathlib import Path

import polars as pl
import pytest

from bureau.errors import UnreadableFile
from bureau.grant import operator_grant
from features.lake.marks import mark_record
from features.store import city_build
from features.store.build import build_features
from features.store.city_build import CityBuild, stale_of
from features.store.staleness import STALE
from models.city_file import write_city_scores
from models.city_scores import caveats_of, score_rows
from models.scoring import ScoringModel
from models.service import load_released
from products.desk import Desk
from tests.factories.desks import TODAY, TROUBLED, city_desk
from tests.factories.lakes import instant


@pytest.fixture(scope="module")
def city(tmp_path_factory: pytest.TempPathFactory) -> Desk:
    return city_desk(tmp_path_factory.mktemp("city"))


@pytest.fixture(scope="module")
def model(city: Desk) -> ScoringModel:
    return load_released(city.home, "sme_default")


def write(city: Desk, model: ScoringModel, out: Path, told: list[str] | None = None) -> int:
    wanted = CityBuild(model.features, TODAY, city.lake.snapshot())
    heard = [] if told is None else told
    return write_city_scores(
        city.lake, model, wanted, operator_grant(), out, lambda line, done: heard.append(f"{line} {done:.0%}")
    )


def test_every_enterprise_stands_in_the_file_with_its_own_score(
    city: Desk, model: ScoringModel, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(city_build, "PORTION", 25)
    told: list[str] = []
    rows = write(city, model, tmp_path / "scores.parquet", told)
    written = pl.read_parquet(tmp_path / "scores.parquet")
    built = build_features(city.lake, model.features, TODAY, operator_grant())
    assert rows == written.height == built.height > 75
    wanted = CityBuild(model.features, TODAY, city.lake.snapshot())
    assert written.equals(score_rows(model, built, caveats_of(city.lake, model, wanted, operator_grant())))
    assert told[-1] == f"{rows:,} of {rows:,} enterprises 100%"
    assert len(told) == -(-rows // 25)
    assert [path.name for path in tmp_path.iterdir()] == ["scores.parquet"]
    stamp = pl.read_parquet_metadata(tmp_path / "scores.parquet")
    assert (stamp["model"], stamp["version"], stamp["as_of"]) == ("sme_default", model.version, TODAY.isoformat())


def test_killed_it_goes_on_where_it_was(
    city: Desk, model: ScoringModel, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(city_build, "PORTION", 25)
    out, begun = tmp_path / "scores.parquet", []

    def killed(line: str, done: float) -> None:
        begun.append(done)
        if len(begun) == 3:
            raise KeyboardInterrupt

    wanted = CityBuild(model.features, TODAY, city.lake.snapshot())
    with pytest.raises(KeyboardInterrupt):
        write_city_scores(city.lake, model, wanted, operator_grant(), out, killed)
    assert not out.exists()
    parts = sorted((tmp_path / ".scores.parquet.parts").iterdir())
    assert [path.name for path in parts] == ["part-0000.parquet", "part-0001.parquet"]
    parts[1].with_suffix(".unfinished").write_bytes(b"half a file")
    told: list[str] = []
    rows = write(city, model, out, told)
    assert len(told) == -(-rows // 25) - 2
    assert pl.read_parquet(out)["enterprise_id"].is_sorted()
    assert pl.read_parquet(out)["enterprise_id"].n_unique() == rows
    assert [path.name for path in tmp_path.iterdir()] == ["scores.parquet"]


def test_parts_of_another_version_are_scored_anew(
    city: Desk, model: ScoringModel, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / ".scores.parquet.parts"
    folder.mkdir()
    pl.DataFrame({"score": [1]}).write_parquet(folder / "part-0000.parquet", metadata={"version": "of old"})
    pl.DataFrame({"score": [1]}).write_parquet(folder / "part-0099.parquet", metadata={"version": "of old"})
    rows = write(city, model, tmp_path / "scores.parquet")
    assert rows == pl.read_parquet(tmp_path / "scores.parquet").height > 75


def test_a_row_tells_the_marks_of_its_records_and_the_file_its_stale_feeds(model: ScoringModel, tmp_path: Path) -> None:
    city = city_desk(tmp_path)
    known, record = instant("2025-06-28"), f"F34-{TROUBLED}-2025-01-15"
    for key in (record, f"F34-{TROUBLED}-2025-02-01"):  # the second was repaired, and enters no score
        mark_record(city.lake, ("F34", key), "objection", from_day=date(2025, 6, 20), known_at=known, made_at=known)
    write(city, model, tmp_path / "scores.parquet")
    written = pl.read_parquet(tmp_path / "scores.parquet", columns=["uscc", "marks"])
    told = {code: json.loads(marks) for code, marks in written.iter_rows()}
    ((code, marks),) = [(code, marks) for code, marks in told.items() if marks]
    assert code == TROUBLED
    assert marks == [{"feed": "F34", "record_id": record, "kind": "objection", "from_day": "2025-06-20"}]
    stale = json.loads(pl.read_parquet_metadata(tmp_path / "scores.parquet")[STALE])
    wanted = CityBuild(model.features, TODAY, city.lake.snapshot())
    assert sorted(stale) == [one.feed for one in stale_of(city.lake, wanted)]


@pytest.mark.parametrize(
    ("name", "says"),
    [
        pytest.param("scores.csv", "ending in .parquet", id="text"),
        pytest.param("nowhere/scores.parquet", "no such directory", id="no directory"),
    ],
)
def test_a_place_no_city_can_be_written_to_is_told_first(
    city: Desk, model: ScoringModel, tmp_path: Path, name: str, says: str
) -> None:
    with pytest.raises(UnreadableFile, match=says):
        write(city, model, tmp_path / name)
