"""The last day of a city, held back from its load and delivered again as the deliveries of that day."""

from datetime import date
from pathlib import Path

import polars as pl

from bureau.clock import known_before, now
from features.contracts.feeds import find_feed
from features.lake.delivery import RECEIVED_AT, drop_delivery, read_delivery, write_delivery


def hold_back(path: Path, last_day: date, folder: Path) -> tuple[Path, int]:
    """A delivery without the rows received on the last day, which wait in `folder`; the path, and how many wait.

    Done again it gives the same files, so that a killed load goes on.
    """
    begins = known_before(date.fromordinal(last_day.toordinal() - 1))
    stamped = pl.scan_parquet(path)
    if RECEIVED_AT not in stamped.collect_schema():
        return path, 0
    if not stamped.select((pl.col(RECEIVED_AT) >= begins).any()).collect().item():
        return path, 0
    delivery = read_delivery(path)
    frame = delivery.frame
    late = frame.filter(pl.col(RECEIVED_AT) >= begins)
    if late.is_empty() or late.height == frame.height:
        return path, 0
    folder.mkdir(parents=True, exist_ok=True)
    late.drop(RECEIVED_AT).write_parquet(folder / path.name)
    said = delivery.sidecar
    drop_delivery(path)
    kept = write_delivery(
        frame.filter(pl.col(RECEIVED_AT) < begins),
        feed=said.feed,
        batch_id=said.batch_id,
        publisher=said.publisher,
        produced_at=said.produced_at,
        folder=path.parent,
        history=True,
    )
    return kept, late.height


def deliver_held(folder: Path, inbox: Path) -> int:
    """Put what was held back into the inbox, one delivery a feed; returns its rows."""
    inbox.mkdir(parents=True, exist_ok=True)
    rows = 0
    for code in sorted({path.name.split("-")[0] for path in folder.glob("*.parquet")}):
        frame = pl.read_parquet(folder / f"{code}-*.parquet")
        rows += frame.height
        write_delivery(
            frame,
            feed=code,
            batch_id="held",
            publisher=find_feed(code).department,
            produced_at=now(),
            folder=inbox,
            history=False,
        )
    return rows
