"""`bureau source` at the prompt."""

import json
from pathlib import Path

import pyarrow.parquet as pq
import pytest
from typer.testing import CliRunner

from features.sources.cli import source
from tests.factories.invoices import invoice, write_invoices

run = CliRunner().invoke


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("BUREAU_HOME", str(tmp_path / "home"))
    return tmp_path / "home"


def test_load_prints_what_became_of_each_feed(tmp_path: Path) -> None:
    data = write_invoices(tmp_path / "data", "out", invoice(1), invoice(2, amount=None))
    printed = run(source, ["load", "cumcm", "--data", str(data), "--format", "json"])
    assert printed.exit_code == 0, printed.output
    lines = {row["feed"]: row for row in json.loads(printed.stdout)}
    assert lines["F16L"] == {"feed": "F16L", "rows": 2, "landed": 1, "quarantined": 1, "unchanged": 0}


def test_check_is_silent_about_nothing(tmp_path: Path) -> None:
    data = write_invoices(tmp_path / "data", "out", invoice(1))
    run(source, ["load", "cumcm", "--data", str(data)])
    printed = run(source, ["check", "--format", "json"])
    assert printed.exit_code == 0, printed.output
    assert {row["verdict"] for row in json.loads(printed.stdout)} == {"met"}
    printed = run(source, ["check", "--format", "csv"])
    assert printed.stdout.splitlines()[0] == '"rule","target","found","room","verdict","note"'


def test_check_fails_where_a_rule_is_broken(tmp_path: Path, home: Path) -> None:
    data = write_invoices(tmp_path / "data", "out", invoice(1))
    run(source, ["load", "cumcm", "--data", str(data)])
    next((home / "deliveries" / "cumcm").glob("*.parquet")).write_bytes(b"damaged")
    printed = run(source, ["check"])
    assert printed.exit_code == 1
    assert "SHA-256" in printed.stdout or "Parquet" in printed.stdout


def test_load_of_a_city_prints_the_pace_of_drawing_alone_beside_its_target(tmp_path: Path) -> None:
    printed = run(source, ["load", "city", "--enterprises", "20"])
    assert printed.exit_code == 0, printed.output
    last = printed.stdout.strip().splitlines()[-1]
    rows = int(last.split()[1].replace(",", ""))
    written = (tmp_path / "home" / "deliveries" / "city").glob("F*.parquet")
    assert rows == sum(pq.read_metadata(path).num_rows for path in written)
    assert "rows/s on 2 cores" in last
    assert last.endswith("(target at full size: 2,000,000)")


def test_a_source_that_reads_prints_no_pace(tmp_path: Path) -> None:
    data = write_invoices(tmp_path / "data", "out", invoice(1))
    assert "drew" not in run(source, ["load", "cumcm", "--data", str(data)]).stdout


def test_check_asks_all_published_features_of_a_landed_city() -> None:
    run(source, ["load", "city", "--enterprises", "600"])
    rows = {row["rule"]: row for row in json.loads(run(source, ["check", "--format", "json"]).stdout)}
    auc = rows["AUC of all published features, out of time"]
    assert auc["target"] == "0.78 to 0.84"
    assert 0.5 < float(auc["found"].split()[0]) < 1.0
    assert rows["their largest gap between good and bad (KS)"]["target"] == "0.42 to 0.52"
    assert rows["the slope of their calibration"]["target"] == "0.90 to 1.10"
    assert rows["no single feature separates by itself: largest AUC"]["target"] == "at most 0.70"
    assert rows["one direction in all features"]["verdict"] == "met"
    unmeasured = [row for row in rows.values() if row["verdict"] == "not measured"]
    assert unmeasured
    assert all(row["note"] for row in unmeasured)
