"""The inbox: a folder into which departments' deliveries are put, each file with its sidecar.

No delivered file outlives its reading. Its good rows are in the lake, the others wait masked, and a copy would keep
what the quarantine masks and what an erasure takes out of the lake, for no purpose of its own (个人信息保护法 article
19, shortest retention). Of a delivery that landed its sidecar stays, the evidence of what was sent; of one that was
refused the reason. Its publisher has the file and sends it again.

Nor does a name outlive it that tells of a person: a delivery so called is renamed before it is read, with its sidecar.

A delivery that states itself when its rows were received is refused: only an operator's word lets a publisher tell
what was known in the past (`bureau feeds ingest --history`).

A good file of a feed that has stopped is neither: it lies where it is, and lands on the first day after the stop ended.
So does a file whose landing failed for a reason that says nothing of it, or that nobody foresaw: it is tried again each
day, and `inbox/failed` says why it lies there.
"""

from collections.abc import Collection, Iterable
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import date, datetime
from pathlib import Path

import polars as pl

from bureau.errors import FeedStopped, InvalidInput, UnreadableFile
from bureau.heap import give_back
from features.lake.delivery import drop_delivery
from features.lake.file_names import mask_names
from features.lake.lake import Lake
from features.lake.landing import has_landed, settle_links
from features.lake.raw_identity import masked_sentence
from features.lake.sidecar import Sidecar, read_sidecar, sidecar_path
from features.lake.stops import take

INBOX, TAKEN, REFUSED, FAILED = "inbox", "taken", "refused", "failed"
DELIVERIES = (".parquet", ".csv")
_REASON = ".reason.txt"
_FAULTS = (Exception, pl.exceptions.PanicException)
"""What one file may end with and the others go on. A panic of polars is no `Exception`."""


@dataclass(frozen=True)
class Taken:
    """deliveries: landed. landed, quarantined, unchanged: their rows. refused: files no feed could take.

    held: good files that lie until their feed's stop ends. failed: files that lie because landing them failed.
    """

    deliveries: int = 0
    landed: int = 0
    quarantined: int = 0
    unchanged: int = 0
    refused: int = 0
    held: int = 0
    failed: int = 0


def take_in(lake: Lake, home: Path, day: date, at: datetime) -> Taken:
    """Land every delivery that waits in `home/inbox`, in the order of their names, and drop its file.

    Its sidecar goes to `inbox/taken/DAY`. Of a file that cannot be read as its feed a text in `inbox/refused` says
    why; one of a stopped feed lies on, and so does one whose landing failed, with a text in `inbox/failed`; the others
    go on. Hidden files, which a copying program may still be writing, are not looked at. Killed at any point, what was
    landed and not yet dropped lands again and changes nothing, and the sidecar of what was dropped is moved by the next
    run.
    """
    inbox = home / INBOX
    inbox.mkdir(parents=True, exist_ok=True)
    _forget_failed(inbox / FAILED)
    mask_names(path for path in _shown(inbox) if path.suffix in DELIVERIES or path == sidecar_path(path))
    _move_lone_sidecars(lake, inbox, inbox / TAKEN / day.isoformat())
    waiting = [path for path in _shown(inbox) if path.suffix in DELIVERIES]
    total, held = _take_all(lake, waiting, inbox, day, at)
    again, held = _take_all(lake, held, inbox, day, at)  # a later file may have ended the stop
    total = replace(_add(total, again), held=len(held))
    settle_links(lake, at=at)  # once for all: what waits of a city is read through for it
    return total


@dataclass(frozen=True)
class LeftOver:
    """late: deliveries that wait. held: those of stopped feeds. failed: those whose landing failed.

    strange: neither a delivery nor its sidecar.
    """

    late: tuple[Path, ...]
    held: tuple[Path, ...]
    failed: tuple[Path, ...]
    strange: tuple[Path, ...]


def left_over(home: Path, stopped: Collection[str]) -> LeftOver:
    """What lies in the inbox, by the feeds that have stopped; hidden files are not looked at, as in `take_in`."""
    files = _shown(home / INBOX)
    waiting = [path for path in files if path.suffix in DELIVERIES]
    reasons = failed_files(home)
    failed = tuple(path for path in waiting if path.name in reasons)
    held = tuple(path for path in waiting if path not in failed and _feed_of(path) in stopped)
    known = {*waiting, *map(sidecar_path, waiting)}
    late = tuple(path for path in waiting if path not in (*held, *failed))
    return LeftOver(late, held, failed, tuple(path for path in files if path not in known))


