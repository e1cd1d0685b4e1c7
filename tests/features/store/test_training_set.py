"""Training sets: whose rows, in which order, with what beside them, and what is refused."""

from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path

import polars as pl
import pyarrow.parquet as pq
import pytest

from bureau.errors import FieldNotGranted, ImpossibleDate, InvalidInput, UnknownName, UnreadableFile
from bureau.grant import ReadGrant, operator_grant
from features.contracts.registration import REGISTRATION
from features.contracts.tax_arrears import TAX_ARREARS
from features.definitions.library import definition_hash
from features.lake.compaction import compact
from features.lake.erasure import Erasure, erase
from features.lake.lake import Lake
from features.lake.stored import numbers_of_ids
from features.lake.vacuum import vacuum
from features.store.training_set import label_days, training_set
from tests.factories.lakes import ACME, BETA, GAMMA, instant, land_rows, make_lake
from tests.factories.registrations import registration
from tests.factories.tax import tax_arrears

ARREARS = "tax_arrears_count_24m"
SECTION = "industry_section"
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


def test_the_file_says_what_it_was_made_from(lake: Lake, tmp_path: Path) -> None:
    made = training_set(lake, labels(), [ARREARS], TRAINING)
    made.write(tmp_path / "set.parquet")
    stamp = pq.read_metadata(tmp_path / "set.parquet").metadata
    assert stamp[b"definition_hash"].decode() == definition_hash([ARREARS])
    assert int(stamp[b"snapshot"]) == lake.snapshot()
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
    made = training_set(lake, labels(), [ARREARS], TRAINING)
    with pytest.raises(UnreadableFile, match=why):
        made.write(tmp_path / place)
