"""What becomes of records whose time is over: erased, and for training kept as nobody's."""

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path

import polars as pl
import pytest

from bureau.errors import FieldNotGranted
from bureau.grant import operator_grant
from features.contracts.consumption_restriction import CONSUMPTION_RESTRICTION
from features.contracts.contract import Contract
from features.contracts.court_case import COURT_CASE
from features.contracts.feeds import FEEDS
from features.contracts.penalty import PENALTY
from features.contracts.registration import REGISTRATION
from features.lake.anonymity import SMALLEST_GROUP
from features.lake.archive import read_archive
from features.lake.compaction import compact
from features.lake.erasure import certificates
from features.lake.files import exclusive
from features.lake.lake import Lake
from features.lake.links import list_links
from features.lake.quarantine import list_waiting
from features.lake.unlinking import end_link
from features.store.records import records
from features.store.retention import archive_expired, count_expired, erase_expired, expired, offer_expired
from tests.factories.courts import consumption_restriction, court_case
from tests.factories.lakes import instant, known, land_rows, make_lake, uscc
from tests.factories.penalties import penalty
from tests.factories.registrations import registration

OLD, YOUNG, USED_ON = date(2025, 3, 31), date(2025, 4, 2), date(2026, 4, 1)
FIRMS = [uscc(number) for number in range(SMALLEST_GROUP)]
AT = instant("2026-04-01")
TRAINING = operator_grant("training")


@pytest.fixture
def lake(tmp_path: Path) -> Lake:
    """Ten alike whose year is over, one of them twice, one alone in its class, one repaired, one in its term."""
    lake = make_lake(tmp_path)
    over = [penalty(firm, OLD, fine_fen=123_456 + n) for n, firm in enumerate(FIRMS)]
    alone = penalty(uscc(50), OLD, severity="轻微")
    repaired = penalty(uscc(51), OLD, repaired_on=date(2025, 9, 1))
    rows = [*over, penalty(FIRMS[0], date(2025, 3, 30)), alone, penalty(uscc(52), YOUNG)]
    land_rows(lake, PENALTY, rows, "2025-04-05")
    land_rows(lake, PENALTY, [repaired], "2025-09-05")
    return lake


@pytest.fixture(scope="module")
def lake_of_nothing(tmp_path_factory: pytest.TempPathFactory) -> Lake:
    return make_lake(tmp_path_factory.mktemp("nothing"))


def test_only_what_is_over_is_found(lake: Lake) -> None:
    found = expired(lake, PENALTY, USED_ON)
    assert found.height == 13
    assert uscc(52) not in found["uscc"]
    assert found.filter(~pl.col("open_to_use"))["uscc"].to_list() == [uscc(51)]
    assert expired(lake, PENALTY, date(2026, 3, 31)).is_empty()
    assert expired(lake, REGISTRATION, USED_ON).is_empty()
    assert count_expired(lake, USED_ON) == {"F34": 13}
    assert count_expired(lake, date(2026, 3, 31)) == {}


def test_the_archive_keeps_no_trace_of_anybody(lake: Lake) -> None:
    done = archive_expired(lake, PENALTY, USED_ON, "征信业管理条例第十六条", at=AT)
    assert (done.erased.records, done.offered, done.rows) == (13, 12, 11)
    kept = read_archive(lake, PENALTY, TRAINING)
    assert set(kept.columns) == {
        "severity", "event_date", "decided_on", "published_on", "revoked_on", "repaired_on",
        "fine_fen", "confiscated_fen", "nobody",
    }  # fmt: skip
    assert kept["nobody"].n_unique() == kept.height
    assert kept["event_date"].unique().to_list() == [date(2025, 1, 1)]
    assert set(kept["fine_fen"]) == {120_000.0}


