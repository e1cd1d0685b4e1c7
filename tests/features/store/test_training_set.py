"""Training sets: whose rows, in which order, with what beside them, and what is refused."""

import errno
import signal
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from io import BytesIO
from pathlib import Path
from typing import Any

import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from bureau.errors import FieldNotGranted, ImpossibleDate, InvalidInput, UnknownName, UnreadableFile
from bureau.grant import ReadGrant, operator_grant
from features.contracts.registration import REGISTRATION
from features.contracts.tax_arrears import TAX_ARREARS
from features.definitions.library import definition_hash
from features.engine.engines import Engine
from features.lake.compaction import compact
from features.lake.erasure import Erasure, erase
from features.lake.lake import Lake
from features.lake.stored import numbers_of_ids
from features.lake.vacuum import vacuum
from features.store.computation import compute_portions
from features.store.kernel_computation import Portion
from features.store.training_set import label_days, training_set, write_training_set
from tests.factories.lakes import ACME, BETA, GAMMA, instant, land_rows, make_lake
from tests.factories.registrations import registration
from tests.factories.tax import tax_arrears

ARREARS = "tax_arrears_count_24m"
SECTION = "industry_section"
PEERS = "peer_tax_arrears_count_24m_section_district"
TRAINING = operator_grant("training")


@pytest.fixture(scope="module")
def lake(tmp_path_factory: pytest.TempPathFactory) -> Lake:
    lake = make_lake(tmp_path_factory.mktemp("lake"))
    land_rows(lake, TAX_ARREARS, [tax_arrears(ACME, date(2024, 3, 31)), tax_arrears(ACME)], "2025-04-02")
    land_rows(lake, REGISTRATION, [registration(BETA, outside_key="E7", section="C")], "2025-04-02")
    return lake


def labels(**columns: list[object]) -> pl.DataFrame:
    return pl.DataFrame({"subject": [ACME, BETA], "as_of": [date(2025, 5, 1)] * 2} | columns)


def test_rows_keep_their_order_and_columns(lake: Lake) -> None:
    offered = pl.DataFrame(
        {
            "loan": ["c", "a", "b", "a"],
            "subject": [GAMMA, "E7", ACME, "e7 "],
            "as_of": [date(2025, 5, 1), date(2025, 5, 1), date(2025, 5, 1), date(2025, 4, 1)],
            "target": [1, 0, 0, 1],
        }
    )
    made = training_set(lake, offered, [ARREARS, SECTION], TRAINING)
    assert made.frame.select(offered.columns).equals(offered)
    assert made.frame[ARREARS].to_list() == [None, 0.0, 2.0, None]
    assert made.frame[SECTION].to_list() == [None, "C", None, None]
    assert made.unknown == 2


def test_a_subject_known_only_later_is_unknown_on_its_day(lake: Lake) -> None:
    made = training_set(lake, labels(as_of=[date(2025, 4, 1), date(2025, 4, 2)]), [ARREARS], TRAINING)
    assert made.frame[ARREARS].to_list() == [None, 0.0]


def test_numbers_are_floats_and_categories_a_closed_list(lake: Lake) -> None:
    schema = training_set(lake, labels(), [ARREARS, SECTION], TRAINING).frame.schema
    assert schema[ARREARS] == pl.Float64
    assert schema[SECTION] == pl.Enum(list("ABCDEFGHIJKLMNOPQRST"))


@pytest.mark.parametrize(
    "as_of",
    [
        pytest.param(["2025-05-01", " 2025-05-01"], id="text of a CSV"),
        pytest.param([datetime(2025, 5, 1, 9), datetime(2025, 5, 1)], id="instants without a zone"),  # noqa: DTZ001
    ],
)
def test_days_may_be_written_otherwise(lake: Lake, as_of: list[object]) -> None:
    made = training_set(lake, labels(as_of=as_of), [ARREARS], TRAINING)
    assert made.frame[ARREARS].to_list() == [2.0, 0.0]
    assert made.frame["as_of"].to_list() == as_of


@pytest.mark.parametrize("zone", ["UTC", "Asia/Shanghai", "America/New_York"])
def test_an_instant_with_a_zone_is_of_the_day_it_falls_on_in_shanghai(zone: str) -> None:
    midnight = datetime(2025, 4, 1, 16, tzinfo=UTC)
    instants = pl.Series([midnight - timedelta(microseconds=1), midnight]).dt.convert_time_zone(zone)
    assert label_days(instants).to_list() == [date(2025, 4, 1), date(2025, 4, 2)]


