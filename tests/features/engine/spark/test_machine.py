"""What a machine lacks for Spark, and masters that do not answer, are said in one sentence."""

import socket
from collections.abc import Iterator
from pathlib import Path

import pytest

from bureau.errors import InvalidInput
from features.engine.spark import machine
from features.engine.spark.machine import check_master, is_here, java_version, spark_missing
from tests.factories.spark import is_left_out


@pytest.mark.parametrize(
    ("said", "version"),
    [
        pytest.param('openjdk version "17.0.15" 2025-04-15', 17, id="17"),
        pytest.param('java version "1.8.0_381"', 8, id="8, as it was counted then"),
        pytest.param('openjdk version "25-ea" 2025-09-16', 25, id="early access"),
        pytest.param("sh: no such thing", 0, id="no version"),
    ],
)
def test_the_version_of_java(said: str, version: int) -> None:
    assert java_version(said) == version


@pytest.mark.parametrize(
    ("missing", "environment", "left_out"),
    [
        pytest.param(None, {}, False, id="nothing is missing"),
        pytest.param("no Java", {}, True, id="a machine without"),
        pytest.param("no Java", {"SPARK_REQUIRED": ""}, True, id="a machine without, unset"),
        pytest.param("no Java", {"SPARK_REQUIRED": "1"}, False, id="a machine that must have it"),
    ],
)
def test_tests_of_spark_fail_where_it_is_required(
    missing: str | None, environment: dict[str, str], left_out: bool
) -> None:
    assert is_left_out(missing, environment) is left_out


@pytest.fixture
def asked_anew() -> Iterator[None]:
    spark_missing.cache_clear()
    yield
    spark_missing.cache_clear()


@pytest.mark.usefixtures("asked_anew")
@pytest.mark.parametrize(
    ("script", "said"),
    [
        pytest.param(None, "there is none", id="no Java"),
        pytest.param("#!/bin/sh\necho 'version \"11.0.2\"' >&2\n", "is older", id="an old Java"),
    ],
)
def test_a_machine_that_cannot_run_spark_says_what_to_install(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, script: str | None, said: str
) -> None:
    (tmp_path / "bin").mkdir()
    if script:
        (tmp_path / "bin" / "java").write_text(script)
        (tmp_path / "bin" / "java").chmod(0o755)
    monkeypatch.setenv("JAVA_HOME", str(tmp_path))
    monkeypatch.setattr(machine, "find_spec", lambda _: object())
    assert said in str(spark_missing())


@pytest.mark.usefixtures("asked_anew")
def test_spark_that_is_not_installed_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(machine, "find_spec", lambda _: None)
    assert "make spark" in str(spark_missing())


def closed_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as held:
        return int(held.getsockname()[1])


@pytest.mark.parametrize(
    "place", [pytest.param(f"127.0.0.1:{closed_port()}", id="closed port"), "127.0.0.1", "127.0.0.1:99999", ""]
)
def test_a_master_that_does_not_answer_is_refused_at_once(place: str) -> None:
    with pytest.raises(InvalidInput, match=r"BUREAU_SPARK_MASTER=spark://.*start it"):
        check_master(f"spark://{place}")


def test_one_of_several_masters_is_enough() -> None:
    with socket.create_server(("127.0.0.1", 0)) as held:
        check_master(f"spark://127.0.0.1:{closed_port()},127.0.0.1:{held.getsockname()[1]}")


@pytest.mark.parametrize(
    ("master", "here"),
    [("local[2]", True), ("spark://127.0.0.1:7077", True), ("spark://10.0.0.5:7077", False), ("yarn", False)],
)
def test_a_session_of_this_machine_alone_is_told_from_others(master: str, here: bool) -> None:
    assert is_here(master) is here
