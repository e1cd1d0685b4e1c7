"""A small made-up directory in the shape of the SBA's files: loans, their applications and how they ended."""

from datetime import date, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl

FIRST_DAY, LAST_DAY = date(1999, 10, 1), date(2005, 9, 30)


def sba_loan(number: int = 1_000_014_003, **changes: Any) -> dict[str, Any]:
    """One row of the source's 27 columns: 50,000 dollars for an existing shop in California, repaid."""
    row = {
        "LoanNr_ChkDgt": number,
        "Name": "EXAMPLE SHOP",
        "City": "LOS ANGELES",
        "State": "CA",
        "Zip": 90015,
        "Bank": "EXAMPLE BANK",
        "BankState": "NC",
        "NAICS": 445_110,
        "ApprovalDate": date(2001, 3, 15),
        "ApprovalFY": 2001,
        "Term": 84,
        "NoEmp": 3,
        "NewExist": 1,
        "CreateJob": 1,
        "RetainedJob": 3,
        "FranchiseCode": 1,
        "UrbanRural": 1,
        "RevLineCr": "N",
        "LowDoc": "N",
        "ChgOffDate": None,
        "DisbursementDate": date(2001, 4, 30),
        "DisbursementGross": 50_000.0,
        "BalanceGross": 0.0,
        "MIS_Status": "P I F",
        "ChgOffPrinGr": 0.0,
        "GrAppv": 50_000.0,
        "SBA_Appv": 25_000.0,
    }
    return row | changes


def charged_off(number: int, on: date, **changes: Any) -> dict[str, Any]:
    """The same loan, charged off on a day."""
    end = {"MIS_Status": "CHGOFF", "ChgOffDate": on, "ChgOffPrinGr": 20_000.0, "Term": 44}
    return sba_loan(number, **end, **changes)


SCHEMA = {
    name: pl.Date if name.endswith("Date") else pl.Int64 if isinstance(cell, int) else pl.Float64
    for name, cell in sba_loan().items()
    if not isinstance(cell, str)
}


def write_loans(folder: Path, name: str, *loans: dict[str, Any]) -> Path:
    """One file of loans; returns the folder."""
    folder.mkdir(parents=True, exist_ok=True)
    pl.DataFrame(list(loans), schema_overrides=SCHEMA, infer_schema_length=None).write_parquet(
        folder / f"{name}.parquet"
    )
    return folder


def write_sba_directory(folder: Path, loans: int = 600, seed: int = 0) -> Path:
    """balanced30k and head22k of made-up loans. New firms, revolving lines and one lender's loans end worse."""
    chance = np.random.default_rng(seed)
    drawn = [_drawn(number, chance) for number in range(loans)]
    weighted = [row | {"SampleWeight": 10.5 if row["MIS_Status"] == "CHGOFF" else 49.3} for row in drawn[::2]]
    write_loans(folder, "balanced30k", *weighted)
    return write_loans(folder, "head22k", *drawn[1::2])


def _drawn(number: int, chance: np.random.Generator) -> dict[str, Any]:
    day = FIRST_DAY + timedelta(days=int(chance.integers((LAST_DAY - FIRST_DAY).days + 1)))
    bank, new, revolving = int(chance.integers(3)), int(chance.integers(1, 3)), str(chance.choice(["Y", "N"]))
    odds = -1.8 + 1.5 * (new == 2) + 1.5 * (revolving == "Y") + 1.2 * (bank == 2)
    bad = chance.random() < 1 / (1 + np.exp(-odds))
    amount = 5_000.0 * int(chance.integers(1, 60))
    told = {
        "ApprovalDate": day,
        "ApprovalFY": (day + timedelta(days=92)).year,
        "Bank": f"BANK {bank}",
        "NewExist": new,
        "RevLineCr": revolving,
        "NoEmp": int(chance.integers(1, 30)),
        "State": str(chance.choice(["CA", "TX"])),
        "GrAppv": amount,
        "SBA_Appv": amount / 2,
        "DisbursementDate": day + timedelta(days=45),
        "DisbursementGross": amount,
    }
    key = 1_000_000_000 + 10_000 * number
    if bad:
        return charged_off(key, day + timedelta(days=int(chance.integers(200, 2_000))), **told)
    return sba_loan(key, **told)
