"""Anyone may ask whether a report is genuine, and learns neither who asked for it nor what it said."""

from httpx import Client
from sqlalchemy import text

from api.database import open_ledger_database
from api.vault import home_vault
from bureau.settings import Settings
from tests.factories.deployments import Caller, body_of
from tests.factories.lakes import BETA

BROWSER = {"Accept": "text/html,application/xhtml+xml"}


def test_a_report_is_genuine(http: Client, bank: Caller) -> None:
    report = body_of(bank.report(BETA))
    answer = http.get(f"/verify/{report['report_id']}").json()
    assert answer["genuine"] is True
    assert (answer["uscc"], answer["sha256"]) == (BETA, report["evidence"]["sha256"])
    assert "农商银行" not in str(answer)


def test_a_browser_gets_a_page(http: Client, bank: Caller) -> None:
    report = body_of(bank.report(BETA))
    page = http.get(f"/verify/{report['report_id']}", headers=BROWSER)
    assert "本平台出具" in page.text
    assert report["evidence"]["sha256"] in page.text
    assert "农商银行" not in page.text


def test_a_number_that_was_never_issued(http: Client) -> None:
    assert http.get("/verify/0199").json()["code"] == "unknown-object"
    page = http.get("/verify/<script>", headers=BROWSER)
    assert page.status_code == 404
    assert "<script>" not in page.text


def test_a_changed_answer_is_not_genuine(http: Client, bank: Caller, settings: Settings) -> None:
    report = body_of(bank.report(BETA))
    engine, vault = open_ledger_database(settings.ledger_url), home_vault(settings)
    with engine.begin() as connection:
        postgresql = connection.dialect.name == "postgresql"
        disarm = "SET LOCAL session_replication_role = replica" if postgresql else "DROP TRIGGER answer_no_update"
        connection.execute(text(disarm))
        place = {"id": report["report_id"]}
        sealed = connection.scalar(text("SELECT sealed FROM answer WHERE call_id = :id"), place)
        forged = vault.open(sealed, report["report_id"]).replace("贝塔".encode(), "伽马".encode())
        change = text("UPDATE answer SET sealed = :sealed WHERE call_id = :id")
        connection.execute(change, place | {"sealed": vault.seal(forged, report["report_id"])})
    engine.dispose()
    assert http.get(f"/verify/{report['report_id']}").json()["genuine"] is False
    assert "不一致" in http.get(f"/verify/{report['report_id']}", headers=BROWSER).text