def test_what_is_archived_has_left_the_lake(lake: Lake) -> None:
    archive_expired(lake, PENALTY, USED_ON, "期满", at=AT)
    for used_on in (USED_ON, date(2025, 5, 1)):
        left = records(lake, "F34", USED_ON, operator_grant(), used_on=used_on)
        assert left["uscc"].to_list() == [uscc(52)]
    again = archive_expired(lake, PENALTY, USED_ON, "期满", at=AT)
    assert (again.erased.records, again.rows) == (0, 0)
    assert read_archive(lake, PENALTY, TRAINING).height == 11


def test_the_certificate_reports_the_archive(lake: Lake) -> None:
    archive_expired(lake, PENALTY, USED_ON, "期满", at=AT)
    (told,) = certificates(lake)
    report = told["archive"]
    assert (report["k"], report["smallest_group"], report["suppressed"]) == (SMALLEST_GROUP, SMALLEST_GROUP, 1)
    assert {"uscc", "record_id", "doc_no", "act", "basis"} <= set(report["removed"])
    assert not any(firm in json.dumps(told) for firm in FIRMS)


def test_a_dry_run_says_what_the_archive_will_keep(lake: Lake) -> None:
    would = offer_expired(lake, PENALTY, USED_ON)
    assert (would.records, would.offered, would.report.rows, would.report.groups) == (13, 12, 11, 1)
    assert expired(lake, PENALTY, USED_ON).height == 13
    nothing = offer_expired(lake, PENALTY, date(2026, 3, 30))
    assert (nothing.records, nothing.offered, nothing.report.rows) == (0, 0, 0)


@pytest.mark.parametrize("contract", FEEDS, ids=lambda contract: contract.code)
def test_every_feed_can_be_asked_what_is_over(contract: Contract, lake_of_nothing: Lake) -> None:
    would = offer_expired(lake_of_nothing, contract, USED_ON)
    assert (would.records, would.offered, would.report.rows) == (0, 0, 0)


def test_a_group_one_short_is_left_out(tmp_path: Path) -> None:
    lake = make_lake(tmp_path)
    land_rows(lake, PENALTY, [penalty(firm, OLD) for firm in FIRMS[1:]] + [penalty(FIRMS[1], date(2025, 3, 3))], AT)
    done = archive_expired(lake, PENALTY, USED_ON, "期满", at=AT)
    assert (done.erased.records, done.rows) == (SMALLEST_GROUP, 0)
    assert read_archive(lake, PENALTY, TRAINING).is_empty()


def test_erasing_what_is_over_archives_nothing(lake: Lake) -> None:
    assert erase_expired(lake, PENALTY, USED_ON, "期满", at=AT).records == 13
    assert read_archive(lake, PENALTY, TRAINING).is_empty()


@pytest.mark.parametrize("end", [erase_expired, archive_expired], ids=["erased", "archived"])
def test_what_lands_while_an_erasure_waits_its_turn_decides_too(
    lake: Lake, monkeypatch: pytest.MonkeyPatch, end: Callable[..., object]
) -> None:
    corrected = penalty(FIRMS[0], YOUNG, record_id=penalty(FIRMS[0], OLD)["record_id"], version=2, op="U")

    @contextmanager
    def its_turn(waiting: Lake) -> Iterator[None]:
        land_rows(waiting, PENALTY, [corrected], "2025-10-01")
        with exclusive(waiting):
            yield

    monkeypatch.setattr("features.lake.erasure.exclusive", its_turn)
    end(lake, PENALTY, USED_ON, "期满", at=AT)
    assert corrected["record_id"] in known(lake, PENALTY, "2026-04-01")["record_id"]
    assert certificates(lake)[0]["records"] == 12


