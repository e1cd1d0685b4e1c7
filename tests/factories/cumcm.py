"""A small made-up directory in the shape of the contest's files: firms, invoices and a bank's verdicts."""

from collections.abc import Collection
from datetime import date
from pathlib import Path

import numpy as np
import polars as pl

FIRST_DAY, LAST_DAY = date(2017, 7, 1), date(2020, 2, 21)
MONTHS = 32
LABELLED, UNLABELLED = "a1", "a2"


def write_cumcm_directory(folder: Path, firms: int = 60, seed: int = 0, files: Collection[str] | None = None) -> Path:
    """Write Parquet files (all six, or those named in `files`, such as "a1_enterprises") and return the folder.

    `firms` labelled firms E1.. and a sixth as many, at least one, without a label. A quarter of the labelled
    defaulted: those with the least sales, but for some noise, so that a model learns from the invoices. The files
    carry the real ones' dirt: exact duplicates, red-letter and void invoices, a stray blank in ' 作废发票'.
    """
    folder.mkdir(parents=True, exist_ok=True)
    chance = np.random.default_rng(seed)
    strength = chance.normal(size=firms + max(1, firms // 6))
    keys = np.array([f"E{number}" for number in range(1, len(strength) + 1)])
    for group, part in ((LABELLED, slice(firms)), (UNLABELLED, slice(firms, None))):
        frames = {
            f"{group}_enterprises": _enterprises(keys[part], strength[part], chance, labelled=group == LABELLED),
            f"{group}_invoices_in": _invoices(keys[part], strength[part] / 2, chance, "销方单位代号"),
            f"{group}_invoices_out": _invoices(keys[part], strength[part], chance, "购方单位代号"),
        }
        for name, frame in frames.items():
            if files is None or name in files:
                frame.write_parquet(folder / f"{name}.parquet")
    return folder


def _enterprises(
    keys: np.ndarray, strength: np.ndarray, chance: np.random.Generator, *, labelled: bool
) -> pl.DataFrame:
    named = pl.DataFrame({"企业代号": keys, "企业名称": [f"***示例{key}有限公司" for key in keys]})
    if not labelled:
        return named.with_columns(pl.format("个体经营{}", "企业代号").alias("企业名称"))
    order = np.argsort(np.argsort(strength + chance.normal(scale=0.6, size=len(keys))))
    share = order / len(keys)
    return named.with_columns(
        pl.Series("信誉评级", np.select([share < 0.2, share < 0.5, share < 0.75], ["D", "C", "B"], "A")),
        pl.Series("是否违约", np.where(share < 0.25, "是", "否")),
    )


def _invoices(keys: np.ndarray, strength: np.ndarray, chance: np.random.Generator, partner: str) -> pl.DataFrame:
    """About four invoices a firm and month; stronger firms issue more, and larger ones."""
    counts = chance.poisson(4 * np.exp(0.4 * strength) * MONTHS)
    firm = np.repeat(np.arange(len(keys)), counts)
    rows = len(firm)
    yuan = np.round(np.exp(chance.normal(9 + 0.6 * strength[firm], 1.0)), 2)
    yuan = np.where(chance.random(rows) < 0.03, -yuan, yuan)
    tax = np.round(yuan * chance.choice([0.03, 0.06, 0.13], size=rows), 2)
    days = chance.integers(0, (LAST_DAY - FIRST_DAY).days + 1, size=rows)
    states = chance.choice(["有效发票", "作废发票", " 作废发票"], p=[0.93, 0.06, 0.01], size=rows)
    frame = (
        pl.DataFrame(
            {
                "企业代号": keys[firm],
                "发票号码": chance.integers(1_000, 99_999_999, size=rows).astype(str),
                "开票日期": pl.Series(days).cast(pl.Int32) + (FIRST_DAY - date(1970, 1, 1)).days,
                partner: [f"P{number:05d}" for number in firm * 12 + chance.geometric(0.3, size=rows).clip(max=12)],
                "金额": yuan,
                "税额": tax,
                "价税合计": np.round(yuan + tax, 2),
                "发票状态": states,
            }
        )
        .with_columns(pl.col("开票日期").cast(pl.Date))
        .sort("企业代号", "开票日期", maintain_order=True)
    )
    return pl.concat([frame, frame.head(rows // 50)])
