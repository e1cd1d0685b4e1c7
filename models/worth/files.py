"""The kept measurements: one JSON file a feed under the home, whole or not there."""

from pathlib import Path

from pydantic import ValidationError

from bureau.durability import replace_file
from models.worth.figures import Worth


def write_worth(home: Path, worth: Worth) -> Path:
    """Keep a measurement in place of an earlier one."""
    path = _path(home, worth.feed)
    write_whole(path, worth.model_dump_json(indent=1))
    return path


def read_worth(home: Path, feed: str) -> Worth | None:
    """What was measured of a feed; None where nothing was, or where the file is none this version has written."""
    path = _path(home, feed)
    try:
        return Worth.model_validate_json(path.read_text("utf-8")) if path.exists() else None
    except (ValidationError, UnicodeDecodeError):
        return None


def write_whole(path: Path, text: str) -> None:
    """Write a text in one step."""
    path.parent.mkdir(parents=True, exist_ok=True)
    replace_file(path, text.encode())


def _path(home: Path, feed: str) -> Path:
    return home / "worth" / f"{feed}.json"
