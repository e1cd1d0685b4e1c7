"""What answers cite and how far records reach, from hot rows: the same as DuckDB tells of the lake's own files."""

from datetime import date
from pathlib import Path

import numpy as np
import polars as pl
import pytest

from bureau.clock import from_micros, known_before, shanghai_day
from bureau.errors import FieldNotGranted
from bureau.grant import ReadGrant, operator_grant
from features.contracts.contract import Contract
from features.contracts.court_case import COURT_CASE
from features.contracts.officer import OFFICER
from features.contracts.penalty import PENALTY
from features.contracts.registration import REGISTRATION
from features.contracts.related_firm import RELATED_FIRM
from features.contracts.shareholder import SHAREHOLDER
from features.contracts.tax_arrears import TAX_ARREARS
from features.definitions.library import find_feature, published
from features.definitions.parts import parts_of
from features.lake.delivery import RECEIVED_AT
from features.lake.hot.manifest import read_manifest
from features.lake.lake import Lake
from features.lake.links import list_links
from features.lake.registry import resolve
from features.lake.unlinking import end_link
from features.store.citations import Citation, cited
from features.store.coverage import newest_known
from features.store.edges import COMPARED_DAYS, FIRMS, history
from features.store.hot_rows import kept_rows
from features.store.kernel_computation import program_of
from features.store.lineage import evidence
from features.store.records import records
from tests.factories.lakes import ACME, BETA, GAMMA, land_rows, make_lake
from tests.factories.market import officer, shareholder
from tests.factories.tax import tax_arrears

FEEDS = (REGISTRATION, SHAREHOLDER, OFFICER, TAX_ARREARS, PENALTY, COURT_CASE)
CODES = [contract.code for contract in (*FEEDS, RELATED_FIRM)]
NAMES = tuple(entry.name for entry in published() if {*entry.feeds} <= {*CODES})
OPERATOR = operator_grant()
UNDONE_AT = known_before(date(2025, 1, 15))


def _landed(lake: Lake, contract: Contract, frame: pl.DataFrame) -> None:
    land_rows(lake, contract, frame.sort(RECEIVED_AT))


@pytest.fixture(scope="module")
def snapshots(tmp_path_factory: pytest.TempPathFactory) -> tuple[Lake, list[int]]:
    """Corrections, withdrawals, changes of owner; links undone once hot files were made, and more rows since.

    Penalties bear ids their sender did not simply count.
    """
    lake = make_lake(tmp_path_factory.mktemp("lake"))
    later = []
    for number, contract in enumerate(FEEDS):
        frame = history(contract, 60, np.random.default_rng([7, number]))
        if contract is PENALTY:
            frame = frame.with_columns(record_id="罚-" + pl.col("record_id"))
        ordered = frame.sort(RECEIVED_AT)
        _landed(lake, contract, ordered.head(int(0.7 * ordered.height)))
        later.append((contract, ordered.tail(-int(0.7 * ordered.height))))
    kept_rows(lake, program_of(tuple(entry.name for entry in parts_of(map(find_feature, NAMES)))), lake.snapshot())
    made = lake.snapshot()
    links = list_links(lake)[::3]
    assert links
    for link in {(link.key, link.uscc): link for link in links}.values():
        end_link(lake, link.link_id, at=UNDONE_AT)
    undone = lake.snapshot()
    for contract, frame in later:
        _landed(lake, contract, frame)
    return lake, [made, undone, lake.snapshot()]


def _told(lake: Lake, number: int, day: date, snapshot: int) -> dict[str, set[Citation]]:
    found = evidence(lake, NAMES, number, day, OPERATOR, snapshot)
    return {name: {Citation(r.record_id, r.feed, r.department, r.event_date) for r in found[name]} for name in NAMES}


@pytest.mark.parametrize("place", [0, 1, 2], ids=["hot files", "links undone since", "rows landed since"])
def test_what_is_cited_is_the_evidence(snapshots: tuple[Lake, list[int]], place: int) -> None:
    lake, snapshot = snapshots[0], snapshots[1][place]
    count = 0
    for firm, day in zip(FIRMS[2:12:2], (*COMPARED_DAYS, COMPARED_DAYS[0]), strict=True):
        number = resolve(lake, firm).enterprise_id
        told, found = _told(lake, number, day, snapshot), cited(lake, NAMES, number, day, OPERATOR, snapshot)
        assert {name: {*found.newest([name], 10_000)} for name in NAMES} == told
        assert {name: found.count([name]) for name in NAMES} == {name: len(told[name]) for name in NAMES}
        behind = sorted({*set().union(*told.values())}, key=lambda r: (-r.event_date.toordinal(), r.feed, r.record_id))
        assert found.newest(NAMES, 5) == behind[:5]
        assert found.records(NAMES) == sorted((record.feed, record.record_id) for record in behind)
        count += len(behind)
    assert count > 10


