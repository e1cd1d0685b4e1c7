"""Single made-up invoices as a file of the contest prints them, valid unless a test says otherwise."""

from datetime import date
from pathlib import Path
from typing import Any

import polars as pl

PARTNER = {"out": "购方单位代号", "in": "销方单位代号"}


def invoice(number: int | str = 1, **changes: Any) -> dict[str, Any]:
    """One invoice over 100 yuan and 13 yuan of tax, issued to B1 on 15 May 2019."""
    return {
        "firm": "E1",
        "number": str(number),
        "on": date(2019, 5, 15),
        "partner": "B1",
        "amount": 100.0,
        "tax": 13.0,
        "state": "有效发票",
        **changes,
    }


def write_invoices(folder: Path, side: str, *invoices: dict[str, Any], group: str = "a1") -> Path:
    """Write one invoice file of a directory and return the directory."""
    folder.mkdir(parents=True, exist_ok=True)
    rows = [
        {
            "企业代号": row["firm"],
            "发票号码": row["number"],
            "开票日期": row["on"],
            PARTNER[side]: row["partner"],
            "金额": row["amount"],
            "税额": row["tax"],
            "价税合计": (row["amount"] or 0) + (row["tax"] or 0),
            "发票状态": row["state"],
        }
        for row in invoices
    ]
    pl.DataFrame(rows).write_parquet(folder / f"{group}_invoices_{side}.parquet")
    return folder


def write_enterprises(folder: Path, *enterprises: dict[str, Any], group: str = "a1") -> Path:
    """Write one enterprise file of a directory and return the directory."""
    folder.mkdir(parents=True, exist_ok=True)
    pl.DataFrame(list(enterprises)).write_parquet(folder / f"{group}_enterprises.parquet")
    return folder


def enterprise(firm: str = "E1", **changes: Any) -> dict[str, Any]:
    """One firm with a verdict: rated A, not in default."""
    return {"企业代号": firm, "企业名称": f"***示例{firm}有限公司", "信誉评级": "A", "是否违约": "否", **changes}
