"""The command `serve`."""

import signal
from typing import Annotated

import typer
import uvicorn

from api.app import create_app
from api.deployment import open_deployment
from api.operating.logs import log_as_json
from api.operating.traces import tracing
from bureau.settings import Settings

GRACE_SECONDS = 20
"""For requests under way when the server is told to stop."""


def _end(*_: object) -> None:
    """Whoever is told to stop closes what it holds; uvicorn hands the signal back once the last request is answered."""
    raise SystemExit(0)


serve = typer.Typer(add_completion=False)


@serve.command()
def run(
    host: Annotated[str, typer.Option(help="Address to listen on; 0.0.0.0 for every network.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(help="Port to listen on.", min=1, max=65535)] = 8000,
) -> None:
    """Serve the API and the console until it is stopped."""
    settings = Settings()
    signal.signal(signal.SIGTERM, _end)
    with open_deployment(settings) as deployment, tracing():  # before the server, so that a refusal is one sentence
        log_as_json()
        uvicorn.run(
            create_app(settings, deployment, for_good=True),
            host=host,
            port=port,
            timeout_graceful_shutdown=GRACE_SECONDS,
            server_header=False,
            log_config=None,
            access_log=False,  # it would name the enterprises in paths; `api.operating.observing` names routes
        )