@pytest.mark.parametrize("place", [0, 1, 2], ids=["hot files", "links undone since", "rows landed since"])
def test_records_reach_as_far_as_their_newest(snapshots: tuple[Lake, list[int]], place: int) -> None:
    lake, snapshot = snapshots[0], snapshots[1][place]
    for firm, day in zip(FIRMS[2:12:2], (*COMPARED_DAYS, COMPARED_DAYS[0]), strict=True):
        number = resolve(lake, firm).enterprise_id
        reach = newest_known(lake, CODES, number, day, OPERATOR, snapshot, COMPARED_DAYS[0])
        for code in CODES:
            known = records(lake, code, day, OPERATOR, number, snapshot, COMPARED_DAYS[0])["known_from"]
            told = None if known.is_empty() else shanghai_day(from_micros(int(known.max())))  # type: ignore[arg-type]
            assert (code, reach[code]) == (code, told)


def test_what_is_asked_again_and_again_is_cited_the_same(snapshots: tuple[Lake, list[int]]) -> None:
    lake, (*_, snapshot) = snapshots
    number, some = resolve(lake, FIRMS[4]).enterprise_id, NAMES[::9]
    alone = cited(lake, some, number, COMPARED_DAYS[0], OPERATOR, snapshot)
    assert cited(lake, some, number, COMPARED_DAYS[0], OPERATOR, snapshot, among=NAMES) == alone


def test_more_records_than_there_is_room_for_at_first(tmp_path: Path) -> None:
    lake = make_lake(tmp_path)
    rows = [tax_arrears(ACME, date(2025, 5, 1), record_id=f"F18-{number}") for number in range(1_200)]
    land_rows(lake, TAX_ARREARS, [tax_arrears(BETA), *rows])
    number = resolve(lake, ACME).enterprise_id
    found = cited(lake, ["tax_arrears_count_24m"], number, date(2025, 7, 1), OPERATOR, lake.snapshot())
    assert found.count(["tax_arrears_count_24m"]) == 1_200
    ids = [record.record_id for record in found.newest(["tax_arrears_count_24m"], 3)]
    assert ids == ["F18-0", "F18-1", "F18-10"]


@pytest.mark.parametrize("numbered", [0, 2], ids=["too many for numbers", "few enough"])
def test_numbers_are_kept_of_feeds_that_are_not_too_large(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, numbered: int
) -> None:
    monkeypatch.setattr("features.store.hot_rows.NUMBERED", numbered)
    monkeypatch.setattr("features.store.live_rows.FEW", 0)
    lake, name = make_lake(tmp_path), "tax_arrears_count_24m"
    land_rows(lake, TAX_ARREARS, [tax_arrears(ACME, date(2025, 5, 1)), tax_arrears(BETA)])
    kept_rows(lake, program_of((name,)), lake.snapshot())
    assert ("record_no" in read_manifest(lake)["F18"].columns) == (numbered == 2)
    found = cited(lake, [name], resolve(lake, ACME).enterprise_id, date(2025, 7, 1), OPERATOR, lake.snapshot())
    [record] = evidence(lake, [name], resolve(lake, ACME).enterprise_id, date(2025, 7, 1), OPERATOR)[name]
    assert found.records([name]) == [("F18", record.record_id)]


@pytest.mark.parametrize("hot", [True, False], ids=["hot files", "files of the lake"])
def test_an_own_record_is_not_taken_for_one_of_another_feed_with_its_number(tmp_path: Path, hot: bool) -> None:
    lake, name = make_lake(tmp_path), "related_firms"
    officers = [officer(ACME, record_id="F04-7"), officer(BETA, record_id="F04-8"), officer(GAMMA)]
    held = [shareholder(BETA, holder=3, record_id="F03-0"), shareholder(GAMMA, holder=3, record_id="F03-8")]
    land_rows(lake, OFFICER, officers, "2025-03-01")
    land_rows(lake, SHAREHOLDER, [shareholder(ACME, holder=2, record_id="F03-7"), *held], "2025-03-01")
    if hot:
        kept_rows(lake, program_of((name,)), lake.snapshot())
    of_gamma = [("F03", "F03-8"), ("F04", str(officer(GAMMA)["record_id"]))]
    told = {ACME: [("F04", "F04-7")], BETA: [("F03", "F03-0"), ("F04", "F04-8")], GAMMA: of_gamma}
    for firm, records_behind in told.items():
        number = resolve(lake, firm).enterprise_id
        found = cited(lake, [name], number, date(2025, 7, 1), OPERATOR, lake.snapshot())
        assert found.records([name]) == records_behind
        listed = evidence(lake, [name], number, date(2025, 7, 1), OPERATOR)[name]
        assert sorted((record.feed, record.record_id) for record in listed) == records_behind


def test_citing_needs_a_grant_for_feature_purpose_and_subject(snapshots: tuple[Lake, list[int]]) -> None:
    lake, (*_, snapshot) = snapshots
    number = resolve(lake, FIRMS[2]).enterprise_id
    covered = frozenset({"penalties_36m"})
    for grant in (
        ReadGrant("bank", "pre_loan", subject=FIRMS[2], fields=frozenset({"tax_grade"})),
        ReadGrant("bank", "marketing", subject=FIRMS[2], fields=covered),
        ReadGrant("bank", "pre_loan", subject=FIRMS[3], fields=covered),
    ):
        with pytest.raises(FieldNotGranted):
            cited(lake, ["penalties_36m"], number, COMPARED_DAYS[0], grant, snapshot)
