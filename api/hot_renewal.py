"""Hot files brought up to date beside a serving process: what answers read until then is the lake itself."""

import logging
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from multiprocessing import get_context
from multiprocessing.process import BaseProcess
from pathlib import Path
from threading import Lock, Thread

from api.deployment import Deployment
from bureau.errors import SourceDown
from features.lake.lake import open_lake
from features.store.hot_rows import renew_hot_files, rows_behind

SOON = 5_000_000
"""Rows whose hot files are made before another process would have started; of more, a server told to stop must not
wait."""
_log = logging.getLogger(__name__)


@contextmanager
def renewing(deployment: Deployment) -> Iterator[None]:
    """Renew the hot files while the block runs; its end waits for no more than `SOON` rows."""
    renewal = _Renewal(deployment)
    thread = Thread(target=renewal.run, name="hot-files")
    thread.start()
    try:
        yield
    finally:
        renewal.stop()
        thread.join()


class _Renewal:
    """One renewal. A city's is a process of its own: killed at any point, it leaves the former set."""

    def __init__(self, deployment: Deployment) -> None:
        self._deployment = deployment
        self._process: BaseProcess | None = None
        self._stopped, self._starting = False, Lock()

    def run(self) -> None:
        """Nothing rests on it: a home without records has nothing to renew, and any failure is only told."""
        try:
            self._renew()
        except SourceDown:
            return
        except Exception:  # whatever it is, a server that answers is worth more than its hot files
            _log.exception("The hot files could not be renewed. Answers read the lake instead; close-day tries again.")

    def stop(self) -> None:
        with self._starting:
            self._stopped = True
            if self._process is not None:
                self._process.kill()

    def _renew(self) -> None:
        lake = self._deployment.desk().lake
        snapshot = lake.snapshot()
        if rows_behind(lake, snapshot) <= SOON:
            renew_hot_files(lake, snapshot)
            return
        settings = self._deployment.settings
        process = get_context("spawn").Process(target=_renew_home, args=(settings.home, settings.catalogue_url))
        with self._starting:
            if self._stopped:
                return
            process.start()
            self._process = process
        process.join()
        if process.exitcode and not self._stopped:
            raise RuntimeError(f"its process ended with {process.exitcode}")


def _renew_home(home: Path, catalogue_url: str) -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # a terminal tells everybody; the server then ends this one
    lake = open_lake(home, catalogue_url)
    renew_hot_files(lake, lake.snapshot())
