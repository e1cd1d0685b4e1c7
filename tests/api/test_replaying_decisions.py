"""A decision and a match come out to the same bytes after corrections, compaction and withdrawn loan products."""

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from api.database import open_ledger_database
from api.metering.tables import StoredAnswer
from api.replaying import Replayed, replay_call
from api.vault import home_vault
from bureau.errors import InvalidInput
from bureau.settings import Settings
from features.contracts.feeds import FEEDS
from features.contracts.registration import REGISTRATION
from features.contracts.tax_arrears import TAX_ARREARS
from features.lake.compaction import compact
from features.lake.lake import open_lake
from products.desk import open_desk
from tests.factories.deployments import Caller, body_of, scored_home
from tests.factories.desks import STRANGER, TODAY, TROUBLED, city_rows
from tests.factories.forged import forged_ledger
from tests.factories.lakes import instant, land_rows

APPLICATION = {"amount_fen": 30_000_000, "term_months": 12, "use": "equipment", "secured": "mortgage"}
OFFER = {
    "name": "税易贷",
    "amount_fen": {"least": 10_000_000, "most": 300_000_000},
    "term_months": {"least": 3, "most": 24},
    "rate_bps": 450,
    "secured": ["mortgage"],
    "max_arrears_fen": {"value": 0},
}


@pytest.fixture(scope="module")
def settings(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    return scored_home(Path(tmp_path_factory.mktemp("scored")))


@pytest.fixture(scope="module")
def given(bank: Caller, other_bank: Caller, settings: Settings) -> dict[str, dict[str, Any]]:
    """Two decisions and a match, after which an arrears was withdrawn, the firm was renamed, every feed was compacted,
    and the loan product left the market for another."""
    offered = other_bank.post("/v1/loan-products", OFFER).json()["loan_product_id"]
    answers = {name: decide(bank, subject) for name, subject in (("decision", TROUBLED), ("stranger", STRANGER))}
    consent = bank.consent(TROUBLED, ["P31"])["consent_id"]
    need = {"subject": {"uscc": TROUBLED}, "consent_id": consent, "need": APPLICATION}
    need_id = bank.post("/v1/needs", need).json()["need_id"]
    answers["match"] = body_of(bank.get(f"/v1/needs/{need_id}/matches"))
    correct(settings)
    other_bank.delete(f"/v1/loan-products/{offered}")
    other_bank.post("/v1/loan-products", OFFER | {"rate_bps": 400})
    return answers


def decide(bank: Caller, subject: str) -> dict[str, Any]:
    consent = bank.consent(subject, ["P07"])["consent_id"]
    body = {"subject": {"uscc": subject}, "purpose": "pre_loan", "consent_id": consent, "application": APPLICATION}
    return body_of(bank.post("/v1/decisions", body))


def correct(settings: Settings) -> None:
    lake, at = open_lake(settings.home, settings.catalogue_url), instant(f"{TODAY}T08:00")
    rows = {contract.code: landed for contract, landed in city_rows()}
    (registered,) = [row for row in rows["F01"] if row["uscc"] == TROUBLED]
    owed = next(row for row in rows["F18"] if row["uscc"] == TROUBLED)
    land_rows(lake, REGISTRATION, [registered | {"name": "改名后有限公司", "op": "U", "version": 2}], at)
    land_rows(lake, TAX_ARREARS, [owed | {"op": "D", "version": 2}], at)
    for contract in FEEDS:
        compact(lake, contract.code, at=at)


def replayed(settings: Settings, answer: dict[str, Any], ledger: Engine | None = None) -> Replayed:
    desk = open_desk(settings.home, settings.catalogue_url, TODAY + timedelta(days=7))
    with Session(ledger or open_ledger_database(settings.ledger_url)) as session:
        return replay_call(session, home_vault(settings), lambda _: desk, answer["report_id"])


@pytest.mark.parametrize("name", ["decision", "stranger", "match"])
def test_it_comes_out_to_the_same_bytes(settings: Settings, given: dict[str, dict[str, Any]], name: str) -> None:
    found = replayed(settings, given[name])
    with Session(open_ledger_database(settings.ledger_url)) as session:
        stored = session.get(StoredAnswer, given[name]["report_id"])
    assert stored is not None
    assert (found.differing, found.body) == ((), home_vault(settings).open(stored.sealed, stored.call_id))


def test_asked_anew_what_was_corrected_enters(bank: Caller, given: dict[str, dict[str, Any]]) -> None:
    anew = decide(bank, TROUBLED)
    assert anew["subject"]["name"] != given["decision"]["subject"]["name"]
    assert anew["rules"] != given["decision"]["rules"]


@pytest.mark.parametrize(
    ("told", "changed", "says"),
    [
        pytest.param('"name":"default","version":', '"name":"default","version":99', "default is version", id="policy"),
        pytest.param('"application":', '"asked":', "before applications were kept", id="given before"),
    ],
)
def test_a_decision_whose_ground_is_not_here_is_refused(
    settings: Settings, given: dict[str, dict[str, Any]], tmp_path: Path, told: str, changed: str, says: str
) -> None:
    with pytest.raises(InvalidInput, match=says):
        replayed(settings, given["decision"], forged_ledger(settings, tmp_path, told, changed))