@pytest.mark.parametrize(
    "as_of",
    [
        pytest.param(["2025-05-01", "2025-02-30"], id="30 February"),
        pytest.param([None, date(2025, 5, 1)], id="no day"),
        pytest.param([20250501, 20250502], id="a number"),
        pytest.param([time(9), time(10)], id="a time of day"),
        pytest.param([timedelta(days=1), timedelta(days=2)], id="a span of time"),
    ],
)
def test_impossible_days_are_refused(lake: Lake, as_of: list[object]) -> None:
    with pytest.raises(ImpossibleDate):
        training_set(lake, labels(as_of=as_of), [ARREARS], TRAINING)


def test_a_wrong_day_is_named_with_its_row(lake: Lake) -> None:
    with pytest.raises(ImpossibleDate, match="as_of in row 2"):
        training_set(lake, labels(as_of=["2025-05-01", None]), [ARREARS], TRAINING)
    with pytest.raises(InvalidInput, match="row 2 is 2999-01-01, which has not come yet"):
        training_set(lake, labels(as_of=["2025-05-01", "2999-01-01"]), [ARREARS], TRAINING)
    with pytest.raises(InvalidInput, match="row 1 is 0001-01-01, and no record lies before 1900-01-01"):
        training_set(lake, labels(as_of=[date(1, 1, 1), date(2025, 5, 1)]), [ARREARS], TRAINING)


def test_the_first_day_of_all_is_one_on_which_nothing_was_known(lake: Lake) -> None:
    made = training_set(lake, labels(as_of=["1900-01-01", "2025-05-01"]), [ARREARS], TRAINING)
    assert made.frame[ARREARS].to_list() == [None, 0.0]


def test_what_is_given_up_of_a_snapshot_changes_no_set_of_it(tmp_path: Path) -> None:
    """A feed stays connected since its first record, though that was erased and its file given up."""
    lake, first = make_lake(tmp_path), tax_arrears(ACME, date(2025, 1, 31))
    land_rows(lake, TAX_ARREARS, [first], "2025-02-03")
    land_rows(lake, REGISTRATION, [registration(BETA)], "2025-02-03")
    land_rows(lake, TAX_ARREARS, [tax_arrears(ACME), tax_arrears(GAMMA)], "2025-04-02")
    records = numbers_of_ids(lake, TAX_ARREARS, [str(first["record_id"])])
    erase(lake, Erasure(TAX_ARREARS, "record", "测试", records), at=instant("2025-05-01"))
    compact(lake, TAX_ARREARS.code, at=instant("2025-05-02"))
    offered, snapshot = labels(as_of=[date(2025, 5, 1), date(2025, 3, 1)]), lake.snapshot()
    before = training_set(lake, offered, [ARREARS], TRAINING, snapshot).frame
    assert before[ARREARS].to_list() == [1.0, 0.0]
    assert vacuum(lake, keep_days=0, at=instant("2025-05-03")).files
    assert training_set(lake, offered, [ARREARS], TRAINING, snapshot).frame.equals(before)


def test_labels_need_their_two_columns(lake: Lake) -> None:
    with pytest.raises(InvalidInput, match="as_of is missing among subject"):
        training_set(lake, labels().drop("as_of"), [ARREARS], TRAINING)


def test_a_column_named_like_a_feature_is_refused(lake: Lake) -> None:
    with pytest.raises(InvalidInput, match=f"{ARREARS!r} already"):
        training_set(lake, labels(**{ARREARS: [1, 2]}), [ARREARS], TRAINING)


def test_an_unknown_feature_is_refused(lake: Lake) -> None:
    with pytest.raises(UnknownName, match="Did you mean"):
        training_set(lake, labels(), ["tax_arrears_count_24"], TRAINING)


def test_a_grant_for_one_subject_reads_no_training_set(lake: Lake) -> None:
    with pytest.raises(FieldNotGranted, match="all enterprises"):
        training_set(lake, labels(), [ARREARS], ReadGrant("bank", "pre_loan", subject=ACME))


