"""The de-identified archive: what a feed's expired rows taught may still be learned from, and leads to nobody.

No code, name, record number or free text is kept: only closed lists, numbers to two digits and quarters. An enterprise
is a random number drawn for one deposit; what it stood for is never written down. A row stays only where at least
`SMALLEST_GROUP` enterprises share all its lists and quarters.
"""

import json
import secrets
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

import numpy as np
import polars as pl
from sqlalchemy import Connection, insert, select

from bureau.errors import FieldNotGranted
from bureau.grant import ReadGrant
from features.contracts.contract import COMMON_COLUMNS, Contract
from features.lake.files import write_beside
from features.lake.lake import Lake
from features.lake.tables import ArchiveFile

SMALLEST_GROUP = 10
"""Enterprises that must share a row's lists and quarters."""
_DIGITS = 2
_NOBODY = "nobody"


@dataclass(frozen=True)
class Deposit:
    """What was done to the rows. smallest_group: enterprises in the smallest group kept; None where none was.

    alike: the columns by which rows are grouped. removed: the columns left out.
    """

    rows: int
    suppressed: int
    enterprises: int
    groups: int
    smallest_group: int | None
    k: int
    alike: tuple[str, ...]
    measured: tuple[str, ...]
    removed: tuple[str, ...]

    def told(self) -> dict[str, Any]:
        """For the certificate and the archive's own line."""
        return asdict(self)


def deposit(
    lake: Lake, connection: Connection, contract: Contract, rows: pl.DataFrame, snapshot: int, at: datetime
) -> Deposit:
    """De-identify rows of a feed and add them to its archive; the report of how."""
    kept, report = de_identify(contract, rows)
    if not kept.is_empty():
        path, sha256 = write_beside(lake, f"archive/{contract.code}.s{snapshot:06d}.parquet", kept)
        told = json.dumps(report.told(), ensure_ascii=False)
        values = {"feed": contract.code, "path": path, "rows": kept.height, "sha256": sha256, "report": told}
        connection.execute(insert(ArchiveFile).values(**values, made_at=at, added_in=snapshot))
    return report


def de_identify(contract: Contract, rows: pl.DataFrame) -> tuple[pl.DataFrame, Deposit]:
    """Rows as nobody's, those of small groups left out, and the report of what was done."""
    listed, dates, numbers = _by_kind(contract)
    coarse = rows.select(
        *listed,
        *(pl.col(name).dt.truncate("1q") for name in dates),
        *(_rounded(pl.col(name)).alias(name) for name in numbers),
        nobody=_strangers(rows["enterprise_id"]) if rows.height else pl.lit(None, pl.Int64),
    )
    alike = (*listed, *dates)
    sized = coarse.with_columns(size=pl.col(_NOBODY).n_unique().over(alike))
    kept = sized.filter(pl.col("size") >= SMALLEST_GROUP)
    smallest = kept["size"].min()
    report = Deposit(
        rows=kept.height,
        suppressed=rows.height - kept.height,
        enterprises=kept[_NOBODY].n_unique(),
        groups=kept.select(alike).n_unique(),
        smallest_group=int(smallest) if isinstance(smallest, int) else None,
        k=SMALLEST_GROUP,
        alike=alike,
        measured=numbers,
        removed=tuple(name for name in contract.dtypes if name not in {*alike, *numbers}),
    )
    return kept.drop("size").sample(fraction=1.0, shuffle=True, seed=secrets.randbits(32)), report


def read_archive(lake: Lake, contract: Contract, grant: ReadGrant) -> pl.DataFrame:
    """Everything archived of a feed, for training alone; raises `FieldNotGranted` for any other purpose."""
    grant.require([contract.code])
    if grant.purpose != "training":
        raise FieldNotGranted([f"archive of {contract.code}"], grant.institution, grant.purpose)
    with lake.catalogue.connect() as connection:
        paths = connection.scalars(select(ArchiveFile.path).where(ArchiveFile.feed == contract.code)).all()
    frames = [pl.read_parquet(lake.root / path) for path in paths]
    return pl.concat(frames, how="diagonal") if frames else pl.DataFrame()


def _by_kind(contract: Contract) -> tuple[tuple[str, ...], tuple[str, ...], tuple[str, ...]]:
    """The columns that may stay: closed lists, days, numbers."""
    listed, dates, numbers = [], ["event_date"], []
    for name, column in contract.schema.to_schema().columns.items():
        kind = contract.dtypes[name].base_type()
        if name in COMMON_COLUMNS:
            continue
        if kind == pl.Boolean or (kind == pl.String and any(check.name == "isin" for check in column.checks)):
            listed.append(name)
        elif kind == pl.Date:
            dates.append(name)
        elif kind.is_numeric():
            numbers.append(name)
    return tuple(listed), tuple(dates), tuple(numbers)


def _rounded(number: pl.Expr) -> pl.Expr:
    return number.cast(pl.Float64).round_sig_figs(_DIGITS)


def _strangers(enterprises: pl.Series) -> pl.Series:
    """A random number for each enterprise, drawn anew for every deposit and remembered nowhere."""
    known = enterprises.unique()
    drawn = np.random.default_rng(secrets.randbits(128)).permutation(known.len())
    strangers: Mapping[int, int] = dict(zip(known.to_list(), drawn.tolist(), strict=True))
    return enterprises.replace_strict(strangers, return_dtype=pl.Int64).alias(_NOBODY)
