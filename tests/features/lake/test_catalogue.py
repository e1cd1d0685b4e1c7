"""The catalogue is the same on both databases: its migrations, and everything a lake does with it."""

from concurrent.futures import ThreadPoolExecutor
from datetime import date
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy.exc import DBAPIError

from bureau.errors import UnknownSubject
from features.contracts.court_case import COURT_CASE
from features.contracts.penalty import PENALTY
from features.contracts.registration import REGISTRATION
from features.lake.compaction import compact
from features.lake.endings import list_endings
from features.lake.erased import ERASED
from features.lake.erasure import Erasure, erase
from features.lake.lake import VERSION_TABLE, Lake, open_lake
from features.lake.links import list_links
from features.lake.marks import mark_record, marked_feeds
from features.lake.quarantine import list_waiting
from features.lake.registry import resolve
from features.lake.replay import Replayed, replay
from features.lake.status import feed_statuses
from features.lake.stored import numbers_of_ids
from features.lake.tables import CatalogueBase
from features.lake.unlinking import end_link
from features.lake.vacuum import vacuum
from features.store.subjects import code_of
from tests.factories.courts import court_case
from tests.factories.lakes import ACME, BETA, instant, known, land_rows
from tests.factories.penalties import penalty
from tests.factories.registrations import registration

DATABASES = ["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)]


@pytest.fixture(params=DATABASES)
def lake(request: pytest.FixtureRequest, tmp_path: Path) -> Lake:
    if request.param == "sqlite":
        return open_lake(tmp_path, f"sqlite:///{tmp_path / 'catalogue.db'}")
    return open_lake(tmp_path, request.getfixturevalue("postgres_url"))


def test_the_migrations_make_the_tables_we_declare(lake: Lake) -> None:
    with lake.catalogue.connect() as connection:
        context = MigrationContext.configure(connection, opts={"version_table": VERSION_TABLE})
        assert compare_metadata(context, CatalogueBase.metadata) == []


def test_a_lake_is_opened_again_as_it_was(lake: Lake) -> None:
    land_rows(lake, REGISTRATION, [registration(ACME, "甲公司")], "2025-03-01")
    again = open_lake(lake.root.parent, lake.catalogue.url.render_as_string(hide_password=False))
    assert (again.snapshot(), again.files("F01"), again.buckets) == (1, lake.files("F01"), lake.buckets)


def test_what_every_live_answer_asks_is_answered_by_either_database(lake: Lake) -> None:
    land_rows(lake, REGISTRATION, [registration(ACME, "甲公司")], "2025-03-01")
    at = instant("2025-03-02")
    mark_record(lake, ("F01", f"F01-{ACME}"), "suit", from_day=date(2025, 3, 2), known_at=at, made_at=at)
    assert (resolve(lake, ACME).name, resolve(lake, ACME, 1).enterprise_id) == ("甲公司", 1)
    with pytest.raises(UnknownSubject):
        resolve(lake, ACME, 0)
    assert code_of(lake, 1) == ACME
    assert (marked_feeds(lake, date(2025, 3, 1)), marked_feeds(lake, date(2025, 3, 2))) == (set(), {"F01"})


def test_a_catalogue_that_fails_says_so_as_any_statement_does_and_answers_again_once_mended(lake: Lake) -> None:
    land_rows(lake, REGISTRATION, [registration(ACME)], "2025-04-02")
    with lake.catalogue.begin() as connection:
        connection.exec_driver_sql("ALTER TABLE erasure_certificate RENAME TO elsewhere")
    with pytest.raises(DBAPIError, match="erasure_certificate"):
        lake.snapshot()
    with lake.catalogue.begin() as connection:
        connection.exec_driver_sql("ALTER TABLE elsewhere RENAME TO erasure_certificate")
    assert lake.snapshot() == 1


def test_everything_a_lake_does(lake: Lake) -> None:
    unlinked = [court_case(None, "甲公司"), court_case(BETA, "乙公司", case_no="2", amount_fen=-1)]
    assert land_rows(lake, COURT_CASE, unlinked, "2025-03-01").quarantined == 2
    landed = land_rows(lake, REGISTRATION, [registration(ACME, "甲公司", outside_key="E1")], "2025-04-01")
    assert (landed.landed, landed.snapshot) == (1, 3)
    assert resolve(lake, "E1").uscc == ACME
    assert known(lake, COURT_CASE, "2025-04-01")["uscc"].to_list() == [ACME]
    assert replay(lake, at=instant("2025-05-01")) == Replayed(waiting=1)
    assert [row.code for row in list_waiting(lake)] == ["rule"]
    assert compact(lake, "F26", at=instant("2025-06-01")).rows == 1
    assert end_link(lake, list_links(lake)[0].link_id, at=instant("2025-07-01")).rows == 1
    assert known(lake, COURT_CASE, "2025-06-30").height == 1
    assert known(lake, COURT_CASE, "2025-07-01").is_empty()
    (cases,) = [status for status in feed_statuses(lake, date(2025, 7, 1)) if status.feed == "F26"]
    assert (cases.batches, cases.files, cases.rows, cases.waiting) == (1, 1, 1, 2)
    assert cases.received_at == instant("2025-03-01")


def test_an_erased_record_stays_erased_and_a_needed_snapshot_stays_readable(lake: Lake) -> None:
    land_rows(lake, PENALTY, [penalty(ACME), penalty(BETA)], "2025-02-01")
    gone, needed = f"F34-{ACME}-2025-01-15", lake.snapshot()
    records = numbers_of_ids(lake, PENALTY, [gone])
    erase(lake, Erasure(PENALTY, "record", "深信修〔2025〕1号", records), at=instant("2025-03-01"))
    again = land_rows(lake, PENALTY, [penalty(ACME, version=2, op="U", fine_fen=1)], "2025-04-01")
    assert (again.landed, again.unchanged) == (0, 1)
    assert [(told.cause, told.rows) for told in list_endings(lake)] == [(ERASED, 1)]
    compact(lake, "F34", at=instant("2025-05-01"))
    assert vacuum(lake, keep_days=30, at=instant("2025-08-01"), needed=[needed]).files == 0
    assert vacuum(lake, keep_days=30, at=instant("2025-08-01")).files == 1
    assert not lake.is_readable(needed)
    assert known(lake, PENALTY, "2025-05-01")["uscc"].to_list() == [BETA]


def test_catalogues_are_opened_in_several_threads_at_once(tmp_path: Path) -> None:
    def opened(number: int) -> int:
        folder = tmp_path / str(number)
        folder.mkdir()
        return open_lake(folder, f"sqlite:///{folder / 'catalogue.db'}").snapshot()

    with ThreadPoolExecutor(4) as pool:
        assert list(pool.map(opened, range(12))) == [0] * 12
