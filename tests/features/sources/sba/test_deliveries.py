"""The source `sba` in a home: what is known on which day, and that nothing of later reaches a feature."""

from datetime import UTC, date, datetime
from pathlib import Path

import polars as pl
import pytest

from bureau.errors import InvalidInput
from bureau.grant import operator_grant
from features.contracts.guaranteed_loan import GUARANTEED_LOAN
from features.definitions.library import features_of
from features.engine.engines import Engine
from features.lake.lake import Lake
from features.lake.registry import resolve
from features.sources.checking import check_source
from features.sources.loading import LoadReport, SourceOptions, load_source
from features.sources.sba.publication import LAST_DAY
from features.sources.sba.reading import LATER
from features.store.live import live_vector
from features.store.records import records
from features.store.training_set import training_set
from models.suspects import suspect_columns
from tests.factories.lakes import make_lake
from tests.factories.sba import charged_off, sba_loan, write_loans, write_sba_directory

GRANT = operator_grant("training")
APPROVED = date(2001, 3, 15)
OFF = date(2003, 5, 12)


def load(lake: Lake, home: Path, data: Path) -> LoadReport:
    return load_source(lake, home, "sba", SourceOptions(data=data), at=datetime(2026, 1, 1, tzinfo=UTC))


@pytest.fixture
def lake(tmp_path: Path) -> Lake:
    """A repaid loan, one charged off, and one of unknown end."""
    data = write_loans(
        tmp_path / "data", "head22k", sba_loan(1), charged_off(2, OFF), sba_loan(3, MIS_Status=None, FranchiseCode=9)
    )
    lake = make_lake(tmp_path / "home")
    report = load(lake, tmp_path / "home", data)
    assert {feed.feed: (feed.rows, feed.landed) for feed in report.feeds} == {
        "F01": (3, 3),
        "F60": (5, 5),
        "F62L": (4, 4),
    }
    assert report.last_day == LAST_DAY
    return lake


def of(lake: Lake, feed: str, day: date) -> list[str]:
    """What was known on a day, whatever the law of later years forbids to use."""
    return sorted(records(lake, feed, day, GRANT, used_on=APPROVED)["record_id"])


def test_a_charge_off_is_known_on_its_day_and_a_repayment_at_the_end(lake: Lake) -> None:
    before = OFF.replace(day=OFF.day - 1)
    assert of(lake, "F60", before) == ["grant-1", "grant-2", "grant-3"]
    assert of(lake, "F60", OFF) == ["charge-off-2", "grant-1", "grant-2", "grant-3"]
    assert "repaid-1" in of(lake, "F60", LAST_DAY)
    assert of(lake, "F62L", before) == ["approved-1", "approved-2", "approved-3"]
    assert "charged-off-2" in of(lake, "F62L", OFF)


def test_nothing_is_known_before_the_approval(lake: Lake) -> None:
    assert of(lake, "F62L", APPROVED.replace(day=14)) == []
    assert len(of(lake, "F62L", APPROVED)) == 3


def test_a_loan_is_found_by_its_number(lake: Lake) -> None:
    assert resolve(lake, "2").enterprise_id == resolve(lake, resolve(lake, "2").uscc).enterprise_id


def test_the_same_files_twice_change_nothing_and_others_add_up(tmp_path: Path) -> None:
    lake, home = make_lake(tmp_path / "home"), tmp_path / "home"
    first = write_loans(tmp_path / "first", "head22k", sba_loan(1), charged_off(2, OFF))
    load(lake, home, first)
    assert all(feed.landed == 0 for feed in load(lake, home, first).feeds)
    load(lake, home, write_loans(tmp_path / "more", "head22k", sba_loan(4)))
    assert of(lake, "F62L", LAST_DAY) == ["approved-1", "approved-2", "approved-4", "charged-off-2"]
    assert {check.verdict for check in check_source(lake, home)} == {"met"}


