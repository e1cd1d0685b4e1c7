"""Kept measurements and their pages: whole or not there, and saying what was measured."""

from pathlib import Path

import pytest

from features.definitions.library import find_feature
from models.worth.drawing import DRAWN, draw_course
from models.worth.figures import Course
from models.worth.files import read_worth, write_worth
from models.worth.page import difference, page, write_pages
from tests.factories.worth import course, measured_worth


def test_a_measurement_comes_back_as_it_was_kept(tmp_path: Path) -> None:
    worth = measured_worth()
    write_worth(tmp_path, measured_worth(features=0))
    path = write_worth(tmp_path, worth)
    assert read_worth(tmp_path, "F18") == worth
    assert path == tmp_path / "worth" / "F18.json"
    assert [one.name for one in path.parent.iterdir()] == ["F18.json"]


@pytest.mark.parametrize(
    "content",
    [
        pytest.param(None, id="never measured"),
        pytest.param(b"", id="empty"),
        pytest.param(b'{"feed": "F18"}', id="of another version"),
        pytest.param(b"\xff\xfe\x00", id="no text"),
    ],
)
def test_a_file_that_is_none_counts_as_not_measured(tmp_path: Path, content: bytes | None) -> None:
    path = write_worth(tmp_path, measured_worth())
    path.unlink() if content is None else path.write_bytes(content)
    assert read_worth(tmp_path, "F18") is None


def test_the_strongest_course_stands_out_most_in_the_year_before() -> None:
    early = Course(feature="early", points=course("early", 3.0, range(-30, -12)).points)
    late = Course(feature="late", points=course("late", 3.0, range(-1, 6)).points)
    adverse, mild = course("adverse", -0.9), course("mild", 0.2)
    worth = measured_worth(courses=(early, mild, late, adverse))
    assert [one.feature for one in worth.strongest(2)] == ["adverse", "mild"]


def test_the_page_says_figures_and_every_feature() -> None:
    said = page(measured_worth())
    for text in ("# F18 欠税信息", "0.7598 ± 0.0408", "0.0176 ± 0.0134", "4,499", "94%", "(F18.svg)"):
        assert text in said
    assert all(find_feature(one.feature).label_en in said for one in measured_worth().courses)


def test_a_feed_without_features_says_so(tmp_path: Path) -> None:
    write_pages(tmp_path / "pages", [measured_worth("F60")])
    assert "No published feature reads this feed" in (tmp_path / "pages" / "F60.md").read_text("utf-8")
    assert not (tmp_path / "pages" / "F60.svg").exists()


def test_a_feed_of_categories_only_has_no_drawing(tmp_path: Path) -> None:
    write_pages(tmp_path, [measured_worth(courses=())])
    assert "have no difference to draw" in (tmp_path / "F18.md").read_text("utf-8")
    assert not (tmp_path / "F18.svg").exists()


def test_the_drawing_stands_beside_the_page(tmp_path: Path) -> None:
    write_pages(tmp_path, [measured_worth()])
    assert (tmp_path / "F18.svg").read_text("utf-8").startswith("<svg")


def test_only_the_strongest_are_drawn_and_unknown_months_left_out() -> None:
    worth = measured_worth("F16")
    chart = draw_course(worth, str, "months", "difference").to_dict()
    drawn = {row["feature"] for rows in chart["datasets"].values() for row in rows if "feature" in row}
    assert drawn == {one.feature for one in worth.strongest(DRAWN)}
    assert len(drawn) == DRAWN
    assert difference(worth.courses[0].at(-18)) == "—"
    assert difference(worth.courses[0].at(-3)) == "+0.10 ± 0.20"
    assert difference(None) == "—"
