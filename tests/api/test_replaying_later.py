"""Replay after what a year brings: products in new versions, features defined anew, a model's folder touched."""

import json
import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import yaml
from sqlalchemy import Engine, text
from sqlalchemy.orm import Session

from api.database import open_ledger_database
from api.metering.tables import Call, StoredAnswer
from api.replaying import Replayed, replay_call
from api.vault import home_vault
from bureau.clock import now, shanghai_day
from bureau.errors import DamagedModel, InvalidInput, UnreadableFile
from bureau.settings import Settings
from features.definitions import library
from features.definitions.entry import Entry
from features.definitions.library import find_feature
from features.engine.algebra import Published
from features.engine.rows import col
from features.lake.memory import forget
from features.store.kernel_computation import program_of
from models import changes
from models.changes import declared_changes
from models.register import writing
from products import product as products
from products.decisions import policy
from products.decisions.policy import POLICIES, find_policy, find_policy_of
from products.desk import open_desk
from products.product import CATALOGUE, EARLIER, definitions_of, find_product
from tests.factories.deployments import Caller, body_of, scored_home
from tests.factories.desks import STRANGER, TODAY, TROUBLED
from tests.factories.forged import forged_ledger
from tests.factories.retiring import RETIRED, retire

APPLICATION = {"amount_fen": 30_000_000, "term_months": 12, "use": "equipment", "secured": "mortgage"}
FIRST_TOLD = {"name", "value", "unit"}
ANSWERS = ("P01", "P07", "decision", "match")
SCORED = ("P07", "decision", "match")
NEVER_RECEIVED = {"why": "用电欠费", "why_en": "Unpaid electricity", "feeds": ["F47"]}


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


def replayed(
    settings: Settings, call_id: str, ledger: Engine | None = None, serving: Mapping[str, str] | None = None
) -> Replayed:
    desk = open_desk(settings.home, settings.catalogue_url, TODAY + timedelta(days=365), serving)
    with Session(ledger or open_ledger_database(settings.ledger_url)) as session:
        return replay_call(session, home_vault(settings), lambda _: desk, call_id)


def sent(settings: Settings, call_id: str) -> bytes:
    with Session(open_ledger_database(settings.ledger_url)) as session:
        return home_vault(settings).open(session.get_one(StoredAnswer, call_id).sealed, call_id)


