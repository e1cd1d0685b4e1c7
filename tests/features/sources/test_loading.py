"""A source is loaded into a home: written, claimed, landed; and nothing happens where the words are wrong."""

from pathlib import Path

import pytest

from bureau.clock import now
from bureau.errors import BureauError, InvalidInput, SourceConflict, UnknownName, UnreadableFile
from features.sources.city.records import FEEDS
from features.sources.cumcm.publication import LAST_DAY
from features.sources.loading import LoadReport, SourceOptions, load_source
from features.sources.source import HomeSource, Pace, claim_source, read_source
from tests.factories.cumcm import write_cumcm_directory
from tests.factories.homes import lake_in
from tests.factories.invoices import invoice, write_invoices


def load(home: Path, name: str = "cumcm", **options: object) -> LoadReport:
    return load_source(lake_in(home), home, name, SourceOptions(**options), at=now())  # type: ignore[arg-type]


def test_a_load_reports_each_feed_and_claims_the_home(tmp_path: Path) -> None:
    data = write_invoices(tmp_path / "data", "out", invoice(1), invoice(2), invoice(3, state="失控发票"))
    report = load(tmp_path / "home", data=data)
    told = {feed.feed: (feed.rows, feed.landed, feed.quarantined, feed.unchanged) for feed in report.feeds}
    assert told == {"F01": (1, 1, 0, 0), "F16L": (3, 2, 1, 0), "F16": (1, 1, 0, 0), "F17": (1, 1, 0, 0)}
    assert (report.last_day, report.snapshot) == (LAST_DAY, 4)
    assert read_source(tmp_path / "home") == HomeSource("cumcm", LAST_DAY)


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("default: {slope: .nan}", id="a slope that is no number"),
        pytest.param("loans: {banks: 3}\nloans: {banks: 4}", id="a name given twice"),
    ],
)
def test_parameters_that_cannot_be_meant_leave_the_home_free(tmp_path: Path, text: str) -> None:
    parameters, home = tmp_path / "mine.yaml", tmp_path / "home"
    parameters.write_text(text, "utf-8")
    with pytest.raises(UnreadableFile, match="mine"):
        load(home, "city", enterprises=10, parameters=parameters)
    assert read_source(home) is None
    assert not (home / "deliveries").exists()


def test_progress_is_told_of_every_delivery(tmp_path: Path) -> None:
    data, told = write_invoices(tmp_path / "data", "in", invoice(1)), list[tuple[str, float]]()
    home = tmp_path / "home"
    load_source(
        lake_in(home), home, "cumcm", SourceOptions(data=data), at=now(), tell=lambda *told_: told.append(told_)
    )
    assert [line.split("-")[0] for line, _ in told] == ["F01", "F16L", "F16", "F17"]
    assert told[1][0].endswith("landed: 1 of 1 rows")
    assert [done for _, done in told] == [0.25, 0.5, 0.75, 1.0]


def test_deliveries_that_are_not_kept_are_gone_when_they_have_landed(tmp_path: Path) -> None:
    data, folder = write_invoices(tmp_path / "data", "in", invoice(1)), tmp_path / "home" / "deliveries" / "cumcm"
    load(tmp_path / "home", data=data, keep=False)
    assert list(folder.iterdir()) == []
    assert {feed.unchanged for feed in load(tmp_path / "home", data=data).feeds} == {1}


def test_a_city_that_landed_and_is_not_kept_is_not_drawn_again(tmp_path: Path) -> None:
    first = load(tmp_path / "home", "city", enterprises=20, keep=False)
    again = load(tmp_path / "home", "city", enterprises=20, keep=False)
    assert (len(first.feeds), again.feeds) == (len(FEEDS), ())
    assert again.snapshot == first.snapshot
    assert again.pace == Pace()
    kept = load(tmp_path / "home", "city", enterprises=20, keep=True)
    assert sum(feed.rows for feed in kept.feeds) == sum(feed.unchanged for feed in kept.feeds)


@pytest.mark.parametrize(
    ("options", "keeps"),
    [
        pytest.param({}, True, id="files somebody brought"),
        pytest.param({"enterprises": 200_000}, True, id="a city that checks can read"),
        pytest.param({"enterprises": 200_001}, False, id="a larger one"),
        pytest.param({"enterprises": 4_000_000, "keep": True}, True, id="as asked"),
        pytest.param({"enterprises": 20, "keep": False}, False, id="as asked the other way"),
    ],
)
def test_deliveries_of_large_cities_are_not_kept(options: dict[str, object], keeps: bool) -> None:
    assert SourceOptions(**options).keeps is keeps  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("name", "options", "error", "sentence"),
    [
        pytest.param("cumc", {}, UnknownName, "Did you mean: cumcm", id="a source nobody knows"),
        pytest.param("cumcm", {}, InvalidInput, "--data DIR", id="files and no directory"),
        pytest.param("cumcm", {"data": Path("nowhere")}, UnreadableFile, "no such directory", id="a wrong directory"),
        pytest.param("cumcm", {"seed": 1}, InvalidInput, "no use for --seed", id="a seed for real records"),
        pytest.param("city", {"data": Path()}, InvalidInput, "no use for --data", id="files for a generated city"),
        pytest.param("city", {"enterprises": 0}, InvalidInput, "at least one enterprise", id="a city of nobody"),
    ],
)
def test_wrong_words_change_nothing(
    tmp_path: Path, name: str, options: dict[str, object], error: type[BureauError], sentence: str
) -> None:
    with pytest.raises(error, match=sentence):
        load(tmp_path, name, **options)
    assert read_source(tmp_path) is None
    assert lake_in(tmp_path).snapshot() == 0


def test_a_second_source_is_refused_before_anything_is_written(tmp_path: Path) -> None:
    claim_source(tmp_path, "city", LAST_DAY)
    with pytest.raises(SourceConflict, match="city"):
        load(tmp_path, data=write_cumcm_directory(tmp_path / "data", firms=2))
    assert not (tmp_path / "deliveries").exists()
