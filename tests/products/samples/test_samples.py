"""Every sample enterprise shows what it is declared to show, read, scored and decided on as a real one is."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from bureau.errors import UnreadableFile
from bureau.grant import ReadGrant
from bureau.uscc import PLACEHOLDER_DIVISION, is_sample, is_uscc, placeholder_uscc, sample_uscc
from features.lake.quarantine import list_waiting
from products.datafile import read_datafile
from products.decisions.deciding import decide
from products.decisions.policy import find_policy
from products.desk import Desk
from products.lending import Application
from products.product import fields_of, find_product
from products.reports.answer import Answer
from products.reports.producing import produce_report
from products.samples.declared import FILE, Sample, Samples, declared, find_sample
from products.samples.opening import desk_about, open_sample_desk

READ = [pytest.param(sample, id=sample.name) for sample in declared().samples if sample.problem is None]
APPLICATION = Application(amount_fen=50_000_000, term_months=12, use="working_capital", secured="credit")


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return Path(tmp_path_factory.mktemp("samples"))


@pytest.fixture(scope="module")
def desk(home: Path) -> Desk:
    return open_sample_desk(home)


def report(desk: Desk, sample: Sample, code: str = "P07") -> Answer:
    product = find_product(code)
    grant = ReadGrant("前海银行", "pre_loan", "consent-1", sample.uscc, fields_of(product))
    return produce_report(desk_about(desk, sample.uscc), product, sample.uscc, grant)


def decision(desk: Desk, sample: Sample) -> dict[str, Any]:
    grant = ReadGrant("前海银行", "pre_loan", "consent-1", sample.uscc, fields_of(find_product("P07"), "decision"))
    asked = desk_about(desk, sample.uscc)
    return decide(asked, sample.uscc, APPLICATION, find_policy("default"), grant).content


@pytest.mark.parametrize("sample", READ)
def test_a_sample_shows_what_it_is_declared_to(desk: Desk, sample: Sample) -> None:
    answer = report(desk, sample)
    marks = {mark["code"] for mark in answer.content["marks"]}
    match sample.shows:
        case "approve" | "decline" | "refer":
            assert (answer.outcome, marks) == ("found", set())
            assert decision(desk, sample)["decision"] == sample.shows
        case "under_objection":
            assert (answer.outcome, marks) == ("found", {"UNDER-OBJECTION"})
        case outcome:
            assert answer.outcome == outcome
            assert ("FEED-STALE" in marks, "NO-RECORD" in marks) == (outcome == "stale", outcome != "stale")


@pytest.mark.parametrize("code", ["P01", "P08", "P10", "P11"])
def test_every_product_finds_the_sound_sample(desk: Desk, code: str) -> None:
    assert report(desk, declared().samples[0], code).outcome == "found"


def test_a_reason_of_a_sample_leads_to_its_records(desk: Desk) -> None:
    reasons = {reason["code"]: reason for reason in report(desk, declared().samples[1]).content["reasons"]}
    assert [found["feed"] for found in reasons["DISHONEST-LIST"]["evidence"]] == ["F28"]


def test_no_record_of_a_sample_waits_in_quarantine(desk: Desk) -> None:
    assert list_waiting(desk.lake) == []


def test_a_code_is_valid_and_can_be_nobodys() -> None:
    codes = [sample.uscc for sample in declared().samples]
    assert all(is_uscc(code) and is_sample(code) and find_sample(code) for code in codes)
    assert placeholder_uscc("cumcm", "E1")[2:8] == PLACEHOLDER_DIVISION
    assert not is_sample(placeholder_uscc("cumcm", "E1"))
    assert find_sample(sample_uscc(99)) is None


def test_the_lake_is_made_once_and_anew_where_making_it_was_broken_off(desk: Desk, home: Path) -> None:
    snapshot = desk.lake.snapshot()
    assert open_sample_desk(home).lake.snapshot() == snapshot
    (folder,) = (home / "samples").iterdir()
    (folder / "landed").unlink()
    (folder / "lake" / "half").write_text("of a making that was killed")
    again = open_sample_desk(home)
    assert again.lake.snapshot() == snapshot
    assert not (folder / "lake" / "half").exists()


def variants() -> Iterator[tuple[str, str]]:
    yield "a problem that is none", "shows: approve\n    problem: consent-missing"
    yield "a feed that is none", "shows: approve\n    without: [F999]"


@pytest.mark.parametrize(("what", "written"), list(variants()), ids=lambda text: text.partition("\n")[0])
def test_a_declaration_that_contradicts_itself_is_refused(tmp_path: Path, what: str, written: str) -> None:
    path = tmp_path / "samples.yaml"
    path.write_text(FILE.read_text("utf-8").replace("shows: approve", written, 1), "utf-8")
    with pytest.raises(UnreadableFile):
        read_datafile(path, Samples)
