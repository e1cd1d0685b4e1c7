"""`bureau contracts` as two people use it: what is shown can be changed, proposed and approved."""

import json
from pathlib import Path

import pytest

from api.cli import main
from api.database import open_ledger_database
from models.people import add_person
from tests.factories.ledger import NOON, SECRET, add_bank, sqlite_ledger

BANK = "深圳银行"


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("BUREAU_HOME", str(tmp_path))
    monkeypatch.setenv("BUREAU_SECRET_KEY", SECRET)
    monkeypatch.delenv("BUREAU_DATABASE_URL", raising=False)
    engine = open_ledger_database(sqlite_ledger(tmp_path))
    add_bank(engine, BANK)
    engine.dispose()
    return tmp_path


@pytest.fixture
def secrets(home: Path) -> dict[str, str]:
    """Two people on the register of the home."""
    return {name: add_person(home, name, NOON).secret for name in ("Li Wei", "Zhang Min")}


def run(monkeypatch: pytest.MonkeyPatch, *words: str) -> int:
    monkeypatch.setattr("sys.argv", ["bureau", "contracts", *words])
    with pytest.raises(SystemExit) as ended:
        main()
    return int(ended.value.code or 0)


def test_what_is_shown_is_proposed_and_approved(
    home: Path, secrets: dict[str, str], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(monkeypatch, "show", BANK) == 0
    terms = json.loads(capsys.readouterr().out) | {"cap_fen": 5_000}
    file = home / "terms.json"
    file.write_text(json.dumps(terms), "utf-8")
    monkeypatch.setenv("BUREAU_RELEASE_KEY", secrets["Li Wei"])
    assert run(monkeypatch, "propose", BANK, str(file), "--by", "li wei") == 0
    proposal = capsys.readouterr().out.split()[1].rstrip(";")
    for name, why in (("Li Wei", "proposed by Li Wei"), ("Zhang Min", "not that of Zhang Min"), ("Wang", "no person")):
        assert run(monkeypatch, "approve", proposal, "--by", name) == 2
        assert why in capsys.readouterr().err
    monkeypatch.setenv("BUREAU_RELEASE_KEY", secrets["Zhang Min"])
    assert run(monkeypatch, "approve", proposal, "--by", "Zhang Min") == 0
    capsys.readouterr()
    assert run(monkeypatch, "show", BANK) == 0
    assert json.loads(capsys.readouterr().out) == terms


@pytest.mark.parametrize(
    ("text", "why"),
    [
        pytest.param("rules: [", "cannot be read as YAML", id="no YAML"),
        pytest.param("rules: [{product: P07, price: {model: flat, unit_fen: -1}}]", "greater than", id="negative"),
        pytest.param("discount: 5", "Extra inputs", id="an unknown word"),
    ],
)
def test_terms_that_cannot_be_read(
    home: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], text: str, why: str
) -> None:
    (home / "terms.yaml").write_text(text, "utf-8")
    assert run(monkeypatch, "propose", BANK, str(home / "terms.yaml"), "--by", "Li Wei") == 2
    assert why in capsys.readouterr().err


def test_a_payment_is_entered_once(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(monkeypatch, "pay-in", BANK, "500", "--reference", "transfer 1") == 0
    assert "holds 500 fen" in capsys.readouterr().out
    assert run(monkeypatch, "pay-in", BANK, "500", "--reference", "transfer 1") == 2
