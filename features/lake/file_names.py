"""Names of delivered files as they may be kept and shown: a department may name a file after a person.

A name that holds a raw identity is masked, and ends with the first characters of the file's SHA-256: two files stay
two, and whoever has the file finds by its sum which one is meant.
"""

import hashlib
from collections.abc import Iterable
from contextlib import suppress
from glob import escape
from itertools import count
from pathlib import Path

from bureau.errors import UnreadableFile
from features.lake.raw_identity import MASK, masked_sentence
from features.lake.sidecar import read_sidecar, sidecar_path

MASKED = MASK.strip("[]")
"""In a name without brackets, which readers of files take for a pattern."""
_MARK = "~"
"""Before the sum, whose digits make no telephone number with those before it."""
_LONGEST = 60
"""Characters of a masked name that are kept: with the mask it may not grow beyond what a file system takes."""


def kept_name(path: Path) -> str:
    """The name of a file, masked where it holds a raw identity."""
    masked = _masked(path)
    return path.name if masked is None else f"{masked}{_MARK}{_sum(path)}{path.suffix}"


def mask_names(paths: Iterable[Path]) -> None:
    """Rename deliveries and their sidecars of which a name holds a raw identity.

    Files with one sidecar stay beside it, and nothing is replaced. The sidecar goes last: killed before, the next run
    finds by it the name its files have. A sidecar whose file has not come yet keeps the name its file will have.
    """
    together: dict[Path, list[Path]] = {}
    for path in paths:
        together.setdefault(path.with_suffix(""), []).append(path)
    for same in together.values():
        same.sort(key=lambda path: path == sidecar_path(path))
        masked = _masked(same[0])
        if masked is not None:
            with suppress(FileNotFoundError):  # whoever put it there may take it away
                _rename(same, f"{masked}{_MARK}{_sum(same[0])}")


def _rename(same: list[Path], stem: str) -> None:
    """Give files with one sidecar another stem, which is numbered where it is another's already."""
    folder, lone = same[0].parent, same == [sidecar_path(same[0])]
    if lone and not any(folder.glob(f"{escape(stem)}.*")):
        return
    stems = (stem if number == 1 else f"{stem}-{number}" for number in count(1))
    free = next(one for one in stems if not any((folder / f"{one}{path.suffix}").exists() for path in same))
    for path in same:
        path.rename(folder / f"{free}{path.suffix}")


def _masked(path: Path) -> str | None:
    """A file's name without its suffix, masked; None where it holds no raw identity."""
    masked = masked_sentence(path.stem)
    return None if masked == path.stem else masked.replace(MASK, MASKED)[:_LONGEST]


def _sum(path: Path) -> str:
    """Eight digits that tell a file from others: of the SHA-256 its sidecar names, else of its own."""
    with suppress(UnreadableFile, OSError):
        said = read_sidecar(path)
        if said is not None:
            return said.sha256[:8]
    try:
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()[:8]
    except OSError:  # it fails where it is read, and then needs a name too
        return f"{path.stat().st_ino:08x}"
