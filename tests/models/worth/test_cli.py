"""`bureau models worth` on the small city, and its errors in a sentence."""

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from bureau.errors import BureauError, InvalidInput, TooFewLabels, UnknownName, UnreadableFile
from features.definitions.library import features_of
from models.cli import models
from models.worth import ablation
from models.worth.files import read_worth

LAST_DAY = "2023-04-30"


def run(home: Path, *words: str) -> Result:
    return CliRunner().invoke(models, ["worth", *words], env={"BUREAU_HOME": str(home), "BUREAU_TODAY": LAST_DAY})


@pytest.fixture(scope="module")
def pages(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("worth") / "pages"


@pytest.fixture(scope="module")
def measured(city_home: Path, pages: Path) -> Result:
    """Three feeds: one that warns, one that hardly does, and the banks' own, which no feature reads.

    Fewer models are averaged than a user's figures are.
    """
    feeds = [word for code in ("F18", "F43", "F60") for word in ("--feed", code)]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(ablation, "FITS", 2)
        patch.setattr(ablation, "FITS_OF_EVERYTHING", 3)
        result = run(city_home, *feeds, "--before", "2", "--after", "1", "--out", str(pages), "--format", "json")
    assert result.exception is None, result.exception
    return result


def test_each_feed_has_a_line_and_the_greatest_loss_comes_first(measured: Result) -> None:
    lines = json.loads(measured.stdout)
    assert {line["feed"] for line in lines} == {"F18", "F43", "F60"}
    losses = [line["loss_without"] for line in lines[:-1]]
    assert losses == sorted(losses, reverse=True)
    assert lines[-1] | {"name": None} == dict.fromkeys(lines[-1]) | {"feed": "F60", "features": 0}
    arrears = next(line for line in lines if line["feed"] == "F18")
    assert arrears["auc_alone"] > 0.5 + arrears["auc_alone_error"]
    assert arrears["best_feature"] in {entry.name for entry in features_of("F18")}


def test_progress_is_told_apart_from_the_list(measured: Result) -> None:
    assert "Month -2 around default:" in measured.stderr
    assert "lost without it (100%, 0 s left)" in measured.stderr


def test_the_home_keeps_each_feed_and_the_directory_has_its_page(
    measured: Result, city_home: Path, pages: Path
) -> None:
    worth = read_worth(city_home, "F18")
    assert worth is not None
    assert {course.feature for course in worth.courses} == {entry.name for entry in features_of("F18")}
    assert [point.month for point in worth.courses[0].points] == [-2, -1, 0, 1]
    assert worth.matching.others == pytest.approx(3 * worth.matching.defaulted, rel=0.1)
    assert sorted(path.name for path in pages.iterdir()) == ["F18.md", "F18.svg", "F43.md", "F43.svg", "F60.md"]


def test_arrears_are_seen_before_default(measured: Result, city_home: Path) -> None:
    worth = read_worth(city_home, "F18")
    assert worth is not None
    [count] = [course for course in worth.courses if course.feature == "tax_arrears_count_24m"]
    before = count.at(-1)
    assert before is not None
    assert before.difference is not None
    assert before.half is not None
    assert before.difference - before.half > 0


@pytest.mark.parametrize(
    ("words", "kind", "says"),
    [
        pytest.param(("--feed", "F99"), UnknownName, "F99", id="no such feed"),
        pytest.param(("sme_defualt",), UnknownName, "sme_default", id="no such model"),
        pytest.param(("invoice_default",), InvalidInput, "sme_default", id="a model without dated outcomes"),
        pytest.param(("--feed", "F18"), TooFewLabels, "has 0", id="a home without loans"),
    ],
)
def test_what_cannot_be_measured_is_one_sentence(
    tmp_path: Path, words: tuple[str, ...], kind: type[BureauError], says: str
) -> None:
    error = run(tmp_path, *words).exception
    assert isinstance(error, kind)
    assert says in str(error)
    assert not (tmp_path / "worth").exists()


def test_a_file_in_place_of_the_directory_is_told_before_the_work(tmp_path: Path) -> None:
    (tmp_path / "pages").write_text("", "utf-8")
    error = run(tmp_path, "--out", str(tmp_path / "pages")).exception
    assert isinstance(error, UnreadableFile)


@pytest.mark.parametrize("option", ["--before", "--after"])
@pytest.mark.parametrize("months", ["-1", "61", "many"])
def test_impossible_months_are_refused(tmp_path: Path, option: str, months: str) -> None:
    assert run(tmp_path, option, months).exit_code == 2
