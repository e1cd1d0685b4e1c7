"""Engines and the type of instants."""

from datetime import UTC, date, datetime, timedelta, timezone
from pathlib import Path

import pytest
from sqlalchemy import Column, MetaData, Table, insert, select, text

from bureau.db import Instant, legal_day, open_engine, transaction, upgrade
from bureau.errors import InvalidInput, SourceDown

TABLE = Table("moment", MetaData(), Column("at", Instant))
AT = datetime(2025, 6, 30, 23, 59, 59, 999_999, tzinfo=timezone(timedelta(hours=8)))


def test_instants_keep_microseconds_and_come_back_in_utc(tmp_path: Path) -> None:
    engine = open_engine(f"sqlite:///{tmp_path / 'deep' / 'a.db'}")
    TABLE.create(engine)
    with transaction(engine) as session:
        session.execute(insert(TABLE), [{"at": AT}, {"at": None}])
        kept = [row.at for row in session.execute(select(TABLE))]
    assert kept == [AT, None]
    assert kept[0].tzinfo is UTC


def test_a_query_tells_legal_days(tmp_path: Path) -> None:
    engine = open_engine(f"sqlite:///{tmp_path / 'a.db'}")
    TABLE.create(engine)
    midnight = AT + timedelta(microseconds=1)
    with transaction(engine) as session:
        session.execute(insert(TABLE), [{"at": AT}, {"at": midnight}])
        days = session.scalars(select(legal_day(TABLE.c.at)).order_by(TABLE.c.at)).all()
    assert [date(1970, 1, 1) + timedelta(day) for day in days] == [AT.date(), midnight.date()]


def test_sqlite_is_durable(tmp_path: Path) -> None:
    with open_engine(f"sqlite:///{tmp_path / 'a.db'}").connect() as connection:
        assert connection.scalar(text("PRAGMA journal_mode")) == "wal"
        assert connection.scalar(text("PRAGMA synchronous")) == 2
        assert connection.scalar(text("PRAGMA foreign_keys")) == 1


def test_a_failed_unit_of_work_leaves_nothing(tmp_path: Path) -> None:
    engine = open_engine(f"sqlite:///{tmp_path / 'a.db'}")
    TABLE.create(engine)
    with pytest.raises(RuntimeError), transaction(engine) as session:
        session.execute(insert(TABLE), [{"at": AT}])
        raise RuntimeError
    with transaction(engine) as session:
        assert session.execute(select(TABLE)).all() == []


@pytest.mark.parametrize("url", ["rubbish", "mysql://localhost/x", ""])
def test_other_addresses_are_refused_with_a_sentence(url: str) -> None:
    with pytest.raises(InvalidInput, match="BUREAU_DATABASE_URL"):
        open_engine(url)


def test_a_database_that_is_not_there_is_named_without_its_password(tmp_path: Path) -> None:
    engine = open_engine("postgresql://bureau:secret@127.0.0.1:1/bureau")
    with pytest.raises(SourceDown, match="BUREAU_DATABASE_URL") as caught:
        upgrade(engine, tmp_path, version_table="version")
    assert "127.0.0.1:1" in caught.value.message
    assert "secret" not in caught.value.message
