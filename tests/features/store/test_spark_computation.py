"""Features by Spark on this machine: the cells of the reference, a bucket a task, no record on the move."""

from datetime import date
from pathlib import Path

import polars as pl
import pytest
from sqlalchemy import update

from bureau.grant import operator_grant
from features.contracts.tax_arrears import TAX_ARREARS
from features.definitions.library import find_feature
from features.definitions.parts import parts_of
from features.engine.dialects import DUCKDB, SPARK
from features.engine.engines import Engine
from features.engine.spark.session import Session, spark_session
from features.lake.compaction import compact
from features.lake.lake import Lake
from features.lake.tables import Setting
from features.store.asking import ask
from features.store.comparison import compare
from features.store.computation import compute
from features.store.spark_computation import compute_by_spark
from features.store.training_set import training_set
from tests.factories.lakes import instant, land_rows, make_lake, uscc
from tests.factories.spark import needs_spark, spark
from tests.factories.tax import tax_arrears

__all__ = ["spark"]
pytestmark = [pytest.mark.spark, needs_spark]

DAY = date(2025, 5, 1)
NAMES = [
    *("tax_arrears_count_24m", "industry_section", "defendant_cases_24m", "sales_trend_6p", "tax_grade"),
    *("peer_tax_arrears_count_24m_section_district", "related_firms"),
]
FIRMS = [uscc(number) for number in range(1, 41)]
ARREARS = [find_feature("tax_arrears_count_24m")]


@pytest.fixture(scope="module")
def lake(tmp_path_factory: pytest.TempPathFactory) -> Lake:
    """Forty firms in four buckets, most records compacted and some landed since."""
    lake = make_lake(tmp_path_factory.mktemp("lake"))
    with lake.catalogue.begin() as connection:
        connection.execute(update(Setting).where(Setting.name == "buckets").values(value="4"))
    land_rows(lake, TAX_ARREARS, [tax_arrears(firm) for firm in FIRMS], "2025-04-02")
    compact(lake, "F18", at=instant("2025-04-03"))
    land_rows(lake, TAX_ARREARS, [tax_arrears(firm, date(2024, 3, 31)) for firm in FIRMS[::3]], "2025-04-04")
    return lake


def spine(*numbers: int | None) -> pl.DataFrame:
    rows = [(number, None if number is None else 0, DAY) for number in numbers]
    schema = {"enterprise_id": pl.Int32, "enterprise_known_from": pl.Int64, "as_of": pl.Date}
    return pl.DataFrame(rows, schema=schema, orient="row")


@pytest.mark.usefixtures("spark")
def test_every_cell_is_that_of_the_reference(tmp_path: Path) -> None:
    compared = list(compare(tmp_path, NAMES, 60, seed=3, engines=[Engine.SPARK]))
    assert [(one.form, one.differing) for one in compared] == [
        ("build, compacted", 0),
        ("training set, compacted", 0),
    ]
    assert min(one.known for one in compared) > 0
    assert min(one.peers for one in compared) > 0


@pytest.mark.usefixtures("spark")
@pytest.mark.parametrize("records", [1, 20, 1000], ids=["a bucket a task", "some buckets", "all at once"])
def test_rows_keep_their_order_however_buckets_are_dealt(lake: Lake, records: int) -> None:
    rows = spine(7, None, 3, 40, 7, 1, 999, *range(1, 41))
    entries = parts_of(ARREARS)
    made = compute_by_spark(lake, entries, lake.snapshot(), ask(entries, rows, None, SPARK), records)
    assert made.equals(compute(lake, entries, lake.snapshot(), rows, Engine.DUCKDB))


def test_no_record_moves_between_tasks(lake: Lake, spark: Session) -> None:
    entries = parts_of([find_feature(name) for name in NAMES[:2]])
    compute_by_spark(lake, entries, lake.snapshot(), ask(entries, spine(*range(1, 41)), None, SPARK), 1)
    told = spark.sparkContext.statusTracker()
    jobs = [told.getJobInfo(number) for number in told.getJobIdsForGroup(None)]
    assert jobs
    assert {len(job.stageIds) for job in jobs if job} == {1}, "a second stage would read what a first one sent it"


def test_a_session_inside_a_session_is_that_one(spark: Session) -> None:
    with spark_session("spark://127.0.0.1:1") as inner:
        assert inner is spark
    assert spark.sql("SELECT 1").collect()


@pytest.mark.usefixtures("spark")
def test_nobody_and_nothing_are_answered(tmp_path: Path) -> None:
    empty = make_lake(tmp_path)
    labels = pl.DataFrame({"subject": ["nobody"], "as_of": [DAY]})
    made = training_set(empty, labels, NAMES, operator_grant("training"), engine=Engine.SPARK).frame
    assert made.select(NAMES).row(0) == (None,) * len(NAMES)


@pytest.mark.parametrize("text", ["it's", "a\\b", "\\", "'; --", '"', "$as_of :as_of {x}", "增值税", "a\nb"])
def test_a_text_of_a_definition_reaches_spark_as_it_is(spark: Session, text: str) -> None:
    assert spark.sql(f"SELECT {SPARK.text(text)} AS text").collect()[0].text == text
    assert DUCKDB.text(text) == "'" + text.replace("'", "''") + "'"


def test_an_integer_too_large_stops_the_query(spark: Session) -> None:
    with pytest.raises(Exception, match="OVERFLOW"):
        spark.sql("SELECT sum(a) FROM VALUES (9223372036854775807), (1) t(a)").collect()
