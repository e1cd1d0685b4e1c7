"""The command `serve`."""

from typing import Annotated

import typer
import uvicorn

from api.app import create_app
from api.deployment import open_deployment
from bureau.settings import Settings

GRACE_SECONDS = 20
"""For requests under way when the server is told to stop."""

serve = typer.Typer(add_completion=False)


@serve.command()
def run(
    host: Annotated[str, typer.Option(help="Address to listen on; 0.0.0.0 for every network.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(help="Port to listen on.", min=1, max=65535)] = 8000,
) -> None:
    """Serve the API and the console until it is stopped."""
    settings = Settings()
    with open_deployment(settings) as deployment:  # before the server, so that a refusal is one sentence
        app = create_app(settings, deployment)
        uvicorn.run(app, host=host, port=port, timeout_graceful_shutdown=GRACE_SECONDS, server_header=False)
