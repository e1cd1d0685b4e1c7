"""`bureau feeds`, and its `vacuum`: what may leave the lake is for the ledger to say, whose answers rest on it."""

from datetime import timedelta
from typing import Annotated

import typer

from api.database import ledger_transaction
from api.metering.snapshots import answered_snapshots
from bureau.clock import now
from bureau.settings import Settings
from features.lake.cli import feeds
from features.lake.lake import open_lake
from features.lake.vacuum import removable, vacuum

__all__ = ["feeds"]

DISPUTED_DAYS = 400
"""Thirteen months and a few days: as long as an answer may be disputed, it can be given again."""


@feeds.command("vacuum")
def vacuum_files(
    keep_days: Annotated[int, typer.Option(min=1, help="Snapshots replaced within so many days stay readable.")],
    answers_days: Annotated[
        int, typer.Option(min=0, help="Answers given within so many days can still be replayed.")
    ] = DISPUTED_DAYS,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only say what would be removed.")] = False,
) -> None:
    """Give back the disk of files that only older snapshots list, and say first what goes.

    Whatever an answer of the last --answers-days rests on stays. An older answer stays as it was given, but can no
    longer be replayed from files.
    """
    settings, at = Settings(), now()
    lake = open_lake(settings.home, settings.catalogue_url)
    with ledger_transaction(settings.ledger_url) as session:
        needed = answered_snapshots(session, at - timedelta(days=answers_days))
    found = removable(lake, keep_days=keep_days, at=at, needed=needed)
    typer.echo(
        f"{found.files:,} files with {found.rows:,} rows to remove; then snapshots from {found.oldest} on can be read; "
        f"kept for answers: {len(needed):,}"
    )
    if not dry_run:
        done = vacuum(lake, keep_days=keep_days, at=at, needed=needed)
        typer.echo(f"{done.files:,} files with {done.rows:,} rows removed; snapshots from {done.oldest} on can be read")
