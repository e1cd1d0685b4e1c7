"""What a server will hold for good, loaded before its first caller comes."""

from contextlib import suppress

from api.deployment import Deployment
from bureau.errors import BureauError
from bureau.heap import hold_for_good


def settle(deployment: Deployment) -> None:
    """Read the models in service, and hold all there is by then for good.

    For a process that serves this home and does nothing else. What cannot be read is told to whoever asks for it.
    """
    with suppress(BureauError):
        desk = deployment.desk()
        for name in sorted(set(desk.serving.values())):
            with suppress(BureauError):
                desk.shelf.model(name)
    hold_for_good()
