"""A ledger with one bank and its consent in it, and valid drafts to submit."""

import asyncio
import atexit
import hashlib
import shutil
import tempfile
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from functools import cache, cached_property
from pathlib import Path
from typing import Any

from sqlalchemy import Engine
from sqlalchemy.orm import Session

from api.access.consents import Authorisation, create_consent
from api.access.institutions import create_client, find_client
from api.contracts.agreeing import ListPrice, approve_terms, propose_terms
from api.contracts.terms import Terms
from api.database import open_ledger_database
from api.identifiers import new_identifier
from api.issued import stored_answer
from api.metering.ledger import Draft, Ledger, Receipt
from api.signing import Signer, open_signer
from api.tenancy import Tenant, seen_by
from api.vault import Vault, open_vault
from bureau.db import transaction
from bureau.errors import BureauError
from bureau.uscc import placeholder_uscc

ACME = placeholder_uscc("tests", "ACME")
NOON = datetime(2026, 11, 23, 4, tzinfo=UTC)
"""12:00 in Shanghai on 23 November 2026."""
PRICES = (ListPrice("P07", 800, "hit"), ListPrice("P16", 10, "call"), ListPrice("P31", 0, "free"))


SECRET = "a secret of the tests"


class Clock:
    """A clock that stands until it is set."""

    def __init__(self, at: datetime = NOON) -> None:
        self.at = at

    def __call__(self) -> datetime:
        return self.at


@dataclass(frozen=True)
class Bank:
    """An institution that may call, with one consent of ACME."""

    institution_id: int
    name: str
    client_id: str
    client_secret: str
    consent_id: str


@dataclass
class Books:
    """A database with a bank in it, its ledger, and the keys."""

    engine: Engine
    signer: Signer
    vault: Vault
    clock: Clock
    bank: Bank
    ledger: Ledger

    @cached_property
    def twin(self) -> Bank:
        """The bank in test mode, made when it is first asked for."""
        return add_bank(self.engine, self.bank.name, test=True)

    def submit(self, *drafts: Draft) -> list[Receipt | BureauError]:
        """Submit drafts at once; a refusal stands in the place of its receipt."""
        return asyncio.run(self._submit(drafts))

    def answer(self, call_id: str, institution_id: int | None = None) -> Receipt:
        """What an institution, the bank without one, reads again."""
        mine = Tenant(self.bank.institution_id if institution_id is None else institution_id)
        with Session(seen_by(self.engine, mine)) as session:
            return stored_answer(session, self.vault, call_id)

    def refuse(self, draft: Draft) -> None:
        asyncio.run(self.ledger.refuse(draft))

    async def _submit(self, drafts: Iterable[Draft]) -> list[Receipt | BureauError]:
        given = await asyncio.gather(*map(self.ledger.submit, drafts), return_exceptions=True)
        for result in given:
            if not isinstance(result, Receipt | BureauError):
                raise result
        return list(given)


def sqlite_ledger(folder: Path) -> str:
    """The address of an empty ledger in a folder: a copy of one that was migrated once a run."""
    shutil.copy(_migrated_file(), folder / "ledger.db")
    return f"sqlite:///{folder / 'ledger.db'}"


@cache
def _migrated_file() -> Path:
    folder = Path(tempfile.mkdtemp(prefix="ledger-"))
    atexit.register(shutil.rmtree, folder)
    open_ledger_database(f"sqlite:///{folder / 'ledger.db'}").dispose()
    return folder / "ledger.db"


def open_books(url: str, home: Path, *, bank: str = "深圳银行") -> Books:
    """The ledger at an address, started, with a bank in it; its keys lie in `home`."""
    engine = open_ledger_database(url)
    signer, vault, clock = open_signer(home, "answers"), open_vault(SECRET), Clock()
    ledger = Ledger(engine, signer, vault, clock)
    ledger.start()
    return Books(engine, signer, vault, clock, add_bank(engine, bank), ledger)


def add_bank(engine: Engine, name: str = "深圳银行", *, test: bool = False) -> Bank:
    """A bank with contract version 1 over `PRICES` and a year's consent of ACME for every product.

    test: the twin of the bank, which is in test mode.
    """
    with transaction(engine) as session:
        made = create_client(session, name, "bank", PRICES, NOON, test=test)
        institution_id = find_client(session, made.client_id).institution_id
        consent = create_consent(session, institution_id, made.client_id, authorisation(), NOON)
    return Bank(institution_id, name, made.client_id, made.client_secret, consent.id)


def agree(session: Session, institution_id: int, terms: Terms | Iterable[ListPrice], at: datetime) -> int:
    """The number of a new contract version that two people have agreed to, in force from an instant."""
    if not isinstance(terms, Terms):
        terms = Terms(rules=tuple(price.as_rule() for price in terms))
    proposal = propose_terms(session, institution_id, terms, by="Li Wei", in_force_from=at, at=NOON)
    return approve_terms(session, proposal, by="Zhang Min", at=NOON).version


def authorisation(**changes: Any) -> Authorisation:
    """A valid authorisation of ACME, in force in November 2026."""
    valid = Authorisation(
        uscc=ACME,
        products=("P07", "P16", "P31"),
        purposes=("pre_loan", "post_loan"),
        valid_from=date(2026, 11, 1),
        valid_to=date(2027, 10, 31),
        granted_by="asserted",
        document_sha256="ab" * 32,
    )
    return replace(valid, **changes)


def draft(bank: Bank, key: str = "key-1", **changes: Any) -> Draft:
    """A valid answer to submit; the same key gives the same request unless a change says otherwise."""
    call_id = new_identifier(NOON)
    valid = Draft(
        call_id=call_id,
        institution_id=bank.institution_id,
        client_id=bank.client_id,
        idempotency_key=key,
        request_sha256=hashlib.sha256(key.encode()).hexdigest(),
        kind="report",
        product_code="P07",
        product_version=1,
        uscc=ACME,
        purpose="pre_loan",
        consent_id=bank.consent_id,
        client_serial=f"serial of {key}",
        outcome="found",
        body={
            "report_id": call_id,
            "subject": {"uscc": ACME, "name": "南山某某科技有限公司"},
            "result": {"score": 688, "grade": "B", "pd": 0.0213},
            "charge": None,
            "evidence": None,
            "notice": "仅供参考",
        },
        contract_version_id=1,
        consent_required=True,
        snapshot=7,
        model_name="sme_default",
        model_version="3",
        received_at=NOON,
    )
    return replace(valid, **changes)


def unanswered(bank: Bank, outcome: str = "refused", **changes: Any) -> Draft:
    """A call that a check or a missing source left without an answer."""
    problem = {"refused": "consent-missing", "source_down": "model-not-released"}[outcome]
    return draft(bank, **{"outcome": outcome, "body": {}, "problem_code": problem} | changes)
