"""Where a command is asked to write: looked at before the work and not after it."""

from pathlib import Path

from bureau.errors import UnreadableFile


def require_place(path: Path) -> None:
    """Raise `UnreadableFile` where no file of this name can be: its directory is missing, or it is one itself."""
    if not path.parent.is_dir():
        raise UnreadableFile(path.parent, "there is no such directory to write into.")
    if path.is_dir():
        raise UnreadableFile(path, "this is a directory; name a file in it.")
