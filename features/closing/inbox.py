"""The inbox: a folder into which departments' deliveries are put, each file with its sidecar."""

from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path

from bureau.errors import BureauError
from features.lake.lake import Lake
from features.lake.sidecar import sidecar_path
from features.lake.stops import take

INBOX, TAKEN, REFUSED = "inbox", "taken", "refused"
DELIVERIES = (".parquet", ".csv")


@dataclass(frozen=True)
class Taken:
    """deliveries: landed. landed, quarantined, unchanged: their rows. refused: files no feed could take."""

    deliveries: int = 0
    landed: int = 0
    quarantined: int = 0
    unchanged: int = 0
    refused: int = 0


def take_in(lake: Lake, home: Path, day: date, at: datetime) -> Taken:
    """Land every delivery that waits in `home/inbox`, in the order of their names, and move it aside.

    A file that cannot be read as its feed goes to `inbox/refused` with a text beside it that says why; the others
    go on. Killed at any point, what was landed and not yet moved lands again and changes nothing.
    """
    inbox = home / INBOX
    inbox.mkdir(parents=True, exist_ok=True)
    total = Taken()
    for path in sorted(one for one in inbox.iterdir() if one.suffix in DELIVERIES):
        total = _add(total, _take(lake, path, inbox, day, at))
    return total


@dataclass(frozen=True)
class LeftOver:
    """late: deliveries that wait. strange: files that are neither a delivery nor the sidecar of one that waits."""

    late: tuple[Path, ...]
    strange: tuple[Path, ...]


def left_over(home: Path) -> LeftOver:
    """What lies in the inbox; hidden files, which a copying program may still be writing, are not looked at."""
    files = sorted(path for path in (home / INBOX).iterdir() if path.is_file() and not path.name.startswith("."))
    late = tuple(path for path in files if path.suffix in DELIVERIES)
    known = {*late, *map(sidecar_path, late)}
    return LeftOver(late, tuple(path for path in files if path not in known))


def _take(lake: Lake, path: Path, inbox: Path, day: date, at: datetime) -> Taken:
    try:
        landed = take(lake, path, at=at)
    except BureauError as problem:
        refused = inbox / REFUSED
        _move(path, refused)
        (refused / f"{path.name}.reason.txt").write_text(f"{problem}\n", "utf-8")
        return Taken(refused=1)
    _move(path, inbox / TAKEN / day.isoformat())
    return Taken(1, landed.landed, landed.quarantined, landed.unchanged)


def _move(path: Path, folder: Path) -> None:
    """The file first: a sidecar alone is nothing, a file alone would be refused by the next run."""
    folder.mkdir(parents=True, exist_ok=True)
    path.rename(folder / path.name)
    sidecar = sidecar_path(path)
    if sidecar.exists():
        sidecar.rename(folder / sidecar.name)


def _add(one: Taken, other: Taken) -> Taken:
    pairs = zip(vars(one).values(), vars(other).values(), strict=True)
    return Taken(*(left + right for left, right in pairs))
