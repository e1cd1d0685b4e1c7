"""Erasure: gone from every byte of the home and every earlier state; the certificate proves it and names nobody."""

import json
from datetime import date
from pathlib import Path

import polars as pl
import pytest
from sqlalchemy import select

from bureau.clock import to_micros
from bureau.errors import BureauError
from features.contracts.contract import Contract
from features.contracts.court_case import COURT_CASE
from features.contracts.penalty import PENALTY
from features.contracts.registration import REGISTRATION
from features.lake.compaction import compact
from features.lake.endings import list_endings
from features.lake.erased import ERASED, was_erased
from features.lake.erasure import Erased, Erasure, certificates, erase
from features.lake.hot.building import Wanted
from features.lake.hot.manifest import lineage, map_feed, read_manifest, renew
from features.lake.lake import Lake
from features.lake.landing import settle_links
from features.lake.links import list_links
from features.lake.marks import mark_record, marks_of
from features.lake.quarantine import held_of_subject, list_waiting
from features.lake.registry import Enterprise, resolve
from features.lake.review import link_name
from features.lake.stored import numbers_of_ids, numbers_of_subject
from features.lake.tables import EnterpriseNumber, LakeFile, Link, LinkReview, Quarantined
from features.lake.unlinking import end_link
from tests.factories.courts import court_case
from tests.factories.lakes import ACME, BETA, GAMMA, instant, known, land_rows, make_lake
from tests.factories.penalties import penalty
from tests.factories.registrations import registration

DAYS = ("2025-02-02", "2025-03-02")
GONE = f"F34-{ACME}-2025-01-15"
NAME = "深圳市甲贸易有限公司"


@pytest.fixture
def lake(tmp_path: Path) -> Lake:
    """Three firms, two versions, a compaction between, a row that waits, a mark."""
    lake = make_lake(tmp_path)
    land_rows(lake, PENALTY, [penalty(firm) for firm in (ACME, BETA, GAMMA)], "2025-02-01")
    compact(lake, "F34", at=instant("2025-02-10"))
    changed = [penalty(firm, version=2, op="U", fine_fen=7) for firm in (ACME, BETA)]
    land_rows(lake, PENALTY, [*changed, penalty(ACME, version=3, severity="?")], "2025-03-01")
    days = {"from_day": date(2025, 3, 1), "known_at": instant("2025-03-01"), "made_at": instant("2025-03-01")}
    mark_record(lake, ("F34", GONE), "objection", **days)
    return lake


def holding(lake: Lake, text: str) -> list[str]:
    """Files of the home whose bytes or, where they are Parquet, whose cells hold a text."""
    found = []
    for path in lake.root.parent.rglob("*"):
        if not path.is_file():
            continue
        cells = pl.read_parquet(path, hive_partitioning=False).write_json() if path.suffix == ".parquet" else ""
        if text.encode() in path.read_bytes() or text in cells:
            found.append(path.name)
    return found


def erase_record(lake: Lake, at: str = "2025-04-01") -> int:
    records = numbers_of_ids(lake, PENALTY, [GONE])
    return erase(lake, Erasure(PENALTY, "record", "深信修〔2025〕1号", records), at=instant(at)).certificate


def test_no_byte_of_the_home_holds_it_any_more(lake: Lake) -> None:
    assert len(holding(lake, GONE)) >= 3
    assert ACME in "".join(known(lake, PENALTY, DAYS[1])["uscc"])
    erase_record(lake)
    assert holding(lake, GONE) == []


def test_others_stay_in_every_state(lake: Lake) -> None:
    states = [(day, snapshot) for day in DAYS for snapshot in range(1, lake.snapshot() + 1)]
    before = {state: known(lake, PENALTY, *state).filter(pl.col("record_id") != GONE) for state in states}
    erase_record(lake)
    for state in (*states, *((day, lake.snapshot()) for day in DAYS)):
        left = known(lake, PENALTY, *state)
        assert GONE not in left["record_id"]
        assert left.equals(before.get(state, before[state[0], states[-1][1]]))
    with lake.catalogue.connect() as connection:
        assert connection.execute(select(Quarantined.id)).all() == []
        listed = set(connection.scalars(select(LakeFile.path)))
    assert listed == {str(path.relative_to(lake.root)) for path in lake.root.glob("feed=*/*")}


