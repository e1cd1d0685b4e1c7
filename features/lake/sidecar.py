"""The sidecar NAME.json beside a delivered file NAME.parquet or NAME.csv: what its publisher says about it."""

import json
from collections.abc import Mapping
from datetime import UTC, date, datetime
from pathlib import Path

import polars as pl
from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, ValidationError, ValidationInfo, field_validator

from bureau.errors import UnreadableFile
from features.contracts.feeds import find_feed
from features.lake.raw_identity import in_free_text, in_keys


class Renamed(BaseModel):
    """A column that goes by another name from a day on. column: the name its contract has for it."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    column: str
    since: date


class Sidecar(BaseModel):
    """`batch_id` names the delivery, `sha256` is the file's; `history`: each row brings its own `received_at`.

    renamed: columns its publisher has announced under other names, by the name they have in the file.
    No text of it may hold a raw identity, since it is kept as it was sent: it speaks of a department and its delivery.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    feed: str
    batch_id: str = Field(pattern=r"^[\w.-]{1,100}$")
    publisher: str = Field(min_length=1)
    produced_at: AwareDatetime
    rows: int = Field(ge=0)
    sha256: str = Field(pattern="^[0-9a-f]{64}$")
    history: bool = False
    renamed: Mapping[str, Renamed] = Field(default_factory=dict)

    @field_validator("batch_id", "publisher", "renamed")
    @classmethod
    def _names_no_person(cls, said: str | Mapping[str, Renamed], info: ValidationInfo) -> str | Mapping[str, Renamed]:
        texts = pl.Series([said] if isinstance(said, str) else [*said], dtype=pl.String)
        find = in_keys if info.field_name == "batch_id" else in_free_text
        if not find(texts).is_empty():
            raise ValueError("it holds an identity number, a telephone number or an e-mail address")
        return said


def sidecar_path(path: Path) -> Path:
    """Where the sidecar of a delivered file stands."""
    return path.with_suffix(".json")


def read_sidecar(path: Path) -> Sidecar | None:
    """The sidecar of a delivered file, None where there is none; raises `UnreadableFile` for a broken one."""
    beside = sidecar_path(path)
    if not beside.exists():
        return None
    try:
        return Sidecar.model_validate(json.loads(beside.read_text("utf-8")))
    except ValidationError as problem:
        first = problem.errors()[0]
        field = ".".join(map(str, first["loc"])) or "content"
        raise UnreadableFile(beside, f"the sidecar's {field} is wrong: {first['msg']}.") from problem
    except (ValueError, RecursionError) as problem:
        raise UnreadableFile(beside, "the sidecar is not JSON in UTF-8.") from problem


def derive_sidecar(path: Path, *, feed: str | None, sha256: str, rows: int, history: bool) -> Sidecar:
    """The sidecar of a plain file: its batch is named by its own hash, so the same file is always the same batch."""
    if feed is None:
        raise UnreadableFile(path, f"it has no sidecar {sidecar_path(path).name}, so nothing says which feed it is.")
    return Sidecar(
        feed=feed,
        batch_id=f"sha256-{sha256[:32]}",
        publisher=find_feed(feed).department,
        produced_at=datetime.fromtimestamp(path.stat().st_mtime, UTC),
        rows=rows,
        sha256=sha256,
        history=history,
    )
