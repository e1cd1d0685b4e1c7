"""The register of a model: who did what to which version and when, one line an act, each bound to the one before."""

import hashlib
import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict, ValidationError

from bureau.durability import add_lines, read_lines
from bureau.errors import DamagedModel, InvalidInput
from features.lake.locking import alone
from models.release import model_folder

REGISTER_FILE, LOCK_FILE = "register.jsonl", ".register.lock"
Deed = Literal["kept", "refused", "audited", "proposed", "approved", "rolled_back", "shadowed", "unshadowed"]


class Answer(BaseModel):
    """What an audit says to one of its questions. unfair: what it found, nothing where the model is fair.

    groups: those it compared, which are enough firms to be judged.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    unfair: tuple[str, ...] = ()
    groups: tuple[str, ...] = ()


class Act(BaseModel):
    """One line of the register. sha256: of the version's files; none of a line `refused`, of which there are no files.
    by: a person; of a line `kept` or `refused` its trainer or nobody.

    before: SHA-256 of the line before, empty on the first. answers: of an audit, what it found of each
    trait, and of past approvals by it where it asked of them.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    number: int
    deed: Deed
    version: str
    sha256: str
    by: str
    at: datetime
    reason: str
    before: str
    answers: Mapping[str, Answer] = {}

    @property
    def line(self) -> str:
        """As it stands in the file."""
        return self.model_dump_json(exclude_defaults=True)


def read_register(home: Path, name: str) -> list[Act]:
    """Every act, oldest first. Raises `DamagedModel` where a line was changed, lost or put in between.

    An act whose writing was killed is none: nothing that follows an act is done before its line is on the disk.
    """
    path = model_folder(home, name) / REGISTER_FILE
    acts, before = [], ""
    for number, line in enumerate(read_lines(path)):
        try:
            act = Act.model_validate_json(line)
        except ValidationError as problem:
            raise DamagedModel(name, "in service", f"Line {number + 1} of {path} cannot be read.") from problem
        if (act.number, act.before) != (number, before):
            raise DamagedModel(name, "in service", f"Line {number + 1} of {path} does not follow the one before.")
        acts.append(act)
        before = _digest(line)
    return acts


@contextmanager
def writing(home: Path, name: str) -> Iterator["Writer"]:
    """The register with nobody else writing; what was read stays true until the block ends."""
    folder = model_folder(home, name)
    folder.mkdir(parents=True, exist_ok=True)
    with alone(folder / LOCK_FILE):
        yield Writer(folder / REGISTER_FILE, read_register(home, name))


class Writer:
    """The register while it is held. acts: all of them, the newest last."""

    def __init__(self, path: Path, acts: list[Act]) -> None:
        self._path, self.acts = path, acts

    def add(
        self,
        deed: Deed,
        version: str,
        sha256: str,
        by: str,
        at: datetime,
        reason: str = "",
        answers: Mapping[str, Answer] | None = None,
    ) -> Act:
        """Append one act, which is on the disk then."""
        act = Act(
            number=len(self.acts),
            deed=deed,
            version=version,
            sha256=sha256,
            by=by,
            at=at,
            reason=reason,
            before=_digest(self.acts[-1].line.encode()) if self.acts else "",
            answers=answers or {},
        )
        add_lines(self._path, [act.line])
        self.acts.append(act)
        return act


def served(acts: Iterable[Act]) -> list[Act]:
    """The approvals whose versions were served, the present one last; a return takes the top one away."""
    found: list[Act] = []
    for act in acts:
        if act.deed == "approved":
            found = [*(found[:-1] if found and found[-1].version == act.version else found), act]
        elif act.deed == "rolled_back":
            found.pop()
    return found


def may_serve(acts: Iterable[Act]) -> list[Act]:
    """The approvals one of which must stand behind what is served: the present one, and the one before the last move,
    whose note a killed command may not have changed yet."""
    made = moves(acts)
    return [*served(made)[-1:], *served(made[:-1])[-1:]]


def moves(acts: Iterable[Act]) -> list[Act]:
    """The acts that change what is served."""
    return [act for act in acts if act.deed in ("approved", "rolled_back")]


def require_person(written: str) -> str:
    """A person's name as it goes into the register: half-width characters, single blanks; raises `InvalidInput`."""
    name = " ".join(unicodedata.normalize("NFKC", written).split())
    if not any(character.isalnum() for character in name):
        raise InvalidInput("Who answers for it is a person: give a name with letters in it (--by or --person).")
    return name


def same_person(one: str, other: str) -> bool:
    """Whether two names mean one person: case and blanks make nobody another."""
    first, second = ("".join(require_person(name).casefold().split()) for name in (one, other))
    return first == second


def _digest(line: bytes) -> str:
    return hashlib.sha256(line).hexdigest()
