"""`bureau clients`: what the commands print, and that they work beside a running ledger."""

import json
from pathlib import Path

import pytest
from cryptography.x509 import load_pem_x509_certificates
from sqlalchemy.orm import Session

from api.access.credentials import keys_of
from api.access.institutions import find_client, find_institution
from api.access.roles import ROLES
from api.cli import main
from api.contracts.agreeing import ListPrice, approve_terms, propose_terms
from api.contracts.in_force import contract_in_force
from api.contracts.terms import Terms
from api.database import open_ledger_database
from bureau.clock import now, shanghai_day
from bureau.db import transaction
from products.product import on_sale
from tests.factories.assertions import new_key, public
from tests.factories.ledger import ACME, draft, open_books


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("BUREAU_HOME", str(tmp_path))
    monkeypatch.delenv("BUREAU_DATABASE_URL", raising=False)
    return tmp_path


def run(monkeypatch: pytest.MonkeyPatch, *words: str) -> int:
    """The exit code of `bureau WORDS`."""
    monkeypatch.setattr("sys.argv", ["bureau", *words])
    with pytest.raises(SystemExit) as ended:
        main()
    return int(ended.value.code or 0)


def url(home: Path) -> str:
    return f"sqlite:///{home / 'ledger.db'}"


def test_create_prints_an_id_and_a_secret(
    home: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(monkeypatch, "clients", "create", "深圳银行", "--role", "bank", "--products", "P01") == 0
    printed = json.loads(capsys.readouterr().out)
    assert set(printed) == {"client_id", "client_secret"}
    with Session(open_ledger_database(url(home))) as session:
        bank = find_institution(session, "深圳银行")
        assert find_client(session, printed["client_id"]).institution_id == bank.id
        assert contract_in_force(session, bank.id, now()).terms.products == {"P01"}


@pytest.mark.parametrize(
    ("role", "contracted"),
    [pytest.param("bank", True, id="a bank"), pytest.param("product_manager", False, id="the platform's own people")],
)
def test_who_calls_gets_every_product_on_sale(
    home: Path, monkeypatch: pytest.MonkeyPatch, role: str, contracted: bool
) -> None:
    assert run(monkeypatch, "clients", "create", "深圳银行", "--role", role) == 0
    with Session(open_ledger_database(url(home))) as session:
        contract = contract_in_force(session, 1, now())
    listed = {line.code for line in on_sale(shanghai_day(now()))}
    assert (contract.terms.products if contract else set()) == (listed if contracted else set())


def test_a_second_client_calls_what_the_contract_has(
    home: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    for more in (["--products", "P01"], []):
        assert run(monkeypatch, "clients", "create", "深圳银行", *more) == 0
    with transaction(open_ledger_database(url(home))) as session:
        assert contract_in_force(session, 1, now()).terms.products == {"P01"}
        terms, at = Terms(rules=(ListPrice("P01", 100, "hit").as_rule(),)), now()
        proposal = propose_terms(session, 1, terms, by="Li Wei", in_force_from=at, at=at)
        approve_terms(session, proposal, by="Zhang Min", at=at)
    for more, code in ([], 0), (["--products", "P01"], 0), (["--products", "P01,P07"], 2), (["--products", "all"], 2):
        assert run(monkeypatch, "clients", "create", "深圳银行", *more) == code
    assert "Two people agreed to the contract of 深圳银行, which lacks P07. Two people" in capsys.readouterr().err
    with Session(open_ledger_database(url(home))) as session:
        assert contract_in_force(session, 1, now()).terms.products == {"P01"}


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        pytest.param(["create", "X", "--role", "banker"], "There is no role 'banker'", id="an unknown role"),
        pytest.param(["create", "X", "--products", "P99"], "There is no product 'P99'", id="an unknown product"),
        pytest.param(["create", " "], "needs a name", id="no name"),
        pytest.param(["create", "X", "--jwks", "nowhere"], "no text file", id="no file of keys"),
        pytest.param(["rotate", "client-0", "--overlap", "-1"], "There is no client", id="an overlap of nobody"),
        pytest.param(["rotate", "client-0", "--overlap", "9" * 15], "longer than any", id="an overlap of ages"),
        pytest.param(["rotate", "client-0"], "There is no client 'client-0'", id="an unknown client to rotate"),
        pytest.param(["disable", "client-0"], "There is no client 'client-0'", id="an unknown client to disable"),
    ],
)
def test_a_wrong_word_is_one_sentence(
    home: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], words: list[str], sentence: str
) -> None:
    assert run(monkeypatch, "clients", *words) == 2
    error = capsys.readouterr().err
    assert sentence in error
    assert error.count("\n") == 1


@pytest.mark.parametrize("month", ["9999-12", "2026-13", "2026-1"])
def test_a_month_that_cannot_be_audited_is_one_sentence(
    home: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], month: str
) -> None:
    assert run(monkeypatch, "consents", "audit", month) == 2
    assert capsys.readouterr().err == f"bureau: '{month}' is not a month. Write it as YYYY-MM.\n"


