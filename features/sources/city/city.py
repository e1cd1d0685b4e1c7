"""The synthetic city as a source: its deliveries as they are written, shard by shard, and the truth beside them."""

import os
import time
from collections.abc import Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path
from threading import Thread

from bureau.errors import InvalidInput
from features.sources.city.drawing import SHARD, City, ShardWritten, clear, gather, plan_city, write_shard
from features.sources.city.manifest import claim_folder
from features.sources.city.parameters import Parameters, load_parameters
from features.sources.source import Pace, SourceWritten

DEFAULT_SEED = 2023
_AHEAD = 1
"""Shards drawn beyond those being landed, for each worker: the disk never holds more of a city that is not kept."""

_WATCH_SECONDS = 0.5


def write_deliveries(
    folder: Path,
    *,
    enterprises: int,
    seed: int = DEFAULT_SEED,
    parameters: Parameters | None = None,
    workers: int = 1,
    shard_size: int = SHARD,
    landed: frozenset[str] | None = None,
) -> SourceWritten:
    """The deliveries of a city, written as they are asked for; under `truth/` what is really so.

    The same arguments, the same content, however many workers draw it.
    landed: the deliveries, as FEED-BATCH, that need not be written again: a load that was cut off goes on. None: all
        are written anew, whatever lies there.
    Raises `InvalidInput` for an impossible number of enterprises or seed, `SourceConflict` where the folder holds
    another city, before anything is written.
    """
    if enterprises < 1 or seed < 0:
        raise InvalidInput("A city needs at least one enterprise, and a seed that is not negative.")
    parameters = parameters or load_parameters()
    claim_folder(folder, enterprises=enterprises, seed=seed, parameters=parameters)
    city = plan_city(
        folder, enterprises=enterprises, seed=seed, parameters=parameters, shard_size=shard_size, landed=landed
    )
    pace = Pace()
    paths = _written_here(city, pace) if city.shards == 1 else _written_beside(city, workers, pace)
    return SourceWritten(paths, parameters.calendar.last, len(city.consignments), pace)


def _written_here(city: City, pace: Pace) -> Iterator[Path]:
    """A city of one shard is drawn sooner than a process is started."""
    if city.consignments:
        written = write_shard(city, 0)
        pace.add(written.rows, written.seconds)
    yield from map(city.path, city.consignments)


def _written_beside(city: City, workers: int, pace: Pace) -> Iterator[Path]:
    """Other processes draw while the caller lands; a few shards ahead, never more."""
    context = get_context("spawn")
    with ProcessPoolExecutor(workers, context, initializer=_end_with, initargs=(os.getpid(),)) as pool:
        drawn: dict[int, Future[ShardWritten]] = {}
        try:
            for number in range(city.shards):
                for ahead in range(number, min(number + workers + _AHEAD, city.shards)):
                    if ahead not in drawn and not city.is_drawn(ahead):
                        drawn[ahead] = pool.submit(write_shard, city, ahead)
                if number in drawn:
                    written = drawn.pop(number).result()
                    pace.add(written.rows, written.seconds)
                complete = [one for one in city.consignments if one.last == number]
                yield from (city.path(one) for one in complete if one.single)
                for gathered in [pool.submit(gather, city, one) for one in complete if not one.single]:
                    yield gathered.result()
            clear(city)
        finally:
            pool.shutdown(cancel_futures=True)


def _end_with(caller: int) -> None:
    """In a process that draws: end when the caller was killed, who would have said that there is no more to do."""

    def watch() -> None:
        while os.getppid() == caller:
            time.sleep(_WATCH_SECONDS)
        os._exit(1)

    Thread(target=watch, daemon=True).start()
