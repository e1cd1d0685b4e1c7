"""`bureau db`: bring the databases to the newest migration, or say how far they are."""

from datetime import datetime
from pathlib import Path
from typing import Annotated, NamedTuple

import typer

from api import database
from api.retention import purge
from bureau.clock import now
from bureau.db import newest_revision, open_engine, upgrade
from bureau.errors import StateConflict
from bureau.listing import Format, FormatOption, print_rows
from bureau.settings import Settings
from features.lake import lake

db = typer.Typer(no_args_is_help=True, add_completion=False)


class Database(NamedTuple):
    """One of the platform's databases; on PostgreSQL the two share an address and keep two version tables."""

    name: str
    url: str
    migrations: Path
    version_table: str


@db.command("upgrade")
def upgrade_all() -> None:
    """Bring every database to the newest migration. Doing it twice changes nothing."""
    for each in _databases(Settings()):
        engine = open_engine(each.url)
        upgrade(engine, each.migrations, version_table=each.version_table)
        engine.dispose()
        typer.echo(f"{each.name}: at {newest_revision(each.migrations)}")


@db.command()
def check(form: FormatOption = Format.TABLE) -> None:
    """Say which migration every database is at; exit code 2 when one is behind."""
    rows = [
        {
            "database": each.name,
            "at": database.present_revision(open_engine(each.url), each.version_table),
            "newest": newest_revision(each.migrations),
        }
        for each in _databases(Settings())
    ]
    print_rows(rows, ["database", "at", "newest"], form)
    if behind := [str(row["database"]) for row in rows if row["at"] != row["newest"]]:
        raise StateConflict(f"Not at the newest migration: {', '.join(behind)}. Run: bureau db upgrade")


@db.command("purge")
def purge_old(
    before: Annotated[datetime, typer.Option(help="What ended before this day goes.", formats=["%Y-%m-%d"])],
) -> None:
    """Delete consents and notices that ended five years ago or earlier; calls and their evidence always stay."""
    with database.ledger_transaction(Settings().ledger_url) as session:
        gone = purge(session, before.date(), now())
    typer.echo(f"{gone.consents:,} consents and {gone.notices:,} notices deleted")


def _databases(settings: Settings) -> tuple[Database, ...]:
    return (
        Database("catalogue", settings.catalogue_url, lake.MIGRATIONS, lake.VERSION_TABLE),
        Database("ledger", settings.ledger_url, database.MIGRATIONS, database.VERSION_TABLE),
    )
