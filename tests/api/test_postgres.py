"""The whole way once on each database: consent, report, retry, page, usage, audit."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Connection, Engine, event
from sqlalchemy.orm import Session
from starlette.testclient import TestClient

from api.app import create_app
from api.audit.verification import verify_ledger
from api.signing import open_signer
from api.tenancy import EVERYONE, RESTRICTED_ROLE
from api.vault import home_vault
from tests.factories.deployments import body_of, enrol, public_home
from tests.factories.lakes import ACME, BETA
from tests.factories.postgres import postgres_url

__all__ = ["postgres_url"]

GRANT = {"grant_type": "client_credentials"}


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def database_url(request: pytest.FixtureRequest) -> str | None:
    return request.getfixturevalue("postgres_url") if request.param == "postgresql" else None


def test_the_whole_way(tmp_path: Path, database_url: str | None) -> None:
    settings = public_home(tmp_path, database_url)
    app = create_app(settings)
    with TestClient(app, raise_server_exceptions=False) as http:
        bank, rival = enrol(settings, http, "农商银行"), enrol(settings, http, "城市银行")
        manager = enrol(settings, http, "平台", role="product_manager")
        sent = bank.report(BETA, key="smoke")
        assert sent.status_code == 201, sent.text
        assert bank.report(BETA, key="smoke").content == sent.content
        assert bank.report(ACME, key="smoke").status_code == 409
        assert bank.get(sent.headers["Location"]).content == sent.content
        assert rival.get(sent.headers["Location"]).status_code == 404
        consent = bank.consent(ACME, ["P07", "P31"])["consent_id"]
        assert bank.report(ACME, "P07", consent_id=consent).status_code == 503
        need = {"amount_fen": 1_000_000, "term_months": 12}
        asked = {"subject": {"uscc": ACME}, "consent_id": consent, "need": need}
        assert bank.post("/v1/needs", asked).status_code == 201
        bank.delete(f"/v1/consents/{consent}")
        assert bank.report(ACME, "P07", consent_id=consent).json()["code"] == "consent-revoked"
        rows = manager.get("/v1/usage", params={"by": "institution,product,outcome,day"}).json()["rows"]
        told = [(row["product"], row["outcome"], row["calls"], row["charged_fen"]) for row in rows]
        assert told == [("P01", "found", 1, 300), ("P07", "refused", 1, 0), ("P07", "source_down", 1, 0)]
        assert http.get(f"/verify/{body_of(sent)['report_id']}").json()["genuine"]
        for answer, told in (
            (http.get("/verify/%00"), 404),
            (bank.get("/v1/consents/%00"), 422),
            (bank.get("/v1/reports/%00"), 422),
            (bank.get("/v1/reports/%00/html"), 422),
            (http.post("/oauth/token", data=GRANT | {"client_id": "\0", "client_secret": "x"}), 401),
            (http.post("/console/login", data={"client_id": "\0", "client_secret": "x"}), 401),
        ):
            assert answer.status_code == told, answer.text
        with Session(app.state.deployment.rows_of(EVERYONE)) as session:
            checked = verify_ledger(session, open_signer(settings.home, "answers"), home_vault(settings))
        assert (checked.fault, checked.leaves) == (None, 3)


@pytest.mark.postgres
def test_a_stored_answer_stays_its_banks_where_no_query_asks_whose(
    tmp_path: Path, postgres_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The ORM narrows nothing, and what reads an answer runs as the role and the institution of who asks for it."""
    settings = public_home(tmp_path, postgres_url)
    app = create_app(settings)
    with TestClient(app, raise_server_exceptions=False) as http:
        bank, rival = enrol(settings, http, "农商银行"), enrol(settings, http, "城市银行")
        place = bank.report(BETA).headers["Location"]
        monkeypatch.setattr("api.tenancy._criteria", lambda _tenant: ())
        for part in ("", "/html", "/proof"):
            with readers() as read:
                assert bank.get(place + part).status_code == 200
                assert rival.get(place + part).status_code == 404
            assert read == {(RESTRICTED_ROLE, "off")}, part or "the answer"


@contextmanager
def readers() -> Iterator[set[object]]:
    """As whom answers, and the leaves of calls, are read: PostgreSQL's role, and whether it sees everybody's."""
    read: set[object] = set()

    def _note(connection: Connection, _cursor: Any, statement: str, *_: Any) -> None:
        if "answer.sealed" in statement or "JOIN usage_line" in statement:
            whose = "SELECT current_user, current_setting('bureau.everyone')"
            cursor = connection.connection.cursor()  # beside SQLAlchemy, which would call this function again
            cursor.execute(whose)
            read.add(cursor.fetchone())

    event.listen(Engine, "before_cursor_execute", _note)
    yield read
    event.remove(Engine, "before_cursor_execute", _note)
