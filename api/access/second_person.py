"""Two people where one would not do: who stands behind a name on record, and whether two names are one person.

On a command line a person is on the register of people and proves it by a secret (`models.people`), as who releases a
model does. Over HTTP a client stands for itself, and for the person it was made for (`bureau clients create --person`).
What is recorded is the name or the client's id.
"""

from sqlalchemy.orm import Session

from api.access.tables import Client
from bureau.settings import Settings
from models.people import signed_by
from models.people_cli import signature_of
from models.register import same_person


def proven(name: str, settings: Settings) -> str:
    """The name of a person on the register, who has proved to be that person on this command line.

    Raises `UnknownName`, `SignatureRefused` and `InvalidInput`.
    """
    return signed_by(settings.home, signature_of(name, settings)).name


def one_person(session: Session, by: str, other: str) -> bool:
    """Whether two names on record, of people or of clients, are as far as anybody can tell one person's."""
    return by == other or same_person(_person_of(session, by), _person_of(session, other))


def shown(session: Session, by: str) -> str:
    """A name on record as a reader is told it: of a client also whose it is."""
    person = _person_of(session, by)
    return by if person == by else f"{by} ({person})"


def _person_of(session: Session, by: str) -> str:
    client = session.get(Client, by)
    return by if client is None or client.person is None else client.person
