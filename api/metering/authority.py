"""What is checked again inside the transaction: the client, the contract, the consent."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, bindparam, select

from api.access.consents import consent_refusal
from api.access.tables import Client, Consent, Institution
from api.contracts.in_force import Contract, Contracts
from api.metering.draft import ANSWERED, Draft
from bureau.errors import ProductNotContracted, WrongCredentials

# FOR SHARE: who revokes or disables now waits for the commit. SQLite leaves it out and has one writer anyway.
_CLIENTS = (
    select(Client.id, Client.institution_id, Client.disabled_at, Institution.name, Institution.test)
    .join(Institution, Institution.id == Client.institution_id)
    .where(Client.id.in_(bindparam("ids", expanding=True)))
    .with_for_update(read=True, of=Client)
)
_CONSENTS = select(Consent.__table__).where(Consent.id.in_(bindparam("ids", expanding=True))).with_for_update(read=True)


@dataclass(frozen=True)
class Authority:
    """The rights of everybody in one batch, as of its commit."""

    clients: dict[str, Row[Any]]
    consents: dict[str, Row[Any]]
    contracts: dict[int, Contract]
    at: datetime

    def require(self, draft: Draft) -> Contract:
        """The contract that charges a draft; raises the `NotPermitted` that refuses it."""
        client = self.clients.get(draft.client_id)
        if client is None or client.disabled_at is not None or client.institution_id != draft.institution_id:
            raise WrongCredentials(f"Client {draft.client_id!r} is disabled.")
        if client.test != draft.test:
            raise WrongCredentials(f"Client {draft.client_id!r} is of the other mode.")
        contract = self.contracts.get(draft.institution_id)
        agreed = contract is not None and draft.product_code in contract.terms.products
        if contract is None or not agreed or draft.contract_version_id is None:
            raise ProductNotContracted(client.name, draft.product_code)
        if draft.consent_required:
            self._require_consent(draft)
        return contract

    def _require_consent(self, draft: Draft) -> None:
        refusal = consent_refusal(
            self.consents.get(draft.consent_id or ""),
            institution_id=draft.institution_id,
            product_code=draft.product_code,
            uscc=draft.uscc,
            purpose=draft.purpose,
            at=self.at,
        )
        if refusal is not None:
            raise refusal


def read_authority(connection: Connection, drafts: Sequence[Draft], contracts: Contracts, at: datetime) -> Authority:
    """Read the rights of a group's answers, and hold them until its commit."""
    answers = [draft for draft in drafts if draft.outcome in ANSWERED]
    clients = _by_id(connection, _CLIENTS, {draft.client_id for draft in answers})
    consents = _by_id(connection, _CONSENTS, {d.consent_id for d in answers if d.consent_required})
    found = contracts.in_force(connection, {draft.institution_id for draft in answers}, at) if answers else {}
    return Authority(clients, consents, found, at)


def _by_id(connection: Connection, query: Any, ids: set[Any]) -> dict[str, Row[Any]]:
    return {row.id: row for row in connection.execute(query, {"ids": list(ids)})} if ids else {}
