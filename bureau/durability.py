"""What outlives a crash of the machine: files that are on the disk once written, and lines that are whole or no lines.

A file of lines is only added to, by one writer at a time. What follows its last line feed is what a killed writer left:
it is no line, and the next writer cuts it off.
"""

import os
from collections.abc import Iterable
from pathlib import Path
from typing import BinaryIO


def write_synced(path: Path, content: bytes) -> None:
    """Write a file, and wait until it is on the disk; its name is only once its folder is synced."""
    with path.open("wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())


def replace_file(path: Path, content: bytes) -> None:
    """Write a file beside its place and rename: a reader sees the former or the new one whole, after a crash too."""
    unfinished = path.with_name(f".{path.name}.unfinished")
    write_synced(unfinished, content)
    unfinished.replace(path)
    sync_folder(path.parent)


def sync_folder(folder: Path) -> None:
    """Wait until the names in a folder are on the disk."""
    opened = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(opened)
    finally:
        os.close(opened)


def read_lines(path: Path) -> list[bytes]:
    """The lines of a file, the oldest first; none of a file that is not there. As bytes: one may be no text.

    Only a line feed ends one: a pasted reason may hold others of the marks at which `splitlines` breaks.
    """
    *lines, _cut = path.read_bytes().split(b"\n") if path.exists() else [b""]
    return lines


def add_lines(path: Path, lines: Iterable[str]) -> None:
    """Put lines at the end of a file in one write, and wait until they are on the disk. Its folder is there."""
    new = not path.exists()
    with path.open("a+b") as file:
        _cut_off(file)
        file.write("".join(f"{line}\n" for line in lines).encode())
        file.flush()
        os.fsync(file.fileno())
    if new:
        sync_folder(path.parent)


def _cut_off(file: BinaryIO) -> None:
    """What a killed writer left behind the last line feed."""
    end = file.seek(0, os.SEEK_END)
    file.seek(max(end - 1, 0))
    if file.read(1) not in (b"", b"\n"):
        file.seek(0)
        file.truncate(file.read().rfind(b"\n") + 1)