def test_the_certificate_proves_it_and_names_nobody(lake: Lake) -> None:
    number = erase_record(lake)
    (told,) = certificates(lake)
    assert (told["certificate"], told["records"], told["rows"], told["quarantined"]) == (number, 1, 3, 1)
    assert (told["scope"], told["basis"], told["snapshot"]) == ("record", "深信修〔2025〕1号", lake.snapshot())
    assert GONE not in json.dumps(told)
    assert ACME not in json.dumps(told)
    assert all(file["sha256_before"] != file["sha256_after"] for file in (*told["files"], *told["deliveries"]))
    assert was_erased(lake, "F34", GONE)
    assert not was_erased(lake, "F34", f"F34-{BETA}-2025-01-15")
    assert not was_erased(lake, "F35", GONE)


def test_a_subject_is_erased_with_all_its_records(lake: Lake) -> None:
    land_rows(lake, PENALTY, [penalty(ACME, date(2025, 2, 3))], "2025-03-05")
    number = 1
    records = numbers_of_subject(lake, PENALTY, number)
    done = erase(lake, Erasure(PENALTY, "subject", "本人要求", records), at=instant("2025-04-01"))
    assert done.records == 2
    assert set(known(lake, PENALTY, "2025-04-01")["uscc"]) == {BETA, GAMMA}


def erase_subject(lake: Lake, contract: Contract, uscc: str, at: str = "2025-07-01") -> Erased:
    records = numbers_of_subject(lake, contract, resolve(lake, uscc).enterprise_id)
    waiting = held_of_subject(lake, contract, uscc)
    return erase(lake, Erasure(contract, "subject", "本人要求", records, waiting, uscc), at=instant(at))


def test_a_record_that_was_corrected_to_another_goes_on_as_theirs(lake: Lake) -> None:
    corrected = penalty(BETA, record_id=GONE, version=4, op="U", fine_fen=8)
    land_rows(lake, PENALTY, [corrected, corrected | {"version": 6, "severity": "?"}], "2025-05-01")
    assert [row.record_id for row in list_waiting(lake)] == [GONE, GONE]
    done = erase_subject(lake, PENALTY, ACME)
    assert (done.records, done.rows) == (1, 3)  # of two versions, one lies in two files
    assert GONE not in known(lake, PENALTY, "2025-04-30")["record_id"]
    assert ("F34", GONE) in marks_of(lake, [("F34", GONE)], date(2025, 7, 1))
    assert [row.record_id for row in list_waiting(lake)] == [GONE]
    assert not was_erased(lake, "F34", GONE)
    (told,) = certificates(lake)
    assert (told["record_hashes"], told["kept_by_others"], told["quarantined"]) == ([], 1, 1)
    assert land_rows(lake, PENALTY, [corrected | {"version": 5, "op": "D"}], "2025-08-01").landed == 1
    assert GONE in known(lake, PENALTY, "2025-07-31")["record_id"]
    assert GONE not in known(lake, PENALTY, "2025-08-01")["record_id"]


def test_a_record_whose_link_was_made_anew_goes_on_as_the_other_s(tmp_path: Path) -> None:
    lake = make_lake(tmp_path)
    land_rows(lake, REGISTRATION, [registration(ACME, NAME), registration(BETA, "乙物流有限公司")], "2025-03-01")
    land_rows(lake, COURT_CASE, [court_case(None, NAME)], "2025-04-01")
    end_link(lake, list_links(lake)[0].link_id, at=instant("2025-05-01"))
    link_name(lake, NAME, BETA, at=instant("2025-06-01"))
    assert erase_subject(lake, COURT_CASE, ACME).rows == 1
    assert known(lake, COURT_CASE, "2025-04-30").is_empty()
    land_rows(lake, COURT_CASE, [court_case(None, NAME, version=2, op="U", outcome="调解")], "2025-08-01")
    assert known(lake, COURT_CASE, "2025-08-01").select("uscc", "version").rows() == [(BETA, 2)]


def test_a_row_that_was_written_anew_under_another_keeps_no_record(tmp_path: Path) -> None:
    lake = make_lake(tmp_path)
    land_rows(lake, REGISTRATION, [registration(ACME, NAME)], "2025-03-01")
    land_rows(lake, COURT_CASE, [court_case(None, NAME)], "2025-04-01")
    land_rows(lake, REGISTRATION, [registration(BETA, NAME, received_at=instant("2025-02-01"))], "2025-05-01")
    land_rows(lake, COURT_CASE, [court_case(BETA, NAME, version=2, op="U")], "2025-06-01")
    record = str(court_case(None, NAME)["record_id"])
    assert erase_subject(lake, COURT_CASE, BETA).rows == 2
    assert was_erased(lake, "F26", record)
    assert holding(lake, record) == []


