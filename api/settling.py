"""What a server will hold for good, loaded before its first caller comes."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager

from api.deployment import Deployment
from bureau.errors import BureauError
from bureau.heap import hold_for_good

_log = logging.getLogger(__name__)


def settle(deployment: Deployment) -> None:
    """Read the models in service, and hold all there is by then for good.

    For a process that serves this home and does nothing else. What cannot be read is told to whoever asks for it.
    """
    with _passing_over("The home"):
        desk = deployment.desk()
        for name in sorted(set(desk.serving.values())):
            with _passing_over(f"The model {name!r}"):
                desk.shelf.model(name)
    hold_for_good()


@contextmanager
def _passing_over(what: str) -> Iterator[None]:
    """Let the server start without what cannot be read: one model that is damaged fails its own products alone."""
    try:
        yield
    except BureauError:
        return
    except Exception:  # whatever it is, the other models are served: whoever operates the server reads of it
        _log.exception("%s cannot be read. The server starts without, and whoever asks for it is told.", what)
