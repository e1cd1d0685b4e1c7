"""`bureau statement` of a month that is over: printed, and written as what its file's name ends with."""

import json
from pathlib import Path

import pytest

from api.billing.statements import as_csv
from api.cli import main
from tests.factories.documents import attached_files
from tests.factories.ledger import SECRET, open_books, sqlite_ledger


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("BUREAU_HOME", str(tmp_path))
    monkeypatch.setenv("BUREAU_SECRET_KEY", SECRET)
    monkeypatch.delenv("BUREAU_DATABASE_URL", raising=False)
    books = open_books(sqlite_ledger(tmp_path), tmp_path)
    books.ledger.close()
    books.engine.dispose()
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
    assert "深圳银行, 2020-01, issued: 0 fen" in capsys.readouterr().out
    body = (home / "s.json").read_bytes()
    assert json.loads(body)["institution"] == "深圳银行"
    assert (home / "s.csv").read_text() == as_csv(body)
    assert attached_files((home / "s.pdf").read_bytes())["2020-01.json"] == body


def test_another_ending_is_refused(
    home: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(monkeypatch, "深圳银行", "2020-01", "--out", str(home / "s.doc")) == 2
    assert "must end with .json, .csv or .pdf" in capsys.readouterr().err
