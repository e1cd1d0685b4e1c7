"""Since when an enterprise is known: brought forward from an older snapshot it is what reading everything tells."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from pathlib import Path

import polars as pl
import pytest

from features.contracts.court_case import COURT_CASE
from features.contracts.registration import REGISTRATION
from features.contracts.tax_arrears import TAX_ARREARS
from features.lake.compaction import compact
from features.lake.erasure import Erasure, erase
from features.lake.lake import Lake
from features.lake.links import list_links
from features.lake.stored import numbers_of_ids
from features.lake.unlinking import end_link
from features.lake.vacuum import vacuum
from features.store import first_known
from features.store.first_known import first_known as known_first
from tests.factories.courts import court_case
from tests.factories.lakes import ACME, BETA, GAMMA, instant, land_rows, make_lake
from tests.factories.registrations import registration
from tests.factories.tax import tax_arrears

NAME = "深圳市甲贸易有限公司"


def other(lake: Lake) -> None:
    land_rows(lake, TAX_ARREARS, [tax_arrears(GAMMA), tax_arrears(ACME, date(2025, 3, 2))], "2025-06-01")


def earlier(lake: Lake) -> None:
    land_rows(lake, TAX_ARREARS, [tax_arrears(BETA) | {"received_at": instant("2025-01-01")}])


def taken_over(lake: Lake) -> None:
    """History shows that the name was borne by another when the case was heard: the record is no longer ACME's."""
    land_rows(lake, REGISTRATION, [registration(BETA, NAME) | {"received_at": instant("2025-02-20")}])


def undone(lake: Lake) -> None:
    end_link(lake, list_links(lake)[0].link_id, at=instant("2025-05-01"))


def compacted(lake: Lake) -> None:
    for feed in ("F01", "F18", COURT_CASE.code):
        compact(lake, feed, at=instant("2025-06-02"))


def landed_and_compacted(lake: Lake) -> None:
    other(lake)
    compacted(lake)


def landed_compacted_and_vacuumed(lake: Lake) -> None:
    landed_and_compacted(lake)
    vacuum(lake, keep_days=0, at=instant("2025-06-03"))


@pytest.fixture
def lake(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Lake:
    """ACME is known by its name alone before it registers."""
    monkeypatch.setattr(first_known, "WORTH", 0)
    lake = make_lake(tmp_path)
    land_rows(lake, COURT_CASE, [court_case(None, NAME)], "2025-02-25")
    land_rows(lake, REGISTRATION, [registration(ACME, NAME)], "2025-03-01")
    known_first(lake, lake.snapshot())
    return lake


def read_anew(lake: Lake) -> dict[int, int]:
    return dict(first_known._scan(lake, lake.snapshot()).iter_rows())


@pytest.mark.parametrize("forgotten", [False, True], ids=["in one process", "in another"])
@pytest.mark.parametrize(
    "first", [other, earlier, taken_over, undone, compacted, landed_and_compacted, landed_compacted_and_vacuumed]
)
@pytest.mark.parametrize("then", [other, earlier, taken_over, compacted, landed_compacted_and_vacuumed])
def test_brought_forward_it_is_what_reading_everything_tells(
    lake: Lake, first: Callable[[Lake], None], then: Callable[[Lake], None], forgotten: bool
) -> None:
    for change in (first, then):
        change(lake)
        if forgotten:
            first_known._newest.clear()
        assert dict(known_first(lake, lake.snapshot()).iter_rows()) == read_anew(lake)


def test_read_a_feed_at_a_time_it_is_what_reading_all_at_once_tells(
    lake: Lake, monkeypatch: pytest.MonkeyPatch
) -> None:
    other(lake)
    earlier(lake)
    at_once = read_anew(lake)
    monkeypatch.setattr(first_known, "_TOGETHER", 1)
    assert read_anew(lake) == at_once
    assert len(at_once) > 1


def test_only_what_came_since_is_read(lake: Lake, monkeypatch: pytest.MonkeyPatch) -> None:
    other(lake)
    monkeypatch.setattr(first_known, "_scan", lambda *_: pytest.fail("everything was read"))
    assert known_first(lake, lake.snapshot()).height == 2


def test_compaction_makes_nobody_known_later(lake: Lake) -> None:
    taken_over(lake)
    before = read_anew(lake)
    compacted(lake)
    assert read_anew(lake) == before


def test_of_several_files_the_newest_stays_and_an_older_snapshot_leaves_it(lake: Lake) -> None:
    older = lake.snapshot()
    other(lake)
    told = known_first(lake, lake.snapshot())
    assert [path.stem for path in (lake.root / "known").glob("*")] == [str(lake.snapshot())]
    assert known_first(lake, older).height == 1
    first_known._newest.clear()
    assert known_first(lake, lake.snapshot()).equals(told)


def test_threads_that_ask_at_once_for_a_new_snapshot_read_it_once(lake: Lake, monkeypatch: pytest.MonkeyPatch) -> None:
    other(lake)
    read: list[int] = []

    def renewed(lake: Lake, known: pl.DataFrame, older: int, snapshot: int) -> pl.DataFrame:
        read.append(snapshot)
        return renewing(lake, known, older, snapshot)

    renewing = first_known._renewed
    monkeypatch.setattr(first_known, "_renewed", renewed)
    with ThreadPoolExecutor(8) as pool:
        told = list(pool.map(lambda _: known_first(lake, lake.snapshot()), range(8)))
    assert all(dict(one.iter_rows()) == read_anew(lake) for one in told)
    assert read == [lake.snapshot()]


def test_what_was_erased_is_not_known(lake: Lake) -> None:
    land_rows(lake, TAX_ARREARS, [tax_arrears(GAMMA)], "2025-06-01")
    known_first(lake, lake.snapshot())
    records = numbers_of_ids(lake, TAX_ARREARS, [str(tax_arrears(GAMMA)["record_id"])])
    erase(lake, Erasure(TAX_ARREARS, "record", "测试", records), at=instant("2025-07-01"))
    assert dict(known_first(lake, lake.snapshot()).iter_rows()) == read_anew(lake)