def test_rotate_disable_and_list(
    home: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    run(monkeypatch, "clients", "create", "深圳银行", "--products", "P01")
    made = json.loads(capsys.readouterr().out)
    assert run(monkeypatch, "clients", "rotate", made["client_id"]) == 0
    rotated = json.loads(capsys.readouterr().out)
    assert rotated["client_id"] == made["client_id"]
    assert rotated["client_secret"] != made["client_secret"]
    assert run(monkeypatch, "clients", "disable", made["client_id"]) == 0
    assert "disabled since" in capsys.readouterr().out
    assert run(monkeypatch, "clients", "list", "--format", "json") == 0
    printed = capsys.readouterr().out
    (row,) = json.loads(printed)
    assert (row["institution"], row["client_id"], row["role"]) == ("深圳银行", made["client_id"], "bank")
    assert row["disabled_at"]
    assert rotated["client_secret"] not in printed


def test_create_works_beside_a_running_ledger(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    books = open_books(url(home), home)
    for n in range(3):
        assert not books.submit(draft(books.bank, f"key-{n}"))[0].replayed  # type: ignore[union-attr]
        assert run(monkeypatch, "clients", "create", f"银行{n}", "--products", "P01") == 0
    books.ledger.close()


def test_create_and_rotate_with_keys_print_their_names_and_no_secret(
    home: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    for name in ("first", "second"):
        (home / f"{name}.json").write_text(json.dumps({"keys": [*public(new_key(name)).values()]}))
    assert run(monkeypatch, "clients", "create", "深圳银行", "--products", "", "--jwks", str(home / "first.json")) == 0
    made = json.loads(capsys.readouterr().out)
    assert made.keys() == {"client_id", "kids"}
    words = ("rotate", made["client_id"], "--jwks", str(home / "second.json"), "--overlap", "24")
    assert run(monkeypatch, "clients", *words) == 0
    assert json.loads(capsys.readouterr().out)["kids"] == ["second"]
    with Session(open_ledger_database(url(home))) as session:
        assert set(keys_of(session, made["client_id"], now())) == {"first", "second"}


@pytest.mark.parametrize("role", ROLES)
def test_a_client_of_every_role_is_made_and_listed(
    home: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], role: str
) -> None:
    bound = {"enterprise": ["--uscc", ACME], "pricing_officer": ["--person", "李伟"]}.get(role, [])
    assert run(monkeypatch, "clients", "create", "甲", "--role", role, "--products", "", *bound) == 0
    capsys.readouterr()
    assert run(monkeypatch, "clients", "list", "--format", "json") == 0
    assert [row["role"] for row in json.loads(capsys.readouterr().out)] == [role]


def test_keys_rotate_prints_the_new_one_and_keeps_the_former(
    home: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(monkeypatch, "keys", "rotate", "tokens") == 0
    made = capsys.readouterr().out.strip()
    assert run(monkeypatch, "keys", "list", "--format", "json") == 0
    rows = [row for row in json.loads(capsys.readouterr().out) if row["signs"] == "tokens"]
    assert [(row["kid"] == made, row["current"]) for row in rows] == [(True, True), (False, False)]
    assert run(monkeypatch, "keys", "rotate", "answers", "--drop-former") == 2
    assert "stay verifiable" in capsys.readouterr().err
    assert run(monkeypatch, "keys", "rotate", "tokens", "--drop-former") == 0


def test_document_keys_are_listed_rotated_and_handed_out_as_certificates(
    home: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(monkeypatch, "keys", "certificates") == 0
    (first,) = load_pem_x509_certificates(capsys.readouterr().out.encode())
    assert run(monkeypatch, "keys", "rotate", "documents") == 0
    made = capsys.readouterr().out.strip()
    assert run(monkeypatch, "keys", "list", "--format", "json") == 0
    rows = [row for row in json.loads(capsys.readouterr().out) if row["signs"] == "documents"]
    assert [(row["kid"] == made, row["current"]) for row in rows] == [(True, True), (False, False)]
    assert run(monkeypatch, "keys", "certificates") == 0
    assert load_pem_x509_certificates(capsys.readouterr().out.encode())[1] == first
    assert run(monkeypatch, "keys", "rotate", "documents", "--drop-former") == 2


def test_a_client_in_test_mode_belongs_to_the_twin_of_its_institution(
    home: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    for mode in ([], ["--test"]):
        assert run(monkeypatch, "clients", "create", "深圳银行", *mode) == 0
    capsys.readouterr()
    assert run(monkeypatch, "clients", "list", "--format", "json") == 0
    listed = {row["institution"]: row["test"] for row in json.loads(capsys.readouterr().out)}
    assert listed == {"深圳银行": False, "深圳银行(测试)": True}


def test_a_role_of_the_platform_has_no_test_mode(
    home: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(monkeypatch, "clients", "create", "平台", "--role", "pricing_officer", "--test") == 2
    assert "a role of the platform has none" in " ".join(capsys.readouterr().err.split())