def failed_files(home: Path) -> dict[str, str]:
    """Why landing failed on the last day that was closed, by the name of the file that lies in the inbox for it."""
    reasons = sorted((home / INBOX / FAILED).glob(f"*{_REASON}"))
    return {path.name.removesuffix(_REASON): path.read_text("utf-8").strip() for path in reasons}


def _shown(inbox: Path) -> list[Path]:
    return sorted(path for path in inbox.iterdir() if path.is_file() and not path.name.startswith("."))


def _feed_of(path: Path) -> str | None:
    """What a file's sidecar says it is; None where nothing readable says it."""
    said = _said_of(path)
    return None if said is None else said.feed


def _said_of(path: Path) -> Sidecar | None:
    """What can be read of the sidecar of a file, or of one that stands alone."""
    try:
        return read_sidecar(path)
    except UnreadableFile:
        return None


def _take_all(lake: Lake, paths: Iterable[Path], inbox: Path, day: date, at: datetime) -> tuple[Taken, list[Path]]:
    """What became of some files, and those whose feed has stopped."""
    total, held = Taken(), []
    for path in paths:
        try:
            total = _add(total, _take(lake, path, inbox, day, at))
            give_back()
        except FeedStopped:
            held.append(path)
        except _FAULTS as fault:
            _note_failed(path, inbox / FAILED, fault)
            total = _add(total, Taken(failed=1))
    return total, held


def _take(lake: Lake, path: Path, inbox: Path, day: date, at: datetime) -> Taken:
    try:
        landed = take(lake, path, at=at, links=False)
    except FeedStopped:
        raise
    except InvalidInput as problem:
        _refuse(path, inbox / REFUSED, problem)
        return Taken(refused=1)
    _drop(path, inbox / TAKEN / day.isoformat())
    return Taken(1, landed.landed, landed.quarantined, landed.unchanged)


def _refuse(path: Path, folder: Path, problem: InvalidInput) -> None:
    """The reason first: a file that is gone without one could not be asked for again."""
    folder.mkdir(parents=True, exist_ok=True)
    told = f"{masked_sentence(str(problem))} Nothing of the file was kept; ask its publisher to send it again.\n"
    (folder / f"{path.name}{_REASON}").write_text(told, "utf-8")
    _drop_refused(path)


def _drop_refused(path: Path) -> None:
    """Delete a file with its sidecar, unless another file waits beside that: it may be the one that it names."""
    if any(path.with_suffix(suffix).exists() for suffix in DELIVERIES if suffix != path.suffix):
        path.unlink(missing_ok=True)
    else:
        drop_delivery(path)


def _note_failed(path: Path, folder: Path, fault: BaseException) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    told = masked_sentence(f"{type(fault).__name__}: {fault}".splitlines()[0].rstrip(": "))
    (folder / f"{path.name}{_REASON}").write_text(f"{told}\n", "utf-8")


def _forget_failed(folder: Path) -> None:
    """Each file is tried anew, and may have gone."""
    for reason in folder.glob(f"*{_REASON}"):
        reason.unlink()


def _drop(path: Path, folder: Path) -> None:
    """The file first: a sidecar alone is moved by the next run, a file alone would be refused by it."""
    folder.mkdir(parents=True, exist_ok=True)
    path.unlink(missing_ok=True)
    sidecar = sidecar_path(path)
    with suppress(FileNotFoundError):
        sidecar.rename(folder / sidecar.name)


def _move_lone_sidecars(lake: Lake, inbox: Path, folder: Path) -> None:
    """Sidecars of deliveries that landed and are dropped: a run was killed before it could move them."""
    shown = _shown(inbox)
    beside_files = {sidecar_path(path) for path in shown if path.suffix in DELIVERIES}
    for path in [path for path in shown if path == sidecar_path(path) and path not in beside_files]:
        said = _said_of(path)
        if said is not None and has_landed(lake, said):
            folder.mkdir(parents=True, exist_ok=True)
            path.rename(folder / path.name)


def _add(one: Taken, other: Taken) -> Taken:
    pairs = zip(vars(one).values(), vars(other).values(), strict=True)
    return Taken(*(left + right for left, right in pairs))
