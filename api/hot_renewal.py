"""Hot files brought up to date beside a serving process: what answers read until then is the lake itself."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Thread

from api.deployment import Deployment
from bureau.errors import SourceDown
from features.store.hot_rows import renew_hot_files

_log = logging.getLogger(__name__)


@contextmanager
def renewing(deployment: Deployment) -> Iterator[None]:
    """Renew the hot files while the block runs. Its end waits for those under way: a city's take under a minute."""
    thread = Thread(target=_renew, args=(deployment,), name="hot-files")
    thread.start()
    try:
        yield
    finally:
        thread.join()


def _renew(deployment: Deployment) -> None:
    """Nothing rests on it: a home without records has nothing to renew, and any failure is only told."""
    try:
        lake = deployment.desk().lake
        renew_hot_files(lake, lake.snapshot())
    except SourceDown:
        return
    except Exception:
        _log.exception("The hot files could not be renewed. Answers read the lake instead; close-day tries again.")
