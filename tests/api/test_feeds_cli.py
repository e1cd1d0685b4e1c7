"""`bureau feeds vacuum` asks the ledger which states of the lake its answers rest on."""

from pathlib import Path

import pytest

from api.cli import main
from bureau.clock import now
from features.contracts.tax_arrears import TAX_ARREARS
from features.lake.compaction import compact
from features.lake.lake import Lake, open_lake
from tests.factories.lakes import ACME, instant, land_rows
from tests.factories.ledger import NOON, draft, open_books, sqlite_ledger
from tests.factories.tax import tax_arrears


@pytest.fixture
def lake(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Lake:
    """Two deliveries and their compaction, long ago; one answer that rests on the second."""
    monkeypatch.setenv("BUREAU_HOME", str(tmp_path))
    monkeypatch.delenv("BUREAU_DATABASE_URL", raising=False)
    lake, at = open_lake(tmp_path, f"sqlite:///{tmp_path / 'catalogue.db'}"), instant("2025-08-01")
    land_rows(lake, TAX_ARREARS, [tax_arrears(ACME)], at)
    land_rows(lake, TAX_ARREARS, [tax_arrears(ACME, version=2, op="U", arrears_fen=7)], at)
    compact(lake, "F18", at=at)
    books = open_books(sqlite_ledger(tmp_path), tmp_path)
    books.submit(draft(books.bank, snapshot=2))
    books.ledger.close()
    books.engine.dispose()
    return lake


def vacuum(monkeypatch: pytest.MonkeyPatch, *words: str) -> None:
    monkeypatch.setattr("sys.argv", ["bureau", "feeds", "vacuum", "--keep-days", "30", *words])
    with pytest.raises(SystemExit) as ended:
        main()
    assert not ended.value.code


ALWAYS = ("--answers-days", str(max((now() - NOON).days + 2, 2)))
"""So many days that the answer counts whenever this runs."""


def test_what_an_answer_rests_on_stays(
    lake: Lake, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    vacuum(monkeypatch, *ALWAYS)
    assert "0 files with 0 rows to remove" in capsys.readouterr().out
    assert all(path.exists() for path in lake.files("F18", 2))


def test_what_only_an_answer_past_dispute_rests_on_goes(
    lake: Lake, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    vacuum(monkeypatch, "--answers-days", "0", "--dry-run")
    assert lake.is_readable(2)
    vacuum(monkeypatch, "--answers-days", "0")
    assert "snapshots from 3 on can be read" in capsys.readouterr().out
    assert not lake.is_readable(2)
