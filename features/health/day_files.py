"""A day's measurements as one JSON file a kind and day, whole or not there."""

import json
from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import Any

from bureau.durability import replace_file

Row = dict[str, Any]


def write_day(folder: Path, kind: str, day: date, rows: Sequence[Row]) -> None:
    """Write what was measured of a kind on a day; measured again, it is replaced."""
    write_whole(_path(folder, kind, day), rows)


def read_day_file(folder: Path, kind: str, day: date) -> list[Row]:
    """What was written of a kind on a day; nothing where nothing was."""
    path = _path(folder, kind, day)
    rows: list[Row] = json.loads(path.read_text("utf-8")) if path.exists() else []
    return rows


def days_of(folder: Path, kind: str) -> list[date]:
    """The days of which a kind was written, oldest first."""
    return sorted(date.fromisoformat(path.stem.removeprefix(f"{kind}-")) for path in folder.glob(f"{kind}-*.json"))


def write_whole(path: Path, rows: Sequence[Row]) -> None:
    """Write a file in one step; days become texts."""
    path.parent.mkdir(parents=True, exist_ok=True)
    replace_file(path, json.dumps(list(rows), ensure_ascii=False, default=str).encode())


def _path(folder: Path, kind: str, day: date) -> Path:
    return folder / f"{kind}-{day.isoformat()}.json"
