"""Rows of a feed as nobody's: each shares all it says with rows of at least `SMALLEST_GROUP` enterprises.

No code, name, record number or free text is kept: only closed lists, days as quarters, and numbers. Rows alike in
lists and quarters are a part; a part is divided at the median of a number as long as both sides keep enough
enterprises; what every row then says of a number is the middle of its part, to two digits. Rows of a part that is too
small from the start do not live on. Nothing tells which rows were of one enterprise.
"""

import secrets
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
import polars as pl

from features.contracts.contract import COMMON_COLUMNS, Contract

SMALLEST_GROUP = 10
"""Enterprises that must share a row's lists, quarters and numbers."""
_DIGITS = 2
_OWNER, _PART, _NOBODY = "enterprise_id", "part", "nobody"


@dataclass(frozen=True)
class Anonymity:
    """What was done to the rows. smallest_group: enterprises in the smallest group kept; None where none was.

    alike: the columns all of which the rows of a group share. measured: those of them whose values are the middle of
    a part. removed: the columns left out.
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


def de_identify(contract: Contract, rows: pl.DataFrame) -> tuple[pl.DataFrame, Anonymity]:
    """Rows as nobody's in an order of chance, and the report of what was done.

    `nobody` is drawn anew for every row: it names the row, and chains none to another.
    """
    listed, dates, numbers = _by_kind(contract)
    exact, alike = (*listed, *dates), (*listed, *dates, *numbers)
    coarse = rows.select(
        _OWNER,
        *listed,
        *(pl.col(name).dt.truncate("1q") for name in dates),
        *(pl.col(name).cast(pl.Float64).fill_nan(None) for name in numbers),
    )
    large = coarse.filter(pl.col(_OWNER).n_unique().over(exact) >= SMALLEST_GROUP)
    parts = _divided(large.sort(exact).with_columns(pl.struct(exact).rle_id().alias(_PART)), numbers)
    kept = parts.with_columns(_middle(name).over(_PART).alias(name) for name in numbers)
    groups = kept.group_by(alike).agg(pl.col(_OWNER).n_unique())
    smallest = groups[_OWNER].min()
    report = Anonymity(
        rows=kept.height,
        suppressed=rows.height - kept.height,
        enterprises=kept[_OWNER].n_unique(),
        groups=groups.height,
        smallest_group=int(smallest) if isinstance(smallest, int) else None,
        k=SMALLEST_GROUP,
        alike=alike,
        measured=numbers,
        removed=tuple(name for name in contract.dtypes if name not in alike),
    )
    return _shuffled(kept.select(alike)), report


def _divided(rows: pl.DataFrame, numbers: Sequence[str]) -> pl.DataFrame:
    """Rows with their `part`, divided by every number in turn until none divides a part any more."""
    divided = True
    while divided:
        divided = False
        for name in numbers:
            value = pl.col(name).fill_null(-np.inf)
            rows = rows.with_columns(above=value > value.median().over(_PART))
            sides = rows.group_by(_PART, "above").agg(owners=pl.col(_OWNER).n_unique())
            both = sides.group_by(_PART).agg(pl.len(), pl.col("owners").min())
            split = both.filter((pl.col("len") == 2) & (pl.col("owners") >= SMALLEST_GROUP))[_PART]
            if not split.is_empty():
                apart = pl.col("above") & pl.col(_PART).is_in(split.implode())
                rows = rows.with_columns((pl.col(_PART) * 2 + apart).rank("dense").alias(_PART))
                divided = True
    return rows


def _middle(name: str) -> pl.Expr:
    """Of a number in a part; null where most of its rows state none."""
    stated = pl.col(name).count() * 2 >= pl.len()
    return pl.when(stated).then(pl.col(name).median().round_sig_figs(_DIGITS))


def _shuffled(rows: pl.DataFrame) -> pl.DataFrame:
    chance = np.random.default_rng(secrets.randbits(128))
    numbered = rows.with_columns(pl.Series(_NOBODY, chance.permutation(rows.height), dtype=pl.Int64))
    return numbered[chance.permutation(rows.height)]


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
