"""`bureau audit` on a home with a few calls."""

import json
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from api.cli import main
from tests.factories.ledger import SECRET, draft, open_books, sqlite_ledger


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A home with two charged calls of 23 November 2026."""
    monkeypatch.setenv("BUREAU_HOME", str(tmp_path))
    monkeypatch.setenv("BUREAU_SECRET_KEY", SECRET)
    monkeypatch.delenv("BUREAU_DATABASE_URL", raising=False)
    books = open_books(sqlite_ledger(tmp_path), tmp_path)
    books.submit(draft(books.bank, "key-1"), draft(books.bank, "key-2", product_code="P16"))
    books.ledger.close()
    books.engine.dispose()
    return tmp_path


def run(monkeypatch: pytest.MonkeyPatch, *words: str) -> int:
    """The exit code of `bureau WORDS`."""
    monkeypatch.setattr("sys.argv", ["bureau", *words])
    with pytest.raises(SystemExit) as ended:
        main()
    return int(ended.value.code or 0)


def calls(home: Path) -> list[str]:
    with closing(sqlite3.connect(home / "ledger.db")) as connection:
        return [line for (line,) in connection.execute("SELECT line_id FROM audit_leaf ORDER BY number")]


def test_audit_of_a_sound_ledger(
    home: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(monkeypatch, "audit", "root") == 0
    root = json.loads(capsys.readouterr().out)
    assert run(monkeypatch, "audit", "proof", calls(home)[1]) == 0
    proof = json.loads(capsys.readouterr().out)
    assert (root["size"], proof["number"], proof["root"]["root"]) == (2, 1, root["root"])
    assert run(monkeypatch, "audit", "verify") == 0
    assert f"2 leaves are sound; root {root['root']}" in capsys.readouterr().out


def test_audit_names_the_first_wrong_call(
    home: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    with closing(sqlite3.connect(home / "ledger.db", isolation_level=None)) as connection:
        connection.execute("DROP TRIGGER usage_line_no_update")
        connection.execute("UPDATE usage_line SET amount_fen = 0")
    assert run(monkeypatch, "audit", "verify") == 1
    assert capsys.readouterr().out.startswith(f"{calls(home)[0]} (leaf 0): its call or usage line was changed.")


def test_a_count_that_was_changed_is_found_where_counts_are_asked_for(
    home: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(monkeypatch, "audit", "verify", "--counts") == 0
    with closing(sqlite3.connect(home / "ledger.db", isolation_level=None)) as connection:
        connection.execute("UPDATE usage_month SET charged_fen = charged_fen + 1")
    assert run(monkeypatch, "audit", "verify") == 0
    capsys.readouterr()
    assert run(monkeypatch, "audit", "verify", "--counts") == 1
    assert capsys.readouterr().out.startswith("month (1, ")


def test_a_later_root_is_proven_to_go_on_from_an_earlier_one(
    home: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(monkeypatch, "audit", "root") == 0
    first = json.loads(capsys.readouterr().out)
    assert run(monkeypatch, "audit", "consistency", "2") == 0
    assert json.loads(capsys.readouterr().out) == {"first": first, "second": first, "path": []}
    assert run(monkeypatch, "audit", "proof", calls(home)[0], "--size", "2") == 0
    assert json.loads(capsys.readouterr().out)["root"] == first


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        pytest.param(["proof", "x"], "There is no call 'x'", id="an unknown call"),
        pytest.param(["consistency", "9" * 23], "There is no signed root", id="a root larger than any number kept"),
        pytest.param(["consistency", "7"], "There is no signed root of size '7'", id="a root that was never signed"),
    ],
)
def test_a_wrong_word_is_one_sentence(
    home: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], words: list[str], sentence: str
) -> None:
    assert run(monkeypatch, "audit", *words) == 2
    error = capsys.readouterr().err
    assert sentence in error
    assert error.count("\n") == 1
