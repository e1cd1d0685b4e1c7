"""The people who answer for models: each proves to be one by a secret of their own, of which a digest alone is kept."""

import hashlib
import hmac
import secrets
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from pydantic import BaseModel, ConfigDict, ValidationError

from bureau.durability import add_lines, read_lines
from bureau.errors import SignatureRefused, StateConflict, UnknownName, UnreadableFile
from features.lake.locking import alone
from models.register import require_person, same_person

PEOPLE_FILE, LOCK_FILE = "people.jsonl", ".people.lock"
SEE = "bureau models people list; add one with: bureau models people add NAME"


class Person(BaseModel):
    """One line of the register of people; the newest of a name counts.

    secret_sha256: empty once the person answers for nothing any more. demonstration: made by a program that shows the
    platform, and played by it; nobody holds the secret.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str
    secret_sha256: str
    since: datetime
    demonstration: bool = False

    @property
    def answers(self) -> bool:
        return bool(self.secret_sha256)


@dataclass(frozen=True)
class Signature:
    """Who says to act, and the secret that proves it."""

    name: str
    secret: str = field(repr=False)


def read_people(home: Path) -> list[Person]:
    """Everybody there ever was, each as last written, in the order of their first lines."""
    path = home / "models" / PEOPLE_FILE
    try:
        written = [Person.model_validate_json(line) for line in read_lines(path)]
    except ValidationError as problem:
        raise UnreadableFile(path, "a line of it is no person. Restore it from a copy.") from problem
    return list({_key(person.name): person for person in written}.values())


def add_person(home: Path, name: str, at: datetime, *, demonstration: bool = False) -> Signature:
    """Put a person on the register; the secret is told this once. Raises `StateConflict` for one who is on it.

    One of a demonstration may be made anew: the secret of the last time is nobody's.
    """
    person = require_person(name)
    with alone(_lock(home)):
        present = _find(home, person)
        if present is not None and present.answers and not (present.demonstration and demonstration):
            raise StateConflict(
                f"{present.name} is on the register of people. Where the secret is lost, end it first: bureau models "
                f"people end {present.name!r}"
            )
        signature = Signature(person, secrets.token_urlsafe(32))
        digest = _digest(signature.secret)
        _append(home, Person(name=person, secret_sha256=digest, since=at, demonstration=demonstration))
    return signature


def end_person(home: Path, name: str, at: datetime) -> Person:
    """From here on a person answers for nothing; what they did stays theirs. Raises `UnknownName`."""
    with alone(_lock(home)):
        present = _require(home, name)
        ended = present.model_copy(update={"secret_sha256": "", "since": at})
        _append(home, ended)
    return ended


def signed_by(home: Path, signature: Signature) -> Person:
    """The person of a signature. Raises `UnknownName`, and `SignatureRefused` where the secret is another's."""
    person = _require(home, signature.name)
    if not hmac.compare_digest(person.secret_sha256, _digest(signature.secret)):
        raise SignatureRefused(person.name)
    return person


def _require(home: Path, name: str) -> Person:
    written = require_person(name)
    person = _find(home, written)
    if person is None or not person.answers:
        known = [one.name for one in read_people(home) if one.answers]
        raise UnknownName("person who answers for models", written, known, see=SEE)
    return person


def _find(home: Path, name: str) -> Person | None:
    return next((one for one in read_people(home) if same_person(one.name, name)), None)


def _append(home: Path, person: Person) -> None:
    add_lines(home / "models" / PEOPLE_FILE, [person.model_dump_json()])


def _lock(home: Path) -> Path:
    folder = home / "models"
    folder.mkdir(parents=True, exist_ok=True)
    return folder / LOCK_FILE


def _key(name: str) -> str:
    return "".join(name.casefold().split())


def _digest(secret: str) -> str:
    """A secret is 256 random bits, so a plain SHA-256 of it cannot be guessed."""
    return hashlib.sha256(secret.encode()).hexdigest()
