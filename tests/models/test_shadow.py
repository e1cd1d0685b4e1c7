"""The shadow's own files: who set it beside, what it said, how it compares."""

import shutil
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from bureau.errors import StateConflict, UnknownName
from models.keeping import Kept, keep
from models.register import read_register
from models.registry import SHADOW, tracking_address
from models.releasing import Deeds
from models.service import load_released
from models.shadow import ShadowAnswer, compare, load_shadow, read_answers, store
from models.shadow_release import put_beside, take_away
from models.training import Trained
from tests.factories.people import signature

NAME, AT = "invoice_default", datetime(2026, 1, 7, 9, 30, tzinfo=UTC)
SAID = ShadowAnswer(
    call_id="c1",
    at="2026-01-07T09:30:00+00:00",
    as_of="2026-01-07",
    snapshot=3,
    champion={"version": "1", "score": 640, "grade": "B", "pd": 0.02},
    version="2",
    pd=0.03,
    score=620,
    grade="C",
    reasons=("SALES-LEVEL",),
    problem=None,
    microseconds=900,
)


@pytest.fixture(scope="module")
def two(kept: tuple[Path, Kept], plain: Trained, mlruns: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home with version 1 in service and version 2 kept."""
    home = Path(shutil.copytree(kept[0] / "models", tmp_path_factory.mktemp("two") / "models").parent)
    keep(home, mlruns, plain, AT)
    return home


@pytest.fixture
def deeds(two: Path, mlruns: Path, tmp_path: Path) -> Deeds:
    return Deeds(Path(shutil.copytree(two / "models", tmp_path / "models").parent), mlruns, NAME)


def test_a_shadow_is_set_beside_and_taken_away_on_record(deeds: Deeds, mlruns: Path) -> None:
    from mlflow import MlflowClient

    assert load_shadow(deeds.home, NAME) is None
    put_beside(deeds, "2", signature(deeds.home, "赵值班"), AT)
    beside = load_shadow(deeds.home, NAME)
    assert beside is not None
    assert (beside.version, load_released(deeds.home, NAME).version) == ("2", "1")
    assert SHADOW in MlflowClient(tracking_address(mlruns)).get_registered_model(NAME).aliases
    take_away(deeds, signature(deeds.home, "赵值班"), AT)
    assert load_shadow(deeds.home, NAME) is None
    assert [act.deed for act in read_register(deeds.home, NAME)[-2:]] == ["shadowed", "unshadowed"]
    with pytest.raises(StateConflict, match="bureau models shadow invoice_default VERSION"):
        take_away(deeds, signature(deeds.home, "赵值班"), AT)


def test_what_is_in_service_does_not_run_beside_itself(deeds: Deeds) -> None:
    before = read_register(deeds.home, NAME)
    with pytest.raises(StateConflict, match=r"Version 1 .* is in service, and nothing runs beside itself"):
        put_beside(deeds, "1", signature(deeds.home, "赵值班"), AT)
    assert load_shadow(deeds.home, NAME) is None
    assert read_register(deeds.home, NAME) == before


def test_a_version_nobody_kept_is_no_shadow(deeds: Deeds) -> None:
    with pytest.raises(UnknownName):
        put_beside(deeds, "9", signature(deeds.home, "赵值班"), AT)


def test_what_was_said_is_read_back_by_version_and_day(tmp_path: Path) -> None:
    later = replace(SAID, call_id="c2", at="2026-01-08T00:00:00+00:00")
    store(tmp_path, NAME, [SAID, later, replace(SAID, version="3")])
    assert read_answers(tmp_path, NAME, "2") == [SAID, later]
    assert read_answers(tmp_path, NAME, "2", since=date(2026, 1, 8)) == [later]
    assert read_answers(tmp_path, NAME, "4") == []


def test_the_comparison_counts_failures_apart() -> None:
    failed = replace(SAID, pd=None, score=None, grade=None, problem="field-not-granted")
    (line,) = compare([SAID, replace(SAID, score=640, grade="B"), failed])
    assert (line["answers"], line["failed"], line["other_grade"]) == (3, 1, 1)
    assert (line["mean_points"], line["largest_points"]) == (-10, -20)
    assert compare([])[0]["mean_points"] is None


def test_what_was_shown_by_another_version_is_compared_apart() -> None:
    later = replace(SAID, champion=SAID.champion | {"version": "3", "score": 600})
    lines = compare([SAID, later, later])
    assert [(line["champion"], line["answers"], line["mean_points"]) for line in lines] == [("1", 1, -20), ("3", 2, 20)]


def test_an_answer_that_was_cut_while_it_was_written_is_none(tmp_path: Path) -> None:
    store(tmp_path, NAME, [SAID, SAID])
    (path,) = (tmp_path / "models" / NAME).rglob("*.jsonl")
    path.write_bytes(path.read_bytes()[:-5])
    assert read_answers(tmp_path, NAME, "2") == [SAID]
    later = replace(SAID, call_id="c2")
    store(tmp_path, NAME, [later])
    assert read_answers(tmp_path, NAME, "2") == [SAID, later]
