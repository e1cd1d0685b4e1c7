"""Tiny made-up files in the shape of the classic public sets."""

from pathlib import Path

import numpy as np
import polars as pl


def write_german(folder: Path, rows: int = 120, seed: int = 0) -> Path:
    """german_credit: long loans of those without savings go bad more often; two columns of three are real."""
    folder.mkdir(parents=True, exist_ok=True)
    chance = np.random.default_rng(seed)
    months, savings = chance.integers(4, 60, rows), chance.choice(["none", "some", "much"], rows)
    bad = chance.random(rows) < 1 / (1 + np.exp(-(months / 12 - 3 + 1.5 * (savings == "none"))))
    frame = pl.DataFrame(
        {
            "RowId": np.arange(rows),
            "duration_in_month": months,
            "credit_amount": [None if n % 10 == 0 else n for n in chance.integers(500, 9_000, rows).tolist()],
            "savings_account_and_bonds": savings,
            "creditability": np.where(bad, "bad", "good"),
        }
    )
    frame.write_parquet(folder / "german_credit.parquet")
    return folder


def write_taiwan(folder: Path, rows: int = 60) -> Path:
    """uci_credit_card_taiwan: the label is the last column, a number."""
    folder.mkdir(parents=True, exist_ok=True)
    chance = np.random.default_rng(1)
    late = chance.integers(-1, 4, rows)
    told = {"RowId": np.arange(rows), "ID": np.arange(rows), "LIMIT_BAL": 10_000, "PAY_0": late}
    frame = pl.DataFrame({**told, "default.payment.next.month": (late > 1).astype(int)})
    frame.write_parquet(folder / "uci_credit_card_taiwan.parquet")
    return folder
