"""What was ever sold, decided and advised by: nothing of it may change or go, or its answers could not be given again.

`sold.yaml` names the SHA-256 of what each version says.
"""

import hashlib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Annotated

import rfc8785
from pydantic import BaseModel, Field

from bureau.errors import UnreadableFile
from models.changes import CHANGES
from products.datafile import STRICT, read_datafile, read_written
from products.decisions.policy import POLICIES
from products.product import CATALOGUE, EARLIER, Code, Name

SOLD = Path(__file__).with_name("sold.yaml")

Digest = Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]
Versions = Mapping[Annotated[str, Field(pattern=r"^[1-9][0-9]*$")], Digest]


class Sold(BaseModel):
    """sold.yaml: digests by name and version."""

    model_config = STRICT

    lines: Mapping[Code, Versions]
    policies: Mapping[Name, Versions]
    changes: Mapping[Name, Versions]


def digest_of(path: Path) -> str:
    """SHA-256 of what a data file says: of its RFC 8785 form, so that comments and spacing do not count."""
    return hashlib.sha256(rfc8785.dumps(read_written(path))).hexdigest()


def sold_faults(catalogue: Path = CATALOGUE, policies: Path = POLICIES, sold: Path = SOLD) -> Iterator[str]:
    """A sentence for each version that is not kept as it was sold, and for each that is here and not on record."""
    record, advised = read_datafile(sold, Sold), CHANGES.parent
    places = ((catalogue, "*", record.lines), (policies, "*", record.policies), (advised, "changes", record.changes))
    for folder, stem, named in places:
        kept = dict(_kept(folder, stem))
        recorded = {(name, version): digest for name, versions in named.items() for version, digest in versions.items()}
        for (name, version), digest in recorded.items():
            if (name, version) not in kept:
                yield f"{name} version {version} was sold and is not kept: restore {folder / _past(name, version)}."
            elif (found := digest_of(kept[name, version])) != digest:
                yield str(UnreadableFile(kept[name, version], _changed(name, version, digest, found)))
        for (name, version), path in kept.items():
            if (name, version) not in recorded:
                yield f"Version {version} of {name} is not on record: add to {sold} the SHA-256 {digest_of(path)}."


def _kept(folder: Path, stem: str) -> Iterator[tuple[tuple[str, str], Path]]:
    """Every version in a folder and in that of the earlier ones, by name and version as they say themselves."""
    for path in (*sorted(folder.glob(f"{stem}.yaml")), *sorted((folder / EARLIER).glob(f"{stem}.*.yaml"))):
        name, _, _ = path.stem.partition(".")
        yield (name, str(read_written(path)["version"])), path


def _past(name: str, version: str) -> str:
    return f"{EARLIER}/{name}.{version}.yaml"


def _changed(name: str, version: str, digest: str, found: str) -> str:
    return (
        f"version {version} says another thing than was sold (SHA-256 {found}, sold as {digest}). Give it the next "
        f"version, and keep what was sold as {_past(name, version)}."
    )