def linked_keys(lake: Lake) -> str:
    """Every key of a link or a proposal."""
    with lake.catalogue.connect() as connection:
        return " ".join([*connection.scalars(select(Link.key)), *connection.scalars(select(LinkReview.key))])


def test_the_names_of_links_go_once_no_row_bears_them(tmp_path: Path) -> None:
    lake = make_lake(tmp_path)
    land_rows(lake, REGISTRATION, [registration(ACME, NAME), registration(BETA, "乙物流有限公司")], "2025-03-01")
    named = [court_case(None, name, case_no=name) for name in (NAME, "乙物流有限公司", "深圳市甲贸易公司")]
    land_rows(lake, COURT_CASE, named, "2025-04-01")
    link_name(lake, "深圳市甲贸易公司", ACME, at=instant("2025-05-01"))
    assert len(list_links(lake)) == 3
    erase_subject(lake, REGISTRATION, ACME)
    assert NAME in linked_keys(lake), "its case still bears it"
    erase_subject(lake, COURT_CASE, ACME)
    assert "甲贸易" not in linked_keys(lake)
    assert "乙物流有限公司" in linked_keys(lake)
    assert len(list_links(lake)) == 3, "which links there were stays known"


def test_what_a_person_decided_outlives_the_records_whose_term_is_over(tmp_path: Path) -> None:
    lake = make_lake(tmp_path)
    land_rows(lake, REGISTRATION, [registration(ACME, NAME)], "2025-03-01")
    land_rows(lake, COURT_CASE, [court_case(None, "甲贸易")], "2025-04-01")
    link_name(lake, "甲贸易", ACME, at=instant("2025-05-01"))
    erase(
        lake, Erasure(COURT_CASE, "expired", "期满", numbers_of_subject(lake, COURT_CASE, 1)), at=instant("2025-06-01")
    )
    land_rows(lake, COURT_CASE, [court_case(None, "甲贸易", case_no="2")], "2025-07-01")
    assert known(lake, COURT_CASE, "2025-07-01")["uscc"].to_list() == [ACME]


def test_what_the_records_left_bring_stays_known(tmp_path: Path) -> None:
    lake, number, other = make_lake(tmp_path), "440301123456789", "440301123456788"
    first = registration(ACME, "甲公司", reg_no=number, outside_key="E1")
    second = registration(ACME, "乙公司", record_id="F01-2", version=2, reg_no=number, outside_key="E2")
    land_rows(lake, REGISTRATION, [first], "2025-02-01")
    land_rows(lake, REGISTRATION, [second, second | {"record_id": "F01-3", "reg_no": other}], "2025-03-01")
    land_rows(lake, COURT_CASE, [court_case(number, "某公司"), court_case(other, "某公司", case_no="2")], "2025-04-01")
    assert known(lake, COURT_CASE, "2025-04-01")["uscc"].to_list() == [ACME, ACME]
    records = numbers_of_ids(lake, REGISTRATION, ["F01-2", "F01-3"])
    erase(lake, Erasure(REGISTRATION, "record", "更正", records), at=instant("2025-05-01"))
    settle_links(lake, at=instant("2025-05-02"))
    for day in ("2025-04-01", "2025-05-02"):
        assert known(lake, COURT_CASE, day).select("uscc", "case_no").rows() == [(ACME, court_case(None)["case_no"])]
    assert resolve(lake, "E1", snapshot=1) == Enterprise(1, ACME, "甲公司")
    with pytest.raises(BureauError):
        resolve(lake, "E2")
    with lake.catalogue.connect() as connection:
        borne = select(EnterpriseNumber.key, EnterpriseNumber.known_at, EnterpriseNumber.added_in)
        assert connection.execute(borne).all() == [(number, to_micros(instant("2025-02-01")), 1)]


