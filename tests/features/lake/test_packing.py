"""Packed texts: what comes back, what takes less room, and rows from before there was packing."""

import random
from pathlib import Path

import pytest
from alembic import command
from alembic.config import Config
from sqlalchemy import Engine, select

from bureau.db import open_engine
from features.contracts.tax_arrears import TAX_ARREARS
from features.lake.lake import MIGRATIONS, VERSION_TABLE, open_lake
from features.lake.packing import pack, unpack
from features.lake.quarantine import list_waiting
from features.lake.replay import Replayed, replay
from features.lake.tables import Quarantined
from tests.factories.lakes import ACME, BETA, instant, land_rows
from tests.factories.tax import tax_arrears

CELLS = '{"record_id":"F18-1","op":"I","version":"1","event_date":"2020-12-31","uscc":null,"name":"深圳市粮油有限公司"}'
EARLIER = "0143b7cd42d7901ceb20c642bc050df167db373e9db3f9e98ea6e79bd63ddbb4f3d99cce9733273c6d5df3b47f87522d00"


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("", id="nothing"),
        pytest.param("arrears_fen is '-1': it must be at least 0", id="a reason"),
        pytest.param(CELLS, id="cells"),
        pytest.param('{"name":"\\u0000\\"甲\\n😀"}', id="cells that need escapes"),
        pytest.param("\x00\x01 \x01", id="control characters"),
        pytest.param("税" * 100_000, id="longer than any window"),
        pytest.param("".join(chr(random.Random(7).randrange(0x20, 0xD800)) for _ in range(9_000)), id="no pattern"),
    ],
)
def test_a_text_comes_back_as_it_was(text: str) -> None:
    assert unpack(pack(text)) == text


def test_a_row_takes_less_than_half() -> None:
    assert len(pack(CELLS)) < len(CELLS.encode()) / 2


def test_what_was_packed_by_an_earlier_edition_is_read() -> None:
    assert unpack(bytes.fromhex(EARLIER)) == CELLS  # as packed by the first edition of the words


@pytest.mark.parametrize("plain", [CELLS, CELLS.encode()])
def test_a_text_from_before_packing_is_read_as_it_stands(plain: str | bytes) -> None:
    assert unpack(plain) == CELLS


def _migrate(engine: Engine, revision: str) -> None:
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    with engine.connect() as connection, connection.begin():
        config.attributes.update(connection=connection, version_table=VERSION_TABLE)
        step = command.downgrade if revision == "c0010" else command.upgrade
        step(config, revision)


@pytest.mark.parametrize("database", ["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def test_rows_wait_on_through_the_migration_and_back(
    database: str, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    sqlite = f"sqlite:///{tmp_path / 'catalogue.db'}"
    url = sqlite if database == "sqlite" else request.getfixturevalue("postgres_url")
    lake = open_lake(tmp_path, url)
    land_rows(lake, TAX_ARREARS, [tax_arrears(ACME), tax_arrears(BETA, arrears_fen=-1)])
    (waiting,) = list_waiting(lake)
    query = select(Quarantined.cells)
    with lake.catalogue.connect() as connection:
        cells = connection.scalar(query)
        packed = connection.exec_driver_sql("SELECT cells FROM quarantined_row").scalar_one()
    assert unpack(bytes(packed)) == cells
    assert len(packed) < len(str(cells)) / 2
    _migrate(open_engine(url), "c0010")
    with open_engine(url).connect() as connection:
        assert connection.exec_driver_sql("SELECT cells FROM quarantined_row").scalar_one() == cells
    _migrate(open_engine(url), "head")
    with lake.catalogue.connect() as connection:
        assert connection.scalar(query) == cells
    assert list_waiting(lake) == [waiting]
    again = land_rows(lake, TAX_ARREARS, [tax_arrears(BETA, arrears_fen=-1), tax_arrears(ACME)])
    assert (again.quarantined, again.unchanged) == (0, 2)
    assert replay(lake, at=instant("2025-09-01")) == Replayed(waiting=1)
