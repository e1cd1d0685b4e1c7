"""What of a day's closing is done: one file a day, a line a step, so that a killed run goes on where it stopped."""

import json
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

from pydantic import TypeAdapter, ValidationError

from bureau.durability import replace_file
from bureau.errors import UnreadableFile
from bureau.heap import give_back

Facts = Mapping[str, Any]
"""What a step found out that later steps or a reader need; plain JSON values."""
Tell = Callable[[str], None]
_STEPS = TypeAdapter(dict[str, dict[str, Any]])


@dataclass
class Journal:
    """The steps of one day that are done, with their facts. Steps must bear being begun twice."""

    path: Path
    tell: Tell
    _done: dict[str, dict[str, Any]] = field(default_factory=dict)

    def step(self, name: str, work: Callable[[], Facts], stands: Callable[[], bool] = lambda: True) -> Facts:
        """The facts of a step: those of the run that finished it, else of doing it now.

        stands: whether what the step made is still there; it is done anew where it is not, and so are those after it,
        which rest on it.
        """
        if name in self._done:
            if stands():
                self.tell(f"{name}: done before ({_said(self._done[name])})")
                return self._done[name]
            self.forget(self._since(name))
        facts = dict(work())
        self._done[name] = facts
        self._write()
        self.tell(f"{name}: {_said(facts)}")
        give_back()
        return facts

    def facts(self, name: str) -> Facts | None:
        """What a step that is done found out."""
        return self._done.get(name)

    def forget(self, names: Collection[str]) -> None:
        """Let steps be done anew."""
        self._done = {name: facts for name, facts in self._done.items() if name not in names}
        self._write()

    def is_done(self, name: str) -> bool:
        """Whether an earlier run, or this one, finished a step."""
        return name in self._done

    def _since(self, name: str) -> list[str]:
        """A step that is done and those that were done after it."""
        done = list(self._done)
        return done[done.index(name) :]

    def _write(self) -> None:
        replace_file(self.path, json.dumps(self._done, ensure_ascii=False, indent=1).encode())


def open_journal(folder: Path, day: date, tell: Tell) -> Journal:
    """The journal of a day, made on its first run. Raises `UnreadableFile` for one that cannot be read."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{day.isoformat()}.json"
    return Journal(path, tell, _read(path) if path.exists() else {})


def _read(path: Path) -> dict[str, dict[str, Any]]:
    try:
        return _STEPS.validate_json(path.read_bytes())
    except ValidationError as problem:
        why = "it should say which steps of a day's closing are done. Delete it, then close the day again: every step"
        raise UnreadableFile(path, f"{why} is done anew, from what the lake holds by then.") from problem


def _said(facts: Facts) -> str:
    return ", ".join(
        f"{name} {value:,}" if isinstance(value, int) else f"{name} {value}" for name, value in facts.items()
    )
