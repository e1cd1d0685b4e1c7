"""Features on a standalone master with two workers, addressed by the setting; and masters that cannot compute."""

import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from bureau.errors import InvalidInput
from bureau.settings import Settings
from features.engine.engines import Engine
from features.engine.spark import session as sessions
from features.engine.spark.session import spark_session
from features.store.comparison import compare
from tests.factories.spark import master_alone, needs_spark, workers_of

pytestmark = [pytest.mark.spark, needs_spark]
NAMES = ["tax_arrears_count_24m", "industry_section"]


@pytest.fixture(scope="module")
def master(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with master_alone(tmp_path_factory.mktemp("master")) as address:
        yield address


def test_a_master_without_workers_is_not_waited_for(master: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sessions, "PATIENCE_SECONDS", 1)
    with pytest.raises(InvalidInput, match="no worker to give"), spark_session(master):
        pytest.fail("nobody computes here")


def test_two_workers_agree_with_the_reference(master: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with workers_of(master, tmp_path, 2):
        monkeypatch.setenv("BUREAU_SPARK_MASTER", master)
        with spark_session(Settings().spark_master) as session:
            executors = session.sparkContext._jsc.sc().getExecutorMemoryStatus
            deadline = time.monotonic() + 60
            while executors().size() < 3 and time.monotonic() < deadline:
                time.sleep(0.1)
            assert (session.sparkContext.master, executors().size()) == (master, 3), "two workers and this process"
            compared = list(compare(tmp_path, NAMES, 30, seed=3, engines=[Engine.SPARK]))
    assert [one.differing for one in compared] == [0, 0]
    assert min(one.known for one in compared) > 0


def test_a_master_of_no_kind_is_refused() -> None:
    with pytest.raises(InvalidInput, match="BUREAU_SPARK_MASTER=banana"), spark_session("banana"):
        pytest.fail("nobody computes here")
