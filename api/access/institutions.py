"""Institutions and the clients that call for them."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from secrets import token_hex

from sqlalchemy import select
from sqlalchemy.orm import Session

from api.access.credentials import NO_OVERLAP, PublicKeys, add_credentials, end_credentials
from api.access.roles import ROLES, Kind, Role, find_role
from api.access.tables import Client, Institution
from api.contracts.agreeing import TEST_ALERT_FEN, ListPrice, agree_list_prices
from api.contracts.in_force import contract_in_force, has_contract
from bureau.errors import InvalidInput, StateConflict, UnknownName
from bureau.uscc import is_sample, parse_uscc
from models.register import require_person

TEST_SUFFIX = "(测试)"
"""Ends the name of the twin of an institution, whose clients are in test mode."""

_Owner = tuple[Kind, str | None]
"""Whose an institution is: the kind of its clients' roles, and the code of an enterprise."""


@dataclass(frozen=True)
class NewClient:
    """What a client needs to get a token. A secret is shown once and cannot be read again; one with keys has none."""

    client_id: str
    client_secret: str = ""


def create_client(
    session: Session,
    name: str,
    role: str,
    products: Iterable[ListPrice],
    at: datetime,
    *,
    uscc: str | None = None,
    keys: PublicKeys | None = None,
    test: bool = False,
    person: str | None = None,
    first_contract_only: bool = False,
) -> NewClient:
    """A new client of an institution, which is made if it is new.

    An institution is one enterprise, the platform, or another institution: clients see its rows, so none of another
    kind or enterprise joins it. Of enterprises of one name the later ones have their code behind it.
    products: prices of what it may call; the first ones make contract version 1, later ones a new version
    that adds them and keeps what was agreed, unless two people agreed to it: they add what it lacks.
    first_contract_only: an institution with a contract gets none of them. uscc: the enterprise that a client of this
    role is.
    keys: its public keys; without any it gets a secret. test: in test mode, as a client of the institution's twin,
    to which what it may call is shown at list price and never billed. person: who alone will use it, named of every
    client that agrees to prices; of two clients of one person neither approves what the other proposed.
    """
    known = find_role(role)
    if not name.strip():
        raise InvalidInput("An institution needs a name.")
    if (uscc is None) == (role == "enterprise"):
        raise InvalidInput("A client of the role enterprise, and of no other, is bound to a code: give --uscc.")
    _require_mode(known, name.strip(), uscc, test=test)
    if person is None and "prices" in known.scopes:
        raise InvalidInput(f"A client of the role {role} is one person's, told from the second by name: give --person.")
    code = None if uscc is None else parse_uscc(uscc)
    institution = _institution_for(session, name.strip(), known, code, at, test=test)
    if not (first_contract_only and has_contract(session, institution.id)):
        added = tuple(products)
        _require_not_negotiated(session, institution, added, at)
        agree_list_prices(session, institution.id, added, at, alerts_fen=(TEST_ALERT_FEN,) if test else ())
    client = Client(
        id=f"client-{token_hex(8)}",
        institution_id=institution.id,
        role=role,
        uscc=code,
        person=None if person is None else require_person(person),
        credentials_version=1,
        created_at=at,
    )
    session.add(client)
    session.flush()
    return NewClient(client.id, add_credentials(session, client, keys, at) or "")


def _require_not_negotiated(
    session: Session, institution: Institution, products: Iterable[ListPrice], at: datetime
) -> None:
    present = contract_in_force(session, institution.id, at)
    agreed = frozenset[str]() if present is None else present.terms.products
    lacking = sorted({price.product_code for price in products} - agreed)
    if lacking and has_contract(session, institution.id, negotiated=True):
        raise StateConflict(
            f"Two people agreed to the contract of {institution.name}, which lacks {', '.join(lacking)}. Two people "
            "add it, with bureau contracts propose and approve; a client made without --products calls what is agreed."
        )


def _require_mode(role: Role, name: str, uscc: str | None, *, test: bool) -> None:
    if name.endswith(TEST_SUFFIX):
        raise InvalidInput(f"The name of an institution does not end with {TEST_SUFFIX}: give --test instead.")
    if test and role.kind == "platform":
        raise InvalidInput("Test mode is for who calls from outside: a role of the platform has none.")
    if uscc is not None and is_sample(parse_uscc(uscc)) != test:
        raise InvalidInput("A client in test mode, and no other, is bound to the code of a sample enterprise.")


def _institution_for(
    session: Session, name: str, role: Role, uscc: str | None, at: datetime, *, test: bool
) -> Institution:
    """The institution of a name that a client of a role may join, made if it is new; raises `InvalidInput`."""
    for called in (name,) if uscc is None else (name, f"{name}({uscc})"):
        institution = find_or_add_institution(session, called + TEST_SUFFIX * test, at, test=test)
        owners = _owners(session, institution)
        if owners <= {(role.kind, uscc)}:
            return institution
        if {other for other, _ in owners} != {"enterprise"}:
            break
    raise InvalidInput(
        f"{institution.name} has clients of another kind, and a client reads the reports and bills of its institution: "
        f"give this {role.kind} client an institution of another name."
    )


def _owners(session: Session, institution: Institution) -> set[_Owner]:
    query = select(Client.role, Client.uscc).where(Client.institution_id == institution.id).distinct()
    return {(ROLES[role].kind, uscc) for role, uscc in session.execute(query).tuples()}


def rotate_client(
    session: Session,
    client_id: str,
    at: datetime,
    *,
    keys: PublicKeys | None = None,
    overlap: timedelta = NO_OVERLAP,
) -> NewClient:
    """Give a client a new secret, or keys instead; what it had counts for `overlap` longer.

    Without one the old credentials and their tokens end at once.
    """
    client = find_client(session, client_id)
    end_credentials(session, client, at, overlap)
    return NewClient(client_id, add_credentials(session, client, keys, at) or "")


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


def find_institution(session: Session, name: str, *, near: bool = True) -> Institution:
    """The institution of a name; raises `UnknownName`. near: with near names, which are not for who may not see all."""
    institution = session.scalar(select(Institution).where(Institution.name == name))
    if institution is None:
        raise UnknownName("institution", name, session.scalars(select(Institution.name)) if near else ())
    return institution


def find_or_add_institution(session: Session, name: str, at: datetime, *, test: bool = False) -> Institution:
    """The institution of a name, made if it is new."""
    institution = session.scalar(select(Institution).where(Institution.name == name))
    if institution is None:
        institution = Institution(name=name, test=test, created_at=at)
        session.add(institution)
        session.flush()
    return institution
