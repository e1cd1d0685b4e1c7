"""Replay after what a year brings: products in new versions, features defined anew, a model's folder touched."""

import json
import shutil
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import yaml
from sqlalchemy import Engine, text
from sqlalchemy.orm import Session

from api.database import open_ledger_database
from api.metering.tables import Call, StoredAnswer
from api.replaying import Replayed, replay_call
from api.vault import home_vault
from bureau.errors import DamagedModel, InvalidInput, UnreadableFile
from bureau.settings import Settings
from features.definitions import library
from features.definitions.library import definition_hash, find_feature
from features.engine.windows import months
from models.register import writing
from products import product as products
from products.desk import open_desk
from products.product import CATALOGUE, EARLIER, definitions_of, find_product
from tests.factories.deployments import Caller, body_of, scored_home
from tests.factories.desks import TODAY, TROUBLED
from tests.factories.forged import forged_ledger

APPLICATION = {"amount_fen": 30_000_000, "term_months": 12, "use": "equipment", "secured": "mortgage"}
ANSWERS = ("P01", "P07", "decision", "match")
SCORED = ("P07", "decision", "match")
CHANGED = "tax_arrears_count_24m"


@pytest.fixture(scope="module")
def settings(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    return scored_home(Path(tmp_path_factory.mktemp("scored")))


@pytest.fixture(scope="module")
def given(bank: Caller) -> dict[str, str]:
    """The numbers of two reports, a decision and a match."""
    consent = bank.consent(TROUBLED, ["P07", "P31"])["consent_id"]
    about = {"subject": {"uscc": TROUBLED}, "consent_id": consent}
    asked = about | {"purpose": "pre_loan", "application": APPLICATION}
    need = bank.post("/v1/needs", about | {"need": APPLICATION}).json()["need_id"]
    answers = {
        "P01": bank.report(TROUBLED),
        "P07": bank.report(TROUBLED, "P07", consent_id=consent),
        "decision": bank.post("/v1/decisions", asked),
        "match": bank.get(f"/v1/needs/{need}/matches"),
    }
    return {name: body_of(answer)["report_id"] for name, answer in answers.items()}


def replayed(settings: Settings, call_id: str, ledger: Engine | None = None) -> Replayed:
    desk = open_desk(settings.home, settings.catalogue_url, TODAY + timedelta(days=365))
    with Session(ledger or open_ledger_database(settings.ledger_url)) as session:
        return replay_call(session, home_vault(settings), desk, call_id)


def sent(settings: Settings, call_id: str) -> bytes:
    with Session(open_ledger_database(settings.ledger_url)) as session:
        return home_vault(settings).open(session.get_one(StoredAnswer, call_id).sealed, call_id)


@pytest.fixture
def shop(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A catalogue of a year later: every line is sold in the next version, at another price, and advises nothing."""
    folder = Path(shutil.copytree(CATALOGUE, tmp_path / "catalogue"))
    (folder / EARLIER).mkdir(exist_ok=True)
    for path in folder.glob("P*.yaml"):
        line = yaml.safe_load(path.read_text("utf-8"))
        path.rename(folder / EARLIER / f"{path.stem}.{line['version']}.yaml")
        price = {"amount_fen": line["list_price"]["amount_fen"] + 100, "per": "call"}
        changed = line | {"version": line["version"] + 1, "list_price": price, "advice": []}
        path.write_text(yaml.safe_dump(changed, allow_unicode=True), "utf-8")
    monkeypatch.setattr(products, "CATALOGUE", folder)
    products.catalogue.cache_clear()
    yield folder
    monkeypatch.undo()
    products.catalogue.cache_clear()


@pytest.fixture
def redefined(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A library of a year later, in which one feature of the model looks back half as far."""
    entry = find_feature(CHANGED)
    other = replace(entry, definition=replace(entry.definition, within=months(12)))
    monkeypatch.setitem(library._BY_NAME, CHANGED, other)
    products._definitions_of.cache_clear()
    yield
    monkeypatch.undo()
    products._definitions_of.cache_clear()


@pytest.mark.parametrize("name", ANSWERS)
def test_a_product_sold_in_another_version_is_read_by_the_line_it_had(
    settings: Settings, given: dict[str, str], shop: Path, name: str
) -> None:
    assert find_product("P07").version == 3
    found = replayed(settings, given[name])
    assert (found.differing, found.body) == ((), sent(settings, given[name]))


def test_a_line_that_was_not_kept_is_told(settings: Settings, given: dict[str, str], shop: Path) -> None:
    (shop / EARLIER / "P07.2.yaml").unlink()
    with pytest.raises(InvalidInput, match=r"P07 is version 3 now and was 2, whose line is not kept under earlier/"):
        replayed(settings, given["P07"])
    shutil.copy(shop / EARLIER / "P01.1.yaml", shop / EARLIER / "P07.2.yaml")
    with pytest.raises(UnreadableFile, match=r"it is P01 version 1"):
        replayed(settings, given["P07"])


def test_every_line_kept_is_of_an_earlier_version_and_loads() -> None:
    for path in (CATALOGUE / EARLIER).glob("*.yaml"):
        code, version = path.stem.split(".")
        assert products.find_line(code, int(version)).version < find_product(code).version


@pytest.mark.parametrize("name", SCORED)
def test_features_defined_otherwise_end_replay_and_both_hashes_are_named(
    settings: Settings, given: dict[str, str], redefined: None, name: str
) -> None:
    with Session(open_ledger_database(settings.ledger_url)) as session:
        call = session.get_one(Call, given[name])
        then, now = call.definition_hash, definitions_of(find_product(call.product_code))
    assert then is not None
    assert then != now
    with pytest.raises(InvalidInput, match=f"defined as {then} .*now defined as {now}: replay it on the release that"):
        replayed(settings, given[name])


def test_a_report_that_reads_no_feature_comes_out_whatever_they_are(
    settings: Settings, given: dict[str, str], redefined: None
) -> None:
    assert replayed(settings, given["P01"]).differing == ()


def test_an_answer_of_before_is_told_by_its_models_hash(
    settings: Settings, given: dict[str, str], redefined: None, tmp_path: Path
) -> None:
    """Calls had no hash once; the model they name has that of its training."""
    ledger = forged_ledger(settings, tmp_path, "nothing", "nothing")
    with ledger.begin() as connection:
        connection.execute(text("UPDATE call SET definition_hash = NULL"))
    stored = json.loads((settings.home / "models" / "sme_default" / "1" / "model.json").read_text("utf-8"))
    features = [column["name"] for column in stored["columns"]]
    told = f"now as {definition_hash(features)}, and were defined as {stored['definition_hash']} when it was trained"
    with pytest.raises(DamagedModel, match=told):
        replayed(settings, given["P07"], ledger)


@pytest.mark.parametrize("file", ["model.json", "booster.txt"])
@pytest.mark.parametrize("signed", [False, True], ids=["altered", "altered with the note of what is in service"])
def test_a_model_folder_that_was_touched_answers_nothing(
    settings: Settings, given: dict[str, str], file: str, signed: bool
) -> None:
    home = settings.home / "models" / "sme_default"
    path, note = home / "1" / file, home / "released.json"
    whole, released = path.read_bytes(), note.read_bytes()
    register(settings.home, json.loads(released)["sha256"])
    path.write_bytes(whole.replace(b'"anchor_score": ', b'"anchor_score": 1') if file == "model.json" else whole + b" ")
    try:
        if signed:
            note.write_bytes(released.replace(b'"sha256": "', b'"sha256": "0'))
        with pytest.raises(
            DamagedModel, match=rf"{file} is not the file that was released: its SHA-256 is \w+ and was"
        ):
            replayed(settings, given["P07"])
    finally:
        path.write_bytes(whole)
        note.write_bytes(released)
    assert replayed(settings, given["P07"]).differing == ()


def register(home: Path, sha256: str) -> None:
    """What every kept version has: its line in the register of the model."""
    with writing(home, "sme_default") as book:
        if not book.acts:
            book.add("kept", "1", sha256, "", datetime(2025, 6, 30, tzinfo=UTC), "every gate is open")