@pytest.fixture
def shop(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A catalogue of a year later: every line is sold in the next version, at another price, and advises nothing; P07
    finds nothing without a feed that never came."""
    folder = Path(shutil.copytree(CATALOGUE, tmp_path / "catalogue"))
    (folder / EARLIER).mkdir(exist_ok=True)
    for path in folder.glob("P*.yaml"):
        line = yaml.safe_load(path.read_text("utf-8"))
        path.rename(folder / EARLIER / f"{path.stem}.{line['version']}.yaml")
        price = {"amount_fen": line["list_price"]["amount_fen"] + 100, "per": "call"}
        changed = line | {"version": line["version"] + 1, "list_price": price, "advice": []}
        if path.stem == "P07":
            changed |= {"reads": [*line["reads"], NEVER_RECEIVED], "rests_on": NEVER_RECEIVED["feeds"]}
        path.write_text(yaml.safe_dump(changed, allow_unicode=True), "utf-8")
    monkeypatch.setattr(products, "CATALOGUE", folder)
    products.catalogue.cache_clear()
    yield folder
    monkeypatch.undo()
    products.catalogue.cache_clear()


@contextmanager
def defined(monkeypatch: pytest.MonkeyPatch, entry: Entry, definition: Published) -> Iterator[None]:
    """A library of a year later, in which a feature of the model is defined otherwise."""
    with monkeypatch.context() as patched:
        patched.setitem(library._BY_NAME, entry.name, replace(entry, definition=definition))
        forget_definitions()
        yield
    forget_definitions()


def forget_definitions() -> None:
    products._definitions_of.cache_clear()
    program_of.cache_clear()
    forget()


@pytest.fixture
def redefined(settings: Settings, given: dict[str, str], monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """The feature a reason names first is the registered capital by now."""
    [told, *_] = json.loads(sent(settings, given["P07"]))["reasons"][0]["features"]
    with defined(monkeypatch, find_feature(told["name"]), find_feature("registered_capital").definition):
        yield


@pytest.mark.parametrize("name", ANSWERS)
def test_a_product_sold_in_another_version_is_read_by_the_line_it_had(
    settings: Settings, given: dict[str, str], shop: Path, name: str
) -> None:
    assert find_product("P07").version == 3
    found = replayed(settings, given[name])
    assert (found.differing, found.body) == ((), sent(settings, given[name]))


@pytest.fixture
def first_shop(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """The catalogue of the beginning, in which scores were told in their first form."""
    folder = Path(shutil.copytree(CATALOGUE, tmp_path / "first"))
    for code in ("P07", "P11"):
        shutil.copy(folder / EARLIER / f"{code}.1.yaml", folder / f"{code}.yaml")
    monkeypatch.setattr(products, "CATALOGUE", folder)
    products.catalogue.cache_clear()
    yield
    monkeypatch.undo()
    products.catalogue.cache_clear()


@pytest.fixture
def given_first(bank: Caller, first_shop: None) -> dict[str, dict[str, Any]]:
    """A report and a decision by version 1 of P07."""
    consent = bank.consent(TROUBLED, ["P07"])["consent_id"]
    asked = {"subject": {"uscc": TROUBLED}, "consent_id": consent, "purpose": "pre_loan", "application": APPLICATION}
    report = bank.report(TROUBLED, "P07", consent_id=consent)
    return {"P07": body_of(report), "decision": body_of(bank.post("/v1/decisions", asked))}


@pytest.mark.parametrize("name", ["P07", "decision"])
def test_the_first_version_of_a_score_is_given_again_in_its_first_form(
    settings: Settings, given_first: dict[str, dict[str, Any]], name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    body = given_first[name]
    monkeypatch.undo()
    products.catalogue.cache_clear()
    assert find_product("P07").version == 2
    found = replayed(settings, body["report_id"])
    assert (found.differing, found.body) == ((), sent(settings, body["report_id"]))
    assert body["product"] == {"code": "P07", "version": 1}
    assert {key for reason in body["reasons"] for feature in reason["features"] for key in feature} == FIRST_TOLD
    assert body["advice"]
    assert not any("months" in step for step in body["advice"])
    assert "advice_note" not in body


@pytest.fixture
def policies(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """Policies of a year later: the same one in its next version, which refers everybody of grade A."""
    folder = Path(shutil.copytree(POLICIES, tmp_path / "policies"))
    (folder / EARLIER).mkdir(exist_ok=True)
    written = yaml.safe_load((folder / "default.yaml").read_text("utf-8"))
    shutil.copy(folder / "default.yaml", folder / EARLIER / "default.1.yaml")
    later = written | {"version": 2, "rules": written["rules"][:1], "effective_from": "2026-01-01"}
    (folder / "default.yaml").write_text(yaml.safe_dump(later, allow_unicode=True), "utf-8")
    forget_policies(monkeypatch, folder)
    yield folder
    monkeypatch.undo()
    find_policy.cache_clear()
    find_policy_of.cache_clear()


def forget_policies(monkeypatch: pytest.MonkeyPatch, folder: Path) -> None:
    monkeypatch.setattr(policy, "POLICIES", folder)
    find_policy.cache_clear()
    find_policy_of.cache_clear()


def test_a_decision_is_made_again_by_the_policy_it_had(
    settings: Settings, given: dict[str, str], policies: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert find_policy("default").version == 2
    found = replayed(settings, given["decision"])
    assert (found.differing, found.body) == ((), sent(settings, given["decision"]))
    (policies / EARLIER / "default.1.yaml").unlink()
    forget_policies(monkeypatch, policies)
    with pytest.raises(InvalidInput, match="default is version 2 now and was 1, which is not kept under earlier/"):
        replayed(settings, given["decision"])
    shutil.copy(policies / "default.yaml", policies / EARLIER / "default.1.yaml")
    with pytest.raises(UnreadableFile, match="it is default version 2"):
        replayed(settings, given["decision"])


@pytest.mark.parametrize("name", SCORED)
def test_whoever_serves_a_product_now_its_old_answers_are_those_of_who_served_it_then(
    settings: Settings, given: dict[str, str], name: str
) -> None:
    for serving in ({"P07": "first_loan", "P08": "first_loan"}, {}):
        found = replayed(settings, given[name], serving=serving)
        assert (found.differing, found.body) == ((), sent(settings, given[name]))


def test_an_answer_that_found_nothing_names_who_was_asked(settings: Settings, bank: Caller) -> None:
    """What a model reads decides which feeds are told to be missing: a later version may read others."""
    consent = bank.consent(STRANGER, ["P07"])["consent_id"]
    body = body_of(bank.report(STRANGER, "P07", consent_id=consent))
    assert (body["outcome"], body["model"]) == ("not_found", None)
    with Session(open_ledger_database(settings.ledger_url)) as session:
        call = session.get_one(Call, body["report_id"])
        assert (call.model_name, call.model_version) == ("sme_default", "1")
    assert replayed(settings, body["report_id"], serving={"P07": "tax_behaviour"}).differing == ()


def test_advice_is_given_again_as_it_was_declared_then(
    settings: Settings, given: dict[str, str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    present = yaml.safe_load(changes.CHANGES.read_text("utf-8"))
    later = [change | {"months": change["months"] + 1} for change in present["can"]]
    (tmp_path / EARLIER).mkdir()
    shutil.copy(changes.CHANGES, tmp_path / EARLIER / "changes.1.yaml")
    anew = present | {"version": 2, "effective_from": date(2100, 1, 1), "can": later}
    (tmp_path / "changes.yaml").write_text(yaml.safe_dump(anew, allow_unicode=True), "utf-8")
    with monkeypatch.context() as patched:
        patched.setattr(changes, "CHANGES", tmp_path / "changes.yaml")
        declared_changes.cache_clear()
        assert json.loads(sent(settings, given["P07"]))["advice"]
        assert replayed(settings, given["P07"]).differing == ()
        (tmp_path / EARLIER / "changes.1.yaml").unlink()
        declared_changes.cache_clear()
        assert replayed(settings, given["P07"]).differing == ("advice",)
    declared_changes.cache_clear()


@pytest.fixture
def declared_ahead(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[date]:
    """A day to come, from which on advice takes a month longer; what holds until then is kept."""
    day = shanghai_day(now()) + timedelta(days=30)
    present = yaml.safe_load(changes.CHANGES.read_text("utf-8"))
    slower = [change | {"months": change["months"] + 1} for change in present["can"]]
    (tmp_path / EARLIER).mkdir()
    shutil.copy(changes.CHANGES, tmp_path / EARLIER / "changes.1.yaml")
    ahead = present | {"version": 2, "effective_from": day, "can": slower}
    (tmp_path / "changes.yaml").write_text(yaml.safe_dump(ahead, allow_unicode=True), "utf-8")
    monkeypatch.setattr(changes, "CHANGES", tmp_path / "changes.yaml")
    declared_changes.cache_clear()
    yield day
    monkeypatch.undo()
    declared_changes.cache_clear()


def test_what_is_declared_for_a_day_to_come_advises_nobody_before_it(
    settings: Settings, bank: Caller, declared_ahead: date
) -> None:
    consent = bank.consent(TROUBLED, ["P07"])["consent_id"]
    body = body_of(bank.report(TROUBLED, "P07", consent_id=consent))
    first = {change.feature: change.months for change in declared_changes(declared_ahead - timedelta(days=1)).can}
    assert body["advice"]
    assert {step["feature"]: step["months"] for step in body["advice"]}.items() <= first.items()
    found = replayed(settings, body["report_id"])
    assert (found.differing, found.body) == ((), sent(settings, body["report_id"]))


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
def test_what_features_defined_otherwise_make_of_an_answer_is_told_with_both_hashes(
    settings: Settings, given: dict[str, str], redefined: None, name: str
) -> None:
    with Session(open_ledger_database(settings.ledger_url)) as session:
        call = session.get_one(Call, given[name])
        then, now = call.definition_hash, definitions_of(find_product(call.product_code))
    assert then is not None
    assert then != now
    told = f"defined as {then} .*now defined as {now}: replay it on the release that answered. Here it differs in "
    with pytest.raises(InvalidInput, match=told):
        replayed(settings, given[name])


@pytest.mark.parametrize("name", SCORED)
def test_features_defined_in_other_words_give_the_same_answer(
    settings: Settings, given: dict[str, str], name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    entry = find_feature(RETIRED)
    with defined(monkeypatch, entry, replace(entry.definition, where=col("arrears_fen") >= 1)):
        found = replayed(settings, given[name])
    assert (found.differing, found.body) == ((), sent(settings, given[name]))


@pytest.mark.parametrize("name", SCORED)
def test_a_feature_that_is_retired_is_still_computed_for_what_was_answered_by_it(
    settings: Settings, given: dict[str, str], name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    retired, _ = retire(monkeypatch)
    assert retired.name in find_product("P07").features()
    found = replayed(settings, given[name])
    assert (found.differing, found.body) == ((), sent(settings, given[name]))


def test_a_report_that_reads_no_feature_comes_out_whatever_they_are(
    settings: Settings, given: dict[str, str], redefined: None
) -> None:
    assert replayed(settings, given["P01"]).differing == ()


def test_an_answer_of_before_that_comes_out_otherwise_is_told(
    settings: Settings, given: dict[str, str], redefined: None, tmp_path: Path
) -> None:
    """Calls had no hash once: how their features were defined nobody knows."""
    ledger = forged_ledger(settings, tmp_path, "nothing", "nothing")
    with ledger.begin() as connection:
        connection.execute(text("UPDATE call SET definition_hash = NULL"))
    assert replayed(settings, given["P07"], ledger).differing


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
