"""What a run ran on, and the anonymous memory of a process with all its children while it works."""

import os
import threading
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

PROC = Path("/proc")
_EVERY_SECONDS = 0.05


def machine() -> dict[str, float | int]:
    """Cores, memory in GiB, and the load average of the last minute."""
    memory = _field(PROC / "meminfo", "MemTotal")
    return {"cores": os.cpu_count() or 1, "memory_gib": round(memory / 2**20, 1), "load": load()}


def load() -> float:
    """The load average of the last minute."""
    return round(os.getloadavg()[0], 1)


def anonymous_kib(pid: int) -> int:
    """Anonymous resident memory of a process and its children; mapped files do not count. 0 once it has ended."""
    return sum(_field(PROC / str(one) / "status", "RssAnon") for one in _tree(pid))


def processor_seconds(pid: int) -> float:
    """Seconds of all cores that a process and its living children have used."""
    return sum(_ticks(PROC / str(one) / "stat") for one in _tree(pid)) / os.sysconf("SC_CLK_TCK")


class AnonymousPeak:
    """The most anonymous memory a process tree had while watched, in KiB."""

    def __init__(self, pid: int) -> None:
        self.kib = 0
        self._pid, self._over = pid, threading.Event()
        self._watcher = threading.Thread(target=self._watch, daemon=True)

    def __enter__(self) -> "AnonymousPeak":
        self._watcher.start()
        return self

    def __exit__(self, *_raised: object) -> None:
        self._over.set()
        self._watcher.join()

    def _watch(self) -> None:
        while not self._over.wait(_EVERY_SECONDS):
            self.kib = max(self.kib, anonymous_kib(self._pid))


def _tree(pid: int) -> Iterator[int]:
    yield pid
    with suppress(OSError):
        for task in (PROC / str(pid) / "task").iterdir():
            for child in (task / "children").read_text("ascii").split():
                yield from _tree(int(child))


def _ticks(path: Path) -> int:
    """Of user and system, those of children that have ended among them; 0 once the process has ended."""
    with suppress(OSError):
        after_name = path.read_text("ascii", errors="replace").rpartition(")")[2].split()
        return sum(map(int, after_name[11:15]))
    return 0


def _field(path: Path, name: str) -> int:
    with suppress(OSError):
        for line in path.read_text("ascii", errors="replace").splitlines():
            if line.startswith(f"{name}:"):
                return int(line.split()[1])
    return 0
