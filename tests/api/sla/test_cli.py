"""`bureau sla` on a home with a missed month."""

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy.orm import Session
from typer.testing import CliRunner, Result

from api.billing.months import Month
from api.billing.statements import issue_statement
from api.billing.tables import Statement
from api.database import open_ledger_database
from api.signing import Signer
from api.sla.cli import sla
from bureau.db import transaction
from bureau.errors import BureauError, InvalidInput, SecondPersonNeeded, SignatureRefused, StateConflict, UnknownName
from models.people import add_person
from tests.factories.ledger import NOON, SECRET, add_bank, open_books, sqlite_ledger
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


@pytest.fixture
def secrets(home: Path) -> dict[str, str]:
    """Two people on the register of the home."""
    return {name: add_person(home, name, NOON).secret for name in ("Li Wei", "Zhang Min")}


def run(*words: str, secret: str = "") -> Result:
    return CliRunner().invoke(sla, words, env={"BUREAU_RELEASE_KEY": secret} if secret else {})


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


def test_a_note_goes_through_two_hands(home: Path, secrets: dict[str, str]) -> None:
    first, second = secrets.values()
    (proposed,) = listed("notes")
    note = str(proposed["note"])
    assert proposed | {"state": "proposed", "amount_fen": 2_400, "missed": "latency,availability"} == proposed
    assert "bureau sla approve" in run("confirm", note, "--by", "Li Wei", secret=first).output
    for name, error in (("Li Wei", SecondPersonNeeded), ("Zhang Min", SignatureRefused), ("Wang", UnknownName)):
        assert isinstance(run("approve", note, "--by", name, secret=first).exception, error)
    assert isinstance(run("approve", note, "--by", "Zhang Min").exception, InvalidInput), "no secret and no terminal"
    assert "2400 fen are credited" in run("approve", note, "--by", "Zhang Min", secret=second).output
    assert [row["state"] for row in listed("notes")] == ["approved"]


def test_a_note_is_declined_with_a_reason(home: Path, secrets: dict[str, str]) -> None:
    note, secret = str(listed("notes")[0]["note"]), secrets["Li Wei"]
    assert run("decline", note, "--by", "Li Wei", "--reason", "force majeure", secret=secret).output == "declined\n"
    assert [row["state"] for row in listed("notes")] == ["declined"]


def test_a_month_is_assessed_once_it_is_over(home: Path) -> None:
    assert isinstance(run("assess", "2099-01").exception, BureauError)
    assert isinstance(run("assess", "2026-13").exception, BureauError)
    assert "1 statements are issued, 0 credit notes were proposed" in run("assess", "2026-11").output
    assert "0 statements are issued" in run("assess", "2026-10").output, "its contract began in November"


def test_an_institution_is_assessed_in_a_transaction_of_its_own(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    engine = open_ledger_database(f"sqlite:///{home / 'ledger.db'}")
    add_bank(engine, "城市银行")
    asked: list[int] = []

    def issue(session: Session, signer: Signer, institution_id: int, month: Month, at: datetime) -> None:
        asked.append(institution_id)
        if len(asked) > 1:
            raise StateConflict("The next one cannot be issued.")
        issue_statement(session, signer, institution_id, month, at)

    monkeypatch.setattr("api.sla.cli.now", lambda: datetime(2027, 1, 1, tzinfo=UTC))
    monkeypatch.setattr("api.sla.cli.issue_statement", issue)
    assert isinstance(run("assess", "2026-12").exception, StateConflict)
    with transaction(engine) as session:
        assert session.get(Statement, (asked[0], Month.parse("2026-12").first))
    engine.dispose()