def test_no_rows_give_the_columns_alone(lake: Lake) -> None:
    made = training_set(lake, labels().clear(), [ARREARS], TRAINING)
    assert made.frame.columns == ["subject", "as_of", ARREARS]
    assert made.frame.is_empty()


DAYS = [date(2025, 5, 1), date(2025, 4, 1), date(2024, 4, 15)]
SHUFFLED = pl.DataFrame(
    {
        "subject": [[ACME, "E7", GAMMA, " e7", BETA][place * 3 % 5] for place in range(23)],
        "as_of": [DAYS[place * 2 % 3] for place in range(23)],
        "loan": pl.Series([f"loan {place * 7 % 23}" for place in range(23)], dtype=pl.Categorical),
        "granted_at": [datetime(2025, 5, 1, place, tzinfo=UTC) for place in range(23)],
        "lines": [[place, None] if place % 2 else None for place in range(23)],
        "nothing": [None] * 23,
    }
)
"""Firms over and over on several days in no order, some known by nobody, two rows alike but for the loan."""


@pytest.fixture
def in_stretches(monkeypatch: pytest.MonkeyPatch) -> None:
    """Four rows are many: a stretch and a run of them, computed three at a time."""
    for place in ("row_order.STRETCH", "training_set.STRETCH"):
        monkeypatch.setattr(f"features.store.{place}", 4)
    monkeypatch.setattr("features.store.kernel_computation._PORTION", 3)


@pytest.mark.usefixtures("in_stretches")
@pytest.mark.parametrize(
    "offered",
    [
        pytest.param(SHUFFLED, id="many"),
        pytest.param(SHUFFLED.head(4), id="one stretch"),
        pytest.param(SHUFFLED.head(5), id="a row more"),
        pytest.param(pl.concat([SHUFFLED.head(1)] * 9), id="one row over and over"),
        pytest.param(SHUFFLED.filter(pl.col("subject") == GAMMA), id="of nobody known"),
        pytest.param(SHUFFLED.clear(), id="none"),
        pytest.param(labels(as_of=["2025-05-01", " 2025-04-02"]), id="days as texts"),
    ],
)
@pytest.mark.parametrize("engine", [Engine.KERNEL, Engine.DUCKDB])
def test_a_written_set_is_the_set_to_the_byte(
    lake: Lake, tmp_path: Path, offered: pl.DataFrame, engine: Engine
) -> None:
    names, out, at_once = [ARREARS, SECTION, PEERS], tmp_path / "set.parquet", tmp_path / "at_once.parquet"
    made = training_set(lake, offered, names, TRAINING, engine=engine)
    facts = write_training_set(lake, offered, names, TRAINING, out, engine)
    made.frame.write_parquet(at_once, metadata=facts.stamp)
    written = pl.read_parquet(out)
    assert written.schema == made.frame.schema
    assert content(written) == content(made.frame)
    arrow, arrow_at_once = pq.read_schema(out), pq.read_schema(at_once)
    assert arrow.remove_metadata().equals(arrow_at_once.remove_metadata(), check_metadata=True)
    assert told_in(out) == told_in(at_once)
    assert vars(facts) == {name: fact for name, fact in vars(made).items() if name != "frame"}


def told_in(path: Path) -> dict[str, str]:
    """What a file's metadata says besides its columns."""
    return {key: value for key, value in pl.read_parquet_metadata(path).items() if key != "ARROW:schema"}


def content(frame: pl.DataFrame) -> bytes:
    """The bytes of a frame's values, without what lies in memory where there is none."""
    written = BytesIO()
    frame.rechunk().write_parquet(written)
    return written.getvalue()


