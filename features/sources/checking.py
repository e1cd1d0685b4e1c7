"""Whether what a home holds of its source is whole: checks of every source, and those a source adds."""

from collections import defaultdict
from collections.abc import Mapping
from pathlib import Path

from sqlalchemy import func, select

from bureau.errors import InvalidInput, UnreadableFile
from features.lake.delivery import read_delivery
from features.lake.erasure import certificates
from features.lake.lake import Lake
from features.lake.sent import rewritten_deliveries
from features.lake.sidecar import Sidecar
from features.lake.tables import Batch, Quarantined
from features.sources.loading import SOURCES, deliveries_folder
from features.sources.source import Check, plain_check, read_source

WAITING_AT_MOST = 0.05
"""Departments' records are dirty; with more than one row in twenty held back, a feed has changed its ways."""


def check_source(lake: Lake, home: Path, data: Path | None = None) -> tuple[Check, ...]:
    """Check a home's deliveries, their landing, and what its source promises; raises where nothing was loaded.

    data: directory of real records to hold generated ones against.
    """
    present = read_source(home)
    if present is None:
        raise InvalidInput("This home holds no source yet. Load one with: bureau source load NAME")
    folder = deliveries_folder(home, present.source)
    paths = sorted(folder.glob("*.parquet"))
    sidecars, damage = _read_all(paths)
    return (
        plain_check("each delivery is as it was written", not damage, damage or f"{len(paths):,} deliveries"),
        every_landed(lake, sidecars),
        _waiting(lake),
        *SOURCES[present.source].check(lake, folder, data),
    )


def _read_all(paths: list[Path]) -> tuple[list[Sidecar], str]:
    """What the whole deliveries say they are, and the first complaint about one that is not whole."""
    sidecars, damage = [], ""
    for path in paths:
        try:
            sidecars.append(read_delivery(path).sidecar)
        except UnreadableFile as problem:
            damage = damage or str(problem)
    return sidecars, damage


def every_landed(lake: Lake, sidecars: list[Sidecar]) -> Check:
    """Check that deliveries have landed, by what their sidecars say they are."""
    with lake.catalogue.connect() as connection:
        landed = {tuple(row) for row in connection.execute(select(Batch.feed, Batch.batch_id, Batch.sha256))}
    written_again = _written_again(lake)
    missing = [
        said
        for said in sidecars
        if landed.isdisjoint((said.feed, said.batch_id, sent) for sent in _as_sent(said.sha256, written_again))
    ]
    found = (
        f"{missing[0].feed} batch {missing[0].batch_id} has not; load again" if missing else f"{len(landed):,} batches"
    )
    return plain_check("each delivery has landed", not missing, found)


def _written_again(lake: Lake) -> Mapping[str, set[str]]:
    """The hashes deliveries had before records were taken out of them, by the hash after."""
    told = [file for certificate in certificates(lake) for file in certificate["deliveries"]]
    certified = [(file["sha256_before"], file["sha256_after"]) for file in told]
    before = defaultdict(set)
    for former, after in (*certified, *rewritten_deliveries(lake)):
        before[after].add(former)
    return before


def _as_sent(sha256: str, written_again: Mapping[str, set[str]]) -> set[str]:
    """The hashes a delivery may have had when it came; of several, what is left may be the same."""
    former = (_as_sent(one, written_again) for one in written_again.get(sha256, ()))
    return {sha256}.union(*former)


def _waiting(lake: Lake) -> Check:
    with lake.catalogue.connect() as connection:
        rows = connection.scalar(select(func.sum(Batch.rows))) or 0
        waiting = connection.scalar(select(func.count()).where(Quarantined.settled_in.is_(None))) or 0
    rule = f"at most {WAITING_AT_MOST:.0%} of rows wait in quarantine"
    return plain_check(rule, waiting <= rows * WAITING_AT_MOST, f"{waiting:,} of {rows:,} rows wait")
