"""The command `worker`."""

import signal
from threading import Event

import typer

from api.database import open_ledger_database
from api.jobs.running import working
from api.jobs.works import WORKS, Workplace
from api.operating.logs import log_as_json
from api.signing import open_signer
from api.vault import home_vault
from bureau.settings import Settings

worker = typer.Typer(add_completion=False)


@worker.command()
def run() -> None:
    """Do the recurring works until it is stopped: webhooks, sealing, statements, audits, deleting what is too old."""
    settings = Settings()
    ended = Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: ended.set())
    engine = open_ledger_database(settings.ledger_url)
    place = Workplace(engine, open_signer(settings.home, "answers"), home_vault(settings), settings.webhooks_local)
    log_as_json()
    with working(place):
        typer.echo(f"working on {', '.join(WORKS)}")
        ended.wait()
    engine.dispose()
    typer.echo("stopped")
