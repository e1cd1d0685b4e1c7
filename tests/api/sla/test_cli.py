"""`bureau sla` on a home with a missed month."""

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from api.sla.cli import sla
from bureau.errors import BureauError
from tests.factories.ledger import SECRET, open_books, sqlite_ledger
from tests.factories.promises import close_november, missed_november


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """November of a bank, missed and closed."""
    monkeypatch.setenv("BUREAU_HOME", str(tmp_path))
    monkeypatch.setenv("BUREAU_SECRET_KEY", SECRET)
    monkeypatch.delenv("BUREAU_DATABASE_URL", raising=False)
    books = open_books(sqlite_ledger(tmp_path), tmp_path)
    missed_november(books)
    close_november(books)
    books.ledger.close()
    books.engine.dispose()
    return tmp_path


def run(*words: str) -> Result:
    return CliRunner().invoke(sla, words)


def listed(*words: str) -> list[dict[str, object]]:
    return list(json.loads(run(*words, "--format", "json").output))


def test_the_meter_shows_every_promise(home: Path) -> None:
    rows = listed("meter", "2026-11")
    assert [(row["measure"], row["kept"]) for row in rows] == [
        ("latency", False),
        ("availability", False),
        ("data_age", True),
        ("latency", None),
    ]
    assert rows == listed("meter", "2026-11", "--institution", "深圳银行")
    assert rows[0] | {"product": "P07", "measured_bp": 9_000, "reached": 300_001, "counted": 20} == rows[0]
    assert run("meter").exit_code == 0


def test_a_note_goes_through_two_hands(home: Path) -> None:
    (proposed,) = listed("notes")
    note = str(proposed["note"])
    assert proposed | {"state": "proposed", "amount_fen": 2_400, "missed": "latency,availability"} == proposed
    assert "bureau sla approve" in run("confirm", note, "--by", "Li Wei").output
    refused = run("approve", note, "--by", "Li Wei")
    assert isinstance(refused.exception, BureauError)
    assert "2400 fen are credited" in run("approve", note, "--by", "Zhang Min").output
    assert [row["state"] for row in listed("notes")] == ["approved"]


def test_a_note_is_declined_with_a_reason(home: Path) -> None:
    note = str(listed("notes")[0]["note"])
    assert run("decline", note, "--by", "Li Wei", "--reason", "force majeure").output == "declined\n"
    assert [row["state"] for row in listed("notes")] == ["declined"]


def test_a_month_is_assessed_once_it_is_over(home: Path) -> None:
    assert isinstance(run("assess", "2099-01").exception, BureauError)
    assert isinstance(run("assess", "2026-13").exception, BureauError)
    assert "1 statements are issued, 0 credit notes were proposed" in run("assess", "2026-10").output
