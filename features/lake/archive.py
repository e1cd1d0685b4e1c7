"""The de-identified archive: what a feed's expired rows taught may still be learned from, and leads to nobody."""

import json
from dataclasses import dataclass
from datetime import datetime

import polars as pl
from sqlalchemy import Connection, func, insert, select

from bureau.db import Instant
from bureau.errors import FieldNotGranted
from bureau.grant import ReadGrant
from features.contracts.contract import Contract
from features.lake.anonymity import Anonymity, de_identify
from features.lake.files import write_beside
from features.lake.lake import Lake
from features.lake.tables import ArchiveFile


@dataclass(frozen=True)
class Holding:
    """What the archive holds of a feed, and when the first and the last of it came."""

    feed: str
    rows: int
    files: int
    first: datetime
    last: datetime


def deposit(
    lake: Lake, connection: Connection, contract: Contract, rows: pl.DataFrame, snapshot: int, at: datetime
) -> Anonymity:
    """De-identify rows of a feed and add them to its archive; the report of how."""
    kept, report = de_identify(contract, rows)
    if not kept.is_empty():
        path, sha256 = write_beside(lake, f"archive/{contract.code}.s{snapshot:06d}.parquet", kept)
        told = json.dumps(report.told(), ensure_ascii=False)
        values = {"feed": contract.code, "path": path, "rows": kept.height, "sha256": sha256, "report": told}
        connection.execute(insert(ArchiveFile).values(**values, made_at=at, added_in=snapshot))
    return report


def read_archive(lake: Lake, contract: Contract, grant: ReadGrant) -> pl.DataFrame:
    """Everything archived of a feed, for training alone; raises `FieldNotGranted` for any other purpose."""
    grant.require([contract.code])
    if grant.purpose != "training":
        raise FieldNotGranted([f"archive of {contract.code}"], grant.institution, grant.purpose)
    with lake.catalogue.connect() as connection:
        paths = connection.scalars(select(ArchiveFile.path).where(ArchiveFile.feed == contract.code)).all()
    frames = [pl.read_parquet(lake.root / path) for path in paths]
    return pl.concat(frames, how="diagonal") if frames else pl.DataFrame()


def list_archive(lake: Lake) -> list[Holding]:
    """What the archive holds, by feed."""
    first, last = (of(ArchiveFile.made_at, type_=Instant) for of in (func.min, func.max))
    query = select(ArchiveFile.feed, func.sum(ArchiveFile.rows), func.count(), first, last)
    with lake.catalogue.connect() as connection:
        lines = connection.execute(query.group_by(ArchiveFile.feed).order_by(ArchiveFile.feed))
        return [Holding(feed, int(rows), files, *days) for feed, rows, files, *days in lines]