def test_what_waits_of_a_subject_goes_and_the_record_it_contradicts_stays(lake: Lake) -> None:
    theirs = penalty(BETA)["record_id"]
    mistaken, unread = penalty(ACME, record_id=theirs, severity="?"), penalty(ACME, record_id=None)
    land_rows(lake, PENALTY, [mistaken, unread, penalty(GAMMA, severity="?")], "2025-05-01")
    assert len(list_waiting(lake)) == 4
    erase_subject(lake, PENALTY, ACME)
    (told,) = certificates(lake)
    assert (told["records"], told["kept_by_others"], told["quarantined"]) == (2, 1, 3)
    assert [row.record_id for row in list_waiting(lake)] == [penalty(GAMMA)["record_id"]]
    assert was_erased(lake, "F34", GONE)
    assert not was_erased(lake, "F34", theirs)
    kept = [pl.read_parquet(path, columns=["uscc"]) for path in (lake.root.parent / "deliveries").rglob("*.parquet")]
    assert set(pl.concat(kept)["uscc"]) == {BETA, GAMMA}


def test_erasing_what_is_not_there_changes_nothing(lake: Lake) -> None:
    erase_record(lake)
    snapshot = lake.snapshot()
    assert erase_record(lake, "2025-04-02") == 0
    assert (lake.snapshot(), len(certificates(lake))) == (snapshot, 1)


def test_the_lake_goes_on(lake: Lake) -> None:
    erase_record(lake)
    land_rows(lake, PENALTY, [penalty(GAMMA, version=2, op="U", fine_fen=9)], "2025-05-01")
    compact(lake, "F34", at=instant("2025-05-02"))
    assert known(lake, PENALTY, "2025-05-02").select("uscc", "fine_fen").sort("uscc").rows() == [(BETA, 7), (GAMMA, 9)]


def test_a_feed_of_one_record_stays_readable(tmp_path: Path) -> None:
    lake = make_lake(tmp_path)
    land_rows(lake, PENALTY, [penalty(ACME)], "2025-02-01")
    erase_record(lake)
    assert known(lake, PENALTY, "2025-05-02").is_empty()


@pytest.mark.parametrize(
    "again",
    [
        pytest.param(penalty(ACME), id="as it was"),
        pytest.param(penalty(ACME, version=9, op="U", fine_fen=8), id="a later version"),
        pytest.param(penalty(ACME, severity="?"), id="a row that breaks the contract"),
    ],
)
def test_delivered_again_it_stays_erased(lake: Lake, again: dict[str, object]) -> None:
    erase_record(lake)
    landed = land_rows(lake, PENALTY, [again, penalty(GAMMA, version=2, op="U", fine_fen=9)], "2025-05-01")
    assert (landed.rows, landed.landed, landed.quarantined, landed.unchanged) == (2, 1, 0, 1)
    assert GONE not in known(lake, PENALTY, "2025-05-02")["record_id"]
    assert holding(lake, GONE) == []
    told = list_endings(lake, "F34")[0]
    assert (told.cause, told.rows, told.publisher, told.snapshot) == (ERASED, 1, PENALTY.department, landed.snapshot)


def test_the_very_delivery_brought_again_leaves_no_byte(lake: Lake) -> None:
    rows = [penalty(firm) for firm in (ACME, BETA, GAMMA)]
    erase_record(lake)
    landed = land_rows(lake, PENALTY, rows, "2025-05-01")
    assert (landed.landed, landed.unchanged, landed.snapshot) == (0, 3, lake.snapshot())
    assert holding(lake, GONE) == []


def test_erased_twice_is_remembered_once(lake: Lake) -> None:
    erase_record(lake)
    records = pl.DataFrame({"record_no": [1], "record_id": [GONE], "enterprise_id": [1]})
    typed = records.cast({"enterprise_id": pl.Int32})
    erase(lake, Erasure(PENALTY, "record", "再次", typed), at=instant("2025-04-02"))
    assert was_erased(lake, "F34", GONE)


def test_what_never_was_erased_lands_as_ever(lake: Lake) -> None:
    erase_record(lake)
    assert land_rows(lake, PENALTY, [penalty(ACME, date(2025, 2, 3))], "2025-05-01").landed == 1
    assert [told.cause for told in list_endings(lake, "F34")] == []


def test_hot_files_are_made_again_without_it(lake: Lake) -> None:
    wanted = [Wanted("F34", ("fine_fen",), ())]
    before = lake.snapshot()
    renew(lake, wanted, before)
    erase_record(lake)
    assert read_manifest(lake) == {}
    held = renew(lake, wanted, lake.snapshot())["F34"]
    (segment,) = map_feed(lake, held)
    assert held.lineage == lineage(lake, "F34", lake.snapshot())
    assert segment.within is not None
    assert segment.within.tolist() == [0, 0, 0, 2, 3]  # nothing of the first, two versions of the second
