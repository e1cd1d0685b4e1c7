"""`bureau statement` of a month that is over: printed, and written as what its file's name ends with."""

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import func, select

from api.access.institutions import create_client, find_client
from api.billing.agreeing import agree_to_statement, signed_text
from api.billing.months import Month
from api.billing.statements import as_csv, issue_statement
from api.billing.tables import Statement
from api.cli import main
from api.database import ledger_transaction
from api.signing import open_signer
from bureau.errors import FontMissing
from tests.factories.assertions import detached, new_key, public
from tests.factories.documents import attached_files
from tests.factories.ledger import NOON, PRICES, SECRET, sqlite_ledger

BEGUN = datetime(2020, 1, 15, tzinfo=UTC)
"""When the contracts began."""


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("BUREAU_HOME", str(tmp_path))
    monkeypatch.setenv("BUREAU_SECRET_KEY", SECRET)
    monkeypatch.delenv("BUREAU_DATABASE_URL", raising=False)
    with ledger_transaction(sqlite_ledger(tmp_path)) as session:
        create_client(session, "深圳银行", "bank", PRICES, BEGUN)
    return tmp_path


def run(monkeypatch: pytest.MonkeyPatch, *words: str) -> int:
    """The exit code of `bureau statement WORDS`."""
    monkeypatch.setattr("sys.argv", ["bureau", "statement", *words])
    with pytest.raises(SystemExit) as ended:
        main()
    return int(ended.value.code or 0)


def test_one_statement_in_three_forms(
    home: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    for name in ("s.json", "s.csv", "s.pdf"):
        assert run(monkeypatch, "深圳银行", "2020-01", "--out", str(home / name)) == 0
    told = capsys.readouterr().out
    assert "深圳银行, 2020-01, issued: 0 fen" in told
    assert "signed by the platform" in told
    assert "not yet agreed to by 深圳银行" in told
    body = (home / "s.json").read_bytes()
    assert json.loads(body)["institution"] == "深圳银行"
    assert (home / "s.csv").read_text() == as_csv(body)
    assert attached_files((home / "s.pdf").read_bytes())["2020-01.json"] == body


@pytest.mark.parametrize(
    ("name", "says"),
    [
        ("s.doc", "must end with .json, .csv or .pdf"),
        ("nowhere/s.pdf", "there is no such directory to write into"),
        ("taken.pdf", "this is a directory"),
    ],
)
def test_a_month_is_not_issued_for_a_file_that_cannot_be(
    home: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], name: str, says: str
) -> None:
    (home / "taken.pdf").mkdir()
    assert run(monkeypatch, "深圳银行", "2020-01", "--out", str(home / name)) == 2
    assert says in capsys.readouterr().err
    with ledger_transaction(f"sqlite:///{home / 'ledger.db'}") as session:
        assert session.scalar(select(func.count()).select_from(Statement)) == 0


def test_a_statement_outlives_a_print_that_fails(
    home: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def no_font(*_: object) -> None:
        raise FontMissing

    monkeypatch.setattr("api.billing.cli.signed_print", no_font)
    assert run(monkeypatch, "深圳银行", "2020-01", "--out", str(home / "s.pdf")) != 0
    assert "no Chinese font" in capsys.readouterr().err
    assert not (home / "s.pdf").exists()
    with ledger_transaction(f"sqlite:///{home / 'ledger.db'}") as session:
        assert session.scalar(select(func.count()).select_from(Statement)) == 1


def test_a_month_before_the_first_contract_has_no_statement(
    home: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    for words in ([], ["--out", str(home / "s.pdf")]):
        assert run(monkeypatch, "深圳银行", "2019-12", *words) == 2
        assert "no statement '2019-12' of your institution, which had no contract by then" in capsys.readouterr().err
    assert not (home / "s.pdf").exists()


def test_who_has_signed_and_with_which_key(
    home: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    key, month = new_key("of the bank"), Month.parse("2020-01")
    with ledger_transaction(f"sqlite:///{home / 'ledger.db'}") as session:
        made = create_client(session, "城市银行", "bank", PRICES, BEGUN, keys=public(key))
        owner = find_client(session, made.client_id).institution_id
        issued = issue_statement(session, open_signer(home, "answers"), owner, month, NOON)
        signature = detached(key, signed_text(issued))
        agree_to_statement(
            session, owner, month, sha256=issued.sha256, client_id=made.client_id, jws=signature, at=NOON
        )
    assert run(monkeypatch, "城市银行", "2020-01") == 0
    assert f"by {made.client_id} with key of the bank\n" in capsys.readouterr().out
