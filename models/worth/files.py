"""The kept measurements: one JSON file a feed under the home, whole or not there."""

from pathlib import Path

from pydantic import ValidationError

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
    """Write beside the place and rename."""
    path.parent.mkdir(parents=True, exist_ok=True)
    unfinished = path.with_name(f".{path.name}.unfinished")
    unfinished.write_text(text, "utf-8")
    unfinished.replace(path)


def _path(home: Path, feed: str) -> Path:
    return home / "worth" / f"{feed}.json"
