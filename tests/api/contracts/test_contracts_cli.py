"""`bureau contracts` as two people use it: what is shown can be changed, proposed and approved."""

import json
from pathlib import Path

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from api.cli import main
from api.database import open_ledger_database
from api.metering.ledger import Receipt
from api.metering.tables import UsageLine
from models.people import add_person
from tests.factories.ledger import NOON, SECRET, add_bank, draft, open_books, sqlite_ledger

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


def test_an_amount_beyond_all_is_refused_in_one_sentence(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(monkeypatch, "pay-in", BANK, str(10**19), "--reference", "transfer 1") == 2
    assert "from 1 to 1000000000000 fen" in capsys.readouterr().err


def test_a_payment_is_taken_back_by_who_proves_it(
    secrets: dict[str, str], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("BUREAU_RELEASE_KEY", secrets["Li Wei"])
    assert run(monkeypatch, "pay-in", BANK, "500", "--reference", "transfer 1") == 0
    asked = ("take-back-payment", BANK, "--reference", "transfer 1", "--reason")
    assert run(monkeypatch, *asked, "twice", "--by", "Zhang Min") == 2
    assert run(monkeypatch, *asked, " ", "--by", "Li Wei") == 2
    assert "--reason TEXT" in capsys.readouterr().err
    assert run(monkeypatch, *asked, "entered twice", "--by", "Li Wei") == 0
    assert "holds 0 fen" in capsys.readouterr().out
    assert run(monkeypatch, *asked, "entered twice", "--by", "Li Wei") == 2


def test_a_charge_is_taken_back_by_who_proves_it(
    home: Path, secrets: dict[str, str], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    books = open_books(f"sqlite:///{home / 'ledger.db'}", home, bank="城市银行")
    (given,) = books.submit(draft(books.bank))
    assert isinstance(given, Receipt)
    books.ledger.close()
    monkeypatch.setenv("BUREAU_RELEASE_KEY", secrets["Li Wei"])
    asked = ("reverse", given.call_id, "--by", "Li Wei", "--reason")
    assert run(monkeypatch, *asked, " ") == 2
    assert "--reason TEXT" in capsys.readouterr().err
    assert run(monkeypatch, *asked, "wrong enterprise") == 0
    assert "800 fen" in capsys.readouterr().out
    with Session(books.engine) as session:
        assert session.scalars(select(UsageLine.reason)).all() == [None, "wrong enterprise (Li Wei)"]
    assert run(monkeypatch, *asked, "again") == 2
    assert run(monkeypatch, "reverse", "none", *asked[2:], "unknown") == 2
    books.engine.dispose()
