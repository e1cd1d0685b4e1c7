"""Institutions and the clients that call for them."""

import hashlib
import secrets
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from api.access.roles import ROLES
from api.access.tables import Client, Institution
from api.contracts.agreeing import ListPrice, agree_list_prices
from bureau.errors import InvalidInput, UnknownName


@dataclass(frozen=True)
class NewClient:
    """What a client needs to get a token. The secret is shown once and cannot be read again."""

    client_id: str
    client_secret: str


def create_client(session: Session, name: str, role: str, products: Iterable[ListPrice], at: datetime) -> NewClient:
    """A new client of an institution, which is made if it is new.

    products: prices of what it may call; the first ones make contract version 1, later ones a new version
    that adds them and keeps what was agreed.
    """
    if role not in ROLES:
        raise UnknownName("role", role, ROLES)
    if not name.strip():
        raise InvalidInput("An institution needs a name.")
    institution = find_or_add_institution(session, name.strip(), at)
    agree_list_prices(session, institution.id, products, at)
    made = NewClient(f"client-{secrets.token_hex(8)}", _new_secret())
    session.add(
        Client(
            id=made.client_id,
            institution_id=institution.id,
            role=role,
            secret_sha256=secret_digest(made.client_secret),
            secret_version=1,
            created_at=at,
        )
    )
    session.flush()
    return made


def rotate_client(session: Session, client_id: str) -> NewClient:
    """Give a client a new secret; the old one and its tokens end at once."""
    client = find_client(session, client_id)
    rotated = NewClient(client_id, _new_secret())
    client.secret_sha256 = secret_digest(rotated.client_secret)
    client.secret_version += 1
    session.flush()
    return rotated


def disable_client(session: Session, client_id: str, at: datetime) -> Client:
    """Refuse a client from now on, its present tokens included. Doing it twice keeps the first instant."""
    client = find_client(session, client_id)
    client.disabled_at = client.disabled_at or at
    session.flush()
    return client


def find_client(session: Session, client_id: str) -> Client:
    """The client of an id; raises `UnknownName`."""
    client = session.get(Client, client_id)
    if client is None:
        raise UnknownName("client", client_id, session.scalars(select(Client.id)))
    return client


def find_institution(session: Session, name: str) -> Institution:
    """The institution of a name; raises `UnknownName` with near names."""
    institution = session.scalar(select(Institution).where(Institution.name == name))
    if institution is None:
        raise UnknownName("institution", name, session.scalars(select(Institution.name)))
    return institution


def find_or_add_institution(session: Session, name: str, at: datetime) -> Institution:
    """The institution of a name, made if it is new."""
    institution = session.scalar(select(Institution).where(Institution.name == name))
    if institution is None:
        institution = Institution(name=name, created_at=at)
        session.add(institution)
        session.flush()
    return institution


def secret_digest(secret: str) -> bytes:
    """The only form in which a secret is stored. It is 256 random bits, so a plain SHA-256 cannot be guessed."""
    return hashlib.sha256(secret.encode()).digest()


def _new_secret() -> str:
    return secrets.token_urlsafe(32)
