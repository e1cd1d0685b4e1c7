"""The command `serve`."""

from typing import Annotated

import typer
import uvicorn

from api.app import create_app
from bureau.settings import Settings

serve = typer.Typer(add_completion=False)


@serve.command()
def run(
    host: Annotated[str, typer.Option(help="Address to listen on; 0.0.0.0 for every network.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(help="Port to listen on.", min=1, max=65535)] = 8000,
) -> None:
    """Serve the API and the console until it is stopped."""
    uvicorn.run(create_app(Settings()), host=host, port=port, timeout_graceful_shutdown=20, server_header=False)
