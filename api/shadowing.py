"""Shadows beside live calls: after an answer has left, on a thread of their own, and never in its way."""

import logging
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from queue import Empty, SimpleQueue
from threading import Thread

from bureau.grant import ReadGrant
from models.shadow import ShadowAnswer, store
from products.desk import Desk
from products.product import Product
from products.reports.answer import Answer
from products.shadowing import shadow_answer

WAITING = 1_000
"""Answers that may wait for their shadow; of more, the newest go without."""
GATHERED = 100
"""Lines written at once."""
_GATHERING_SECONDS = 0.02
_log = logging.getLogger("bureau.api")


@dataclass(frozen=True)
class Given:
    """An answer that has been given."""

    call_id: str
    product: Product
    answer: Answer
    grant: ReadGrant
    at: datetime


class Shadowing:
    """Asks the shadow about given answers. Whatever goes wrong here is logged and reaches no caller."""

    def __init__(self, desk: Callable[[], Desk]) -> None:
        self._desk = desk
        self._waiting: SimpleQueue[Given | None] = SimpleQueue()
        self._thread = Thread(target=self._run, name="shadow", daemon=True)
        self.missed = 0

    def start(self) -> None:
        self._thread.start()

    def close(self) -> None:
        """Answer what waits, and end."""
        self._waiting.put(None)
        self._thread.join()

    def offer(self, given: Given) -> None:
        """Leave an answer for the shadow; takes a microsecond and never fails. Called by one thread."""
        if given.answer.model_name is None:
            return
        if self._waiting.qsize() < WAITING:
            self._waiting.put(given)
        else:
            self.missed += 1

    def _run(self) -> None:
        ended = False
        while not ended:
            first = self._waiting.get()
            time.sleep(_GATHERING_SECONDS)  # being woken by each answer would cost the answers more than their shadows
            gathered = [first]
            with suppress(Empty):
                while len(gathered) < GATHERED:
                    gathered.append(self._waiting.get_nowait())
            ended = None in gathered
            self._answer([given for given in gathered if given is not None])

    def _answer(self, gathered: list[Given]) -> None:
        said: dict[str, list[ShadowAnswer]] = {}
        for given in gathered:
            try:
                desk = self._desk()
                found = shadow_answer(desk, given.product, given.answer, given.grant, given.call_id, given.at)
                if found is not None:
                    said.setdefault(str(given.answer.model_name), []).append(found)
            except Exception:  # a shadow is worth no answer, and no thread
                _log.exception("The shadow of call %s failed. The answer given stands.", given.call_id)
        for name, answers in said.items():
            try:
                store(self._desk().home, name, answers)
            except Exception:  # the thread must outlive a full disk: the next answers may be stored again
                _log.exception("%d answers of the shadow of %s could not be stored.", len(answers), name)