def test_a_corrected_loan_is_a_new_version(tmp_path: Path) -> None:
    lake, home = make_lake(tmp_path / "home"), tmp_path / "home"
    load(lake, home, write_loans(tmp_path / "first", "head22k", charged_off(2, OFF)))
    load(lake, home, write_loans(tmp_path / "second", "head22k", sba_loan(2)))
    assert "charge-off-2" not in of(lake, "F60", LAST_DAY)
    assert "repaid-2" in of(lake, "F60", LAST_DAY)


def test_options_of_other_sources_are_refused(tmp_path: Path) -> None:
    lake = make_lake(tmp_path / "home")
    with pytest.raises(InvalidInput, match="--data DIR"):
        load_source(lake, tmp_path / "home", "sba", SourceOptions(), at=datetime(2026, 1, 1, tzinfo=UTC))
    with pytest.raises(InvalidInput, match="no use for --seed"):
        options = SourceOptions(data=tmp_path, seed=1)
        load_source(lake, tmp_path / "home", "sba", options, at=datetime(2026, 1, 1, tzinfo=UTC))


@pytest.mark.parametrize("engine", [Engine.DUCKDB, Engine.KERNEL])
def test_a_groups_rate_is_of_the_others_and_of_what_was_known(tmp_path: Path, engine: Engine) -> None:
    """Thirty-one others of weight 2 beside one of weight 3; two of them were charged off, one of these late."""
    lake, home = make_lake(tmp_path / "home"), tmp_path / "home"
    others = [sba_loan(number, SampleWeight=2.0) for number in range(10, 39)]
    off = [charged_off(39, OFF, SampleWeight=2.0), charged_off(40, date(2004, 1, 5), SampleWeight=2.0)]
    own = charged_off(1, OFF, SampleWeight=3.0)
    load(lake, home, write_loans(tmp_path / "data", "balanced30k", own, *others, *off))
    firm = resolve(lake, "1").enterprise_id
    names = [f"guaranteed_loan_bad_rate_{group}" for group in ("lender", "state", "sector", "state_sector")]

    def rates(day: date) -> set[float | str | None]:
        return set(live_vector(lake, names, firm, day, operator_grant(), engine=engine).values())

    assert rates(date(2003, 5, 31)) == {0.0}  # at the end of April nobody had been charged off
    assert rates(date(2003, 6, 1)) == {2 / 62}
    assert rates(date(2004, 2, 1)) == {4 / 62}
    assert rates(date(2006, 4, 1)) == {None}  # five years after the approvals there are none to divide by
    labels = pl.DataFrame({"subject": ["1", "10"], "as_of": [date(2003, 6, 1)] * 2})
    many = training_set(lake, labels, names[:1], operator_grant(), engine=engine).frame[names[0]].to_list()
    assert many == [2 / 62, (2 + 3) / (2 * 30 + 3)]


def test_a_group_of_29_others_is_silent(tmp_path: Path) -> None:
    lake, home = make_lake(tmp_path / "home"), tmp_path / "home"
    load(lake, home, write_loans(tmp_path / "data", "head22k", *(sba_loan(number) for number in range(1, 31))))
    name = "guaranteed_loan_bad_rate_lender"
    number = resolve(lake, "1").enterprise_id
    assert live_vector(lake, [name], number, date(2001, 5, 1), operator_grant())[name] is None


def test_what_is_known_only_afterwards_is_suspected_and_has_no_column(tmp_path: Path) -> None:
    """All 27 columns offered: the check names what came later, and the feed of applications has no place for it."""
    write_sba_directory(tmp_path, loans=400)
    loans = pl.read_parquet(tmp_path / "head22k.parquet")
    offered = loans.with_columns(target=(pl.col("MIS_Status") == "CHGOFF").cast(pl.Float64))
    named = {suspect.column for suspect in suspect_columns(offered, "target", as_of="ApprovalDate")}
    assert named >= set(LATER)
    assert named.isdisjoint(
        {"NoEmp", "NewExist", "GrAppv", "SBA_Appv", "State", "Bank", "NAICS", "RevLineCr", "LowDoc"}
    )
    later = {"term", "term_months", "disbursed_on", "balance_usd_cents", "charged_off_usd_cents", "status"}
    assert later.isdisjoint(GUARANTEED_LOAN.dtypes)
    assert not [entry.name for entry in features_of("F62L") if "weight" in entry.name]
