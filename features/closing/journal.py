"""What of a day's closing is done: one file a day, a line a step, so that a killed run goes on where it stopped."""

import json
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

from bureau.heap import give_back

Facts = Mapping[str, Any]
"""What a step found out that later steps or a reader need; plain JSON values."""
Tell = Callable[[str], None]


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
        unfinished = self.path.with_suffix(".unfinished")
        unfinished.write_text(json.dumps(self._done, ensure_ascii=False, indent=1), "utf-8")
        unfinished.replace(self.path)


def open_journal(folder: Path, day: date, tell: Tell) -> Journal:
    """The journal of a day, made on its first run."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{day.isoformat()}.json"
    done = json.loads(path.read_text("utf-8")) if path.exists() else {}
    return Journal(path, tell, done)


def _said(facts: Facts) -> str:
    return ", ".join(
        f"{name} {value:,}" if isinstance(value, int) else f"{name} {value}" for name, value in facts.items()
    )
