"""What a process keeps in memory of a lake's records: forgotten once it hears that records were erased.

Another process may have erased them: every question for the newest snapshot also asks for the last erasure.
"""

from collections.abc import Callable, Hashable
from dataclasses import dataclass, field
from functools import lru_cache, wraps
from typing import TypeVar, TypeVarTuple
from weakref import WeakKeyDictionary

Given = TypeVarTuple("Given")
Answer = TypeVar("Answer")


@dataclass
class _Memory:
    """times: how often it was emptied, a part of every key. clearing: how. heard: what was last said of each lake."""

    times: int = 0
    clearing: list[Callable[[], None]] = field(default_factory=list)
    heard: WeakKeyDictionary[Hashable, Hashable] = field(default_factory=WeakKeyDictionary)


_memory = _Memory()


def until_erasure(maxsize: int) -> Callable[[Callable[[*Given], Answer]], Callable[[*Given], Answer]]:
    """Remember the newest `maxsize` answers of a function until records are erased.

    An answer begun before an erasure and ended after it is found by nobody: its key is of the time before.
    """

    def remember(function: Callable[[*Given], Answer]) -> Callable[[*Given], Answer]:
        @lru_cache(maxsize=maxsize)
        def kept(_times: int, *given: *Given) -> Answer:
            return function(*given)

        forget_also(kept.cache_clear)

        @wraps(function)
        def answer(*given: *Given) -> Answer:
            return kept(_memory.times, *given)

        return answer

    return remember


def forget_also(clear: Callable[[], None]) -> None:
    """Name what else is to be emptied when records were erased."""
    _memory.clearing.append(clear)


def times_forgotten() -> int:
    """Differs before and after an erasure: for keys of what `forget_also` cannot reach, such as another thread's."""
    return _memory.times


def forget() -> None:
    """Drop all that is kept."""
    _memory.times += 1
    for clear in _memory.clearing:
        clear()


def hear(lake: Hashable, erasures: Hashable) -> None:
    """Forget where the erasures of a lake are others than when it was last asked."""
    if _memory.heard.setdefault(lake, erasures) != erasures:
        _memory.heard[lake] = erasures
        forget()
