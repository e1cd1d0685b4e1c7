"""The shadow: a kept version that runs beside the one in service. Its answers are stored and never shown.

They lie beside the model's files, one line an answer, so that no live call waits for their writing. A line names the
call and no enterprise.
"""

import json
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from datetime import date
from pathlib import Path
from typing import Any

from bureau.durability import add_lines, read_lines
from features.lake.locking import alone
from models.release import SHADOW_FILE, model_folder, read_release
from models.scoring import ScoringModel
from models.service import load_version

ANSWERS_FOLDER, LOCK_FILE = "shadow", ".writing"


@dataclass(frozen=True)
class ShadowAnswer:
    """What a shadow said beside one call. champion: what was shown. problem: an error's code where it said nothing."""

    call_id: str
    at: str
    as_of: str
    snapshot: int
    champion: dict[str, Any]
    version: str
    pd: float | None
    score: int | None
    grade: str | None
    reasons: tuple[str, ...]
    problem: str | None
    microseconds: int


def load_shadow(home: Path, name: str) -> ScoringModel | None:
    """The version that runs beside, checked as one in service is; None where none does."""
    release = read_release(home, name, SHADOW_FILE)
    return None if release is None else load_version(home, name, release.version, release.sha256)


def store(home: Path, name: str, answers: Iterable[ShadowAnswer]) -> None:
    """Append what was said, to a file a version and day."""
    lines: dict[Path, list[str]] = {}
    for answer in answers:
        path = model_folder(home, name) / ANSWERS_FOLDER / f"{answer.version}-{answer.at[:10]}.jsonl"
        lines.setdefault(path, []).append(json.dumps(asdict(answer), ensure_ascii=False))
    for path, written in lines.items():
        path.parent.mkdir(parents=True, exist_ok=True)
        with alone(path.parent / LOCK_FILE):
            add_lines(path, written)


def read_answers(home: Path, name: str, version: str, since: date | None = None) -> list[ShadowAnswer]:
    """What a version said as a shadow, oldest first; since: on the UTC day and later."""
    paths = sorted((model_folder(home, name) / ANSWERS_FOLDER).glob(f"{version}-*.jsonl"))
    days = [path for path in paths if since is None or path.stem.removeprefix(f"{version}-") >= since.isoformat()]
    found = [json.loads(line) for path in days for line in read_lines(path)]
    return [ShadowAnswer(**{**one, "reasons": tuple(one["reasons"])}) for one in found]


def compare(answers: list[ShadowAnswer]) -> list[dict[str, object]]:
    """Shadow against champion: answers, failures, mean and largest difference of points, grades moved.

    One line for each version that was shown, in the order they were; one of nobody where nothing was said.
    """
    shown = dict.fromkeys(str(answer.champion["version"]) for answer in answers)
    beside = {version: [one for one in answers if str(one.champion["version"]) == version] for version in shown}
    return [{"champion": version, **_against(found)} for version, found in beside.items()] or [
        {"champion": None, **_against([])}
    ]


def _against(answers: list[ShadowAnswer]) -> dict[str, object]:
    told = [answer for answer in answers if answer.score is not None]
    points = [(answer.score or 0) - answer.champion["score"] for answer in told]
    return {
        "answers": len(answers),
        "failed": len(answers) - len(told),
        "mean_points": sum(points) / len(points) if points else None,
        "largest_points": max(points, key=abs) if points else None,
        "other_grade": sum(answer.grade != answer.champion["grade"] for answer in told),
        "median_us": sorted(answer.microseconds for answer in told)[len(told) // 2] if told else None,
    }
