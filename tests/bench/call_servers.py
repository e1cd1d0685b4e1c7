"""The servers a billable call is measured with, each of one process on the first core.

`bare`: a FastAPI route with the same request and response model, which returns a prepared answer. `orm`: the same,
and a session that commits a call with its answer, key and usage line. `product`: the product.

`python -m tests.bench.call_servers KIND PORT ANSWER` serves the home; ANSWER is a file with an answer of its product.
"""

import json
import os
import sys
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any

import uvicorn
from fastapi import FastAPI, Request
from sqlalchemy.orm import Session

from api.app import create_app
from api.database import open_ledger_database
from api.identifiers import new_identifier
from api.metering.tables import BoundKey, Call, StoredAnswer, UsageLine
from api.reports import Report, ReportRequest
from bureau.clock import now
from bureau.settings import Settings
from tests.factories.desks import CROWD
from tests.factories.ledger import add_bank
from tests.factories.prepared import prepare_answers

CORE = 0
PATH = "/v1/products/{code}/reports"


def bare(kept: Path) -> FastAPI:
    app = FastAPI()
    answer: dict[str, Any] = json.loads(kept.read_bytes())

    @app.post(PATH, status_code=201, response_model=Report)
    async def create_report(code: str, request: ReportRequest) -> dict[str, Any]:
        return answer

    return app


def orm(kept: Path) -> FastAPI:
    app, engine, text = FastAPI(), open_ledger_database(Settings().ledger_url), kept.read_bytes()
    answer: dict[str, Any] = json.loads(text)
    bank = add_bank(engine)
    owner, client_id, contract_id = bank.institution_id, bank.client_id, 1

    @app.post(PATH, status_code=201, response_model=Report)
    async def create_report(code: str, request: ReportRequest, http: Request) -> dict[str, Any]:
        at, key = now(), http.headers["idempotency-key"]
        with Session(engine) as session:
            number = new_identifier(at)
            session.add(_call(number, owner, client_id, contract_id, code, key, request, at))
            session.flush()
            session.add(StoredAnswer(call_id=number, status=201, sealed=text, jws="", signature_alg="Ed25519"))
            session.add(BoundKey(institution_id=owner, key=key, request_sha256="", call_id=number))
            session.add(_line(number, owner, contract_id, code, request.purpose, at))
            session.commit()
        return answer

    return app


def _call(
    number: str, owner: int, client: str, contract: int, code: str, key: str, asked: ReportRequest, at: datetime
) -> Call:
    return Call(
        id=number, institution_id=owner, client_id=client, idempotency_key=key, request_sha256="", kind="report",
        product_code=code, product_version=1, uscc=asked.subject.uscc, purpose=asked.purpose,
        consent_id=asked.consent_id, client_serial=None, outcome="found", contract_version_id=contract, snapshot=1,
        model_name="sme_default", model_version="1", test=False, received_at=at, committed_at=at,
    )  # fmt: skip


def _line(number: str, owner: int, contract: int, code: str, purpose: str, at: datetime) -> UsageLine:
    return UsageLine(
        id=number, call_id=number, kind="charge", institution_id=owner, product_code=code, product_version=1,
        purpose=purpose, outcome="found", contract_version_id=contract, rule=0, basis="unit", model_name="sme_default",
        model_version="1", test=False, calls=1, units=1, amount_fen=800, latency_us=0, committed_at=at,
    )  # fmt: skip


def product(_kept: Path) -> FastAPI:
    """The product; what it answers about the first firm of the crowd is prepared once it was asked for."""
    prepare_answers(CROWD[:1])
    return create_app(Settings(), for_good=True)


KINDS: dict[str, Callable[[Path], FastAPI]] = {"bare": bare, "orm": orm, "product": product}


def main(kind: str, port: str, answer: str) -> None:
    os.sched_setaffinity(0, {CORE})
    app = KINDS[kind](Path(answer))
    uvicorn.run(app, port=int(port), log_level="warning", server_header=False)


if __name__ == "__main__":
    main(*sys.argv[1:])