@pytest.mark.usefixtures("in_stretches")
def test_memory_holds_few_rows_of_a_written_set(lake: Lake, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    computed = []

    def watched(*given: Any, **named: Any) -> Iterator[Portion]:
        for portion in compute_portions(*given, **named):
            computed.append(portion.values.height)
            yield portion

    monkeypatch.setattr("features.store.training_set.compute_portions", watched)
    write_training_set(lake, SHUFFLED, [ARREARS], TRAINING, tmp_path / "set.parquet")
    assert (sum(computed), max(computed)) == (23, 3)
    groups = pq.ParquetFile(tmp_path / "set.parquet").metadata
    assert [groups.row_group(number).num_rows for number in range(groups.num_row_groups)] == [4, 4, 4, 4, 4, 3]


@pytest.mark.usefixtures("in_stretches")
@pytest.mark.parametrize("after", [pytest.param(2, id="while computing"), pytest.param(9, id="while writing")])
def test_an_error_midway_leaves_the_former_file_alone(
    lake: Lake, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, after: int
) -> None:
    out = tmp_path / "set.parquet"
    write_training_set(lake, labels(), [ARREARS], TRAINING, out)
    former, steps = out.read_bytes(), []

    def full(table: pl.DataFrame, **named: Any) -> pa.Table:
        steps.append(table.height)
        if len(steps) > after:
            raise OSError(errno.ENOSPC, "No space left on device")
        return to_arrow(table, **named)

    to_arrow = pl.DataFrame.to_arrow
    monkeypatch.setattr(pl.DataFrame, "to_arrow", full)
    with pytest.raises(OSError, match="No space left"):
        write_training_set(lake, SHUFFLED, [ARREARS], TRAINING, out)
    assert out.read_bytes() == former
    assert [path.name for path in tmp_path.iterdir()] == ["set.parquet"]


KILLED = """
import os, signal, sys
from pathlib import Path
import polars as pl
from bureau.grant import operator_grant
from features.store import kernel_computation, row_order, training_set
from tests.factories.lakes import make_lake

row_order.STRETCH = training_set.STRETCH = 4
kernel_computation._PORTION = 3
home, labels, out, point = sys.argv[1:]

def watch(name, facts):
    if name == "os.rename" and str(facts[0]).endswith(point):
        os.kill(os.getpid(), signal.SIGKILL)

sys.addaudithook(watch)
given = pl.read_parquet(labels)
training_set.write_training_set(
    make_lake(Path(home)), given, ["tax_arrears_count_24m"], operator_grant("training"), Path(out)
)
"""


def test_a_kill_before_the_end_leaves_the_former_file_and_nothing_once_it_is_done_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    lake, folder = make_lake(tmp_path), tmp_path / "out"
    land_rows(lake, TAX_ARREARS, [tax_arrears(ACME)], "2025-04-02")
    folder.mkdir()
    out = folder / "set.parquet"
    SHUFFLED.write_parquet(tmp_path / "labels.parquet")
    write_training_set(lake, labels(), [ARREARS], TRAINING, out)
    former = out.read_bytes()
    given = [str(tmp_path), str(tmp_path / "labels.parquet"), str(out), "set.parquet"]
    ended = subprocess.run([sys.executable, "-c", KILLED, *given], cwd=Path.cwd(), check=False)
    assert ended.returncode == -signal.SIGKILL
    assert out.read_bytes() == former
    assert len(list((folder / ".set.parquet.parts").iterdir())) > 1
    write_training_set(lake, SHUFFLED, [ARREARS], TRAINING, out)
    assert pl.read_parquet(out).equals(training_set(lake, SHUFFLED, [ARREARS], TRAINING).frame)
    assert [path.name for path in folder.iterdir()] == ["set.parquet"]


def test_the_file_says_what_it_was_made_from(lake: Lake, tmp_path: Path) -> None:
    write_training_set(lake, labels(), [ARREARS], TRAINING, tmp_path / "set.parquet")
    stamp = pq.read_metadata(tmp_path / "set.parquet").metadata
    assert stamp[b"definition_hash"].decode() == definition_hash([ARREARS])
    assert int(stamp[b"snapshot"]) == lake.snapshot()
    made = training_set(lake, labels(), [ARREARS], TRAINING)
    assert pl.read_parquet(tmp_path / "set.parquet").equals(made.frame)
    assert [path.name for path in tmp_path.iterdir()] == ["set.parquet"]


@pytest.mark.parametrize(
    ("place", "why"),
    [
        pytest.param("nowhere/set.parquet", "no such directory", id="missing directory"),
        pytest.param("set.csv", "as Parquet", id="CSV"),
        pytest.param(".", "this is a directory", id="a directory"),
    ],
)
def test_a_place_no_file_can_go_is_refused(lake: Lake, tmp_path: Path, place: str, why: str) -> None:
    with pytest.raises(UnreadableFile, match=why):
        write_training_set(lake, labels(), [ARREARS], TRAINING, tmp_path / place)
