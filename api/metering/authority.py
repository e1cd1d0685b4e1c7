"""What is checked again inside the transaction: the client, the contract, the consent."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from api.access.consents import consent_refusal
from api.access.contracts import ContractTerm, read_terms
from api.access.tables import Client, Consent, Institution
from api.metering.draft import Draft
from bureau.errors import ProductNotContracted, WrongCredentials


@dataclass(frozen=True)
class Authority:
    """The rights of everybody in one batch, as of its commit."""

    clients: dict[str, Client]
    consents: dict[str, Consent]
    terms: dict[tuple[int, str], ContractTerm]
    institutions: dict[int, str]
    at: datetime

    def require(self, draft: Draft) -> ContractTerm:
        """The term that charges a draft; raises the `NotPermitted` that refuses it."""
        client = self.clients.get(draft.client_id)
        if client is None or client.disabled_at is not None or client.institution_id != draft.institution_id:
            raise WrongCredentials(f"Client {draft.client_id!r} is disabled.")
        term = self.terms.get((draft.institution_id, draft.product_code))
        if term is None or draft.contract_version_id is None:
            raise ProductNotContracted(self.institutions[draft.institution_id], draft.product_code)
        if draft.consent_required:
            self._require_consent(draft)
        return term

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


def read_authority(session: Session, drafts: Iterable[Draft], at: datetime) -> Authority:
    """Read the rights of a batch and hold them: who revokes or disables now waits for the commit."""
    drafts = [draft for draft in drafts if draft.body]
    institution_ids = {draft.institution_id for draft in drafts}
    clients = select(Client).where(Client.id.in_({draft.client_id for draft in drafts}))
    consents = select(Consent).where(Consent.id.in_({d.consent_id for d in drafts if d.consent_id}))
    institutions = select(Institution).where(Institution.id.in_(institution_ids))
    return Authority(
        clients={client.id: client for client in session.scalars(clients.with_for_update(read=True))},
        consents={consent.id: consent for consent in session.scalars(consents.with_for_update(read=True))},
        terms={(owner, term.product_code): term for owner, term in read_terms(session, institution_ids, at)},
        institutions={institution.id: institution.name for institution in session.scalars(institutions)},
        at=at,
    )