def test_what_was_withdrawn_is_over_by_its_last_version(tmp_path: Path) -> None:
    lake = make_lake(tmp_path)
    over, young, corrected = penalty(FIRMS[0], OLD), penalty(FIRMS[1], YOUNG), penalty(FIRMS[2], OLD)
    later = {"event_date": YOUNG, "decided_on": YOUNG, "version": 2, "op": "U"}
    land_rows(lake, PENALTY, [over, young, corrected], "2025-04-05")
    land_rows(lake, PENALTY, [corrected | later], "2025-04-10")
    withdrawn = [over | {"version": 2}, young | {"version": 2}, corrected | later | {"version": 3}]
    land_rows(lake, PENALTY, [row | {"op": "D"} for row in withdrawn], "2025-05-01")
    found = expired(lake, PENALTY, USED_ON)
    assert found.select("record_id", "version", "open_to_use").rows() == [(over["record_id"], 2, False)]
    assert count_expired(lake, USED_ON) == {"F34": 1}
    done = archive_expired(lake, PENALTY, USED_ON, "期满", at=AT)
    assert (done.erased.records, done.offered) == (1, 0)
    assert set(known(lake, PENALTY, "2025-04-30")["uscc"]) == {FIRMS[1], FIRMS[2]}
    assert expired(lake, PENALTY, USED_ON).is_empty()


def test_what_is_over_is_erased_of_all_who_ever_had_it(tmp_path: Path) -> None:
    lake = make_lake(tmp_path)
    mistaken = penalty(FIRMS[0], OLD)
    land_rows(lake, PENALTY, [mistaken], "2025-04-05")
    land_rows(lake, PENALTY, [mistaken | {"uscc": FIRMS[1], "version": 2, "op": "U"}], "2025-05-01")
    assert count_expired(lake, USED_ON) == {"F34": 1}
    done = archive_expired(lake, PENALTY, USED_ON, "期满", at=AT)
    assert (done.erased.records, done.erased.rows, done.offered) == (1, 2, 1)
    assert known(lake, PENALTY, "2025-04-30").is_empty()


@pytest.mark.parametrize("compacted", [False, True])
def test_what_lost_its_owner_is_over_all_the_same(tmp_path: Path, compacted: bool) -> None:
    lake, name = make_lake(tmp_path), "深圳市甲贸易有限公司"
    land_rows(lake, REGISTRATION, [registration(FIRMS[0], name, date(2017, 5, 4))], "2018-01-31")
    land_rows(lake, COURT_CASE, [court_case(None, name, filed_on=date(2018, 1, 31))], "2018-02-05")
    end_link(lake, list_links(lake)[0].link_id, at=instant("2018-05-01"))
    if compacted:
        compact(lake, COURT_CASE.code, at=instant("2018-05-02"))
    assert expired(lake, COURT_CASE, USED_ON)["open_to_use"].to_list() == [False]
    assert expired(lake, COURT_CASE, date(2018, 6, 1)).is_empty()
    assert erase_expired(lake, COURT_CASE, USED_ON, "期满", at=AT).records == 1
    assert known(lake, COURT_CASE, "2018-04-30").is_empty()
    assert list_waiting(lake) == []


def test_a_restriction_of_a_person_leaves_the_lake_five_years_after_it_was_lifted(tmp_path: Path) -> None:
    lake = make_lake(tmp_path)
    lifted = consumption_restriction(FIRMS[0], from_on=date(2020, 1, 8), lifted_on=date(2021, 4, 1), case_no="a")
    young = consumption_restriction(FIRMS[1], from_on=date(2020, 1, 8), lifted_on=date(2021, 4, 2), case_no="b")
    untold = consumption_restriction(FIRMS[2], from_on=date(2021, 4, 1), case_no="c")
    land_rows(lake, CONSUMPTION_RESTRICTION, [lifted, young, untold], "2021-05-01")
    found = expired(lake, CONSUMPTION_RESTRICTION, USED_ON)
    assert {*found.select("uscc", "open_to_use").rows()} == {(FIRMS[0], False), (FIRMS[2], True)}
    assert count_expired(lake, USED_ON) == {"F29": 2}
    assert erase_expired(lake, CONSUMPTION_RESTRICTION, USED_ON, "征信业管理条例第十六条", at=AT).records == 2
    assert known(lake, CONSUMPTION_RESTRICTION, "2026-04-01")["uscc"].to_list() == [FIRMS[1]]


def test_the_archive_is_read_for_training_alone(lake: Lake) -> None:
    with pytest.raises(FieldNotGranted, match="archive of F34"):
        read_archive(lake, PENALTY, operator_grant())
