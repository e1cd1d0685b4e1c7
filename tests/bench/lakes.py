"""Lakes to measure on: a city of some size loaded through `source load`, compacted, and removed afterwards.

`python -m tests.bench.lakes NAME OPTIONS` does one of these works in the home and prints a line of JSON.
"""

import json
import os
import shutil
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from bureau.clock import now
from bureau.heap import give_back
from bureau.settings import Settings
from features.contracts.feeds import FEEDS
from features.lake.compaction import compact
from features.lake.delivery import Delivery, drop_delivery, read_delivery
from features.lake.judging import judged_ahead
from features.lake.lake import Lake, open_lake, suit_buckets
from features.lake.landing import land_judged, settle_links
from features.lake.status import feed_statuses
from features.lake.vacuum import vacuum
from features.sources.loading import SOURCES, SourceOptions, deliveries_folder, load_source
from features.sources.source import claim_source
from tests.bench.held_day import hold_back
from tests.bench.machine import anonymous_kib

MIX = "sample: {mix_of: 4_000_000}\n"
"""A small city with the enterprises of the reference city, so that an enterprise has as many records at every size."""

Facts = dict[str, Any]


def load(enterprises: int, *, hold: bool = False) -> Facts:
    """Draw, write and land a city. Killed and begun again, what landed stays.

    hold: the rows of the last day wait in `held` under the home.
    """
    home = Settings().home
    home.mkdir(parents=True, exist_ok=True)
    mix = home / "mix.yaml"
    mix.write_text(MIX, "utf-8")
    options = SourceOptions(enterprises=enterprises, parameters=mix, keep=False)
    begun = time.perf_counter()
    if hold:
        _land_holding(_lake(), home, options, _timed())
    else:
        load_source(_lake(), home, "city", options, at=now(), tell=_timed())
    return _took(begun) | {"enterprises": enterprises}


def compacted() -> Facts:
    """Compact every feed. rows, bytes: of the lake afterwards."""
    lake, begun = _lake(), time.perf_counter()
    for number, contract in enumerate(FEEDS, start=1):
        compact(lake, contract.code, at=now())
        vacuum(lake, keep_days=0, at=now())  # the disk never holds two of more than one feed
        held = anonymous_kib(os.getpid()) / 2**10
        tell(f"compacted {number} of {len(FEEDS)} feeds ({held:,.0f} MiB)")
    rows = sum(status.rows for status in feed_statuses(lake, Settings().feature_day))
    return _took(begun) | {"rows": rows, "bytes": size_of(lake.root)}


def _lake() -> Lake:
    settings = Settings()
    return open_lake(settings.home, settings.catalogue_url)


def _took(begun: float) -> Facts:
    return {"seconds": time.perf_counter() - begun, "cpu": time.process_time()}


def _land_holding(lake: Lake, home: Path, options: SourceOptions, hear: Callable[[str, float], None]) -> None:
    """What `bureau source load city` does, with the last day's rows held back on the way."""
    suit_buckets(lake, options.enterprises)
    written = SOURCES["city"].write(deliveries_folder(home, "city"), lake, options)
    claim_source(home, "city", written.last_day)

    def read(path: Path) -> Delivery:
        return read_delivery(hold_back(path, written.last_day, home / "held")[0])

    for number, judging in enumerate(judged_ahead(written.paths, read, now()), start=1):
        land_judged(lake, judging, links=False)
        path = judging.delivery.path
        drop_delivery(path)
        give_back()
        hear(f"{path.name} landed", number / written.count)
    settle_links(lake, at=now())
    hear("links settled", 1.0)


def size_of(folder: Path) -> int:
    """Bytes of all files under a folder."""
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())


def remove(home: Path) -> None:
    """Remove a home with everything in it."""
    shutil.rmtree(home, ignore_errors=True)


def tell(line: str) -> None:
    """A line of progress."""
    print(f"{time.strftime('%H:%M:%S')} {line}", file=sys.stderr, flush=True)


def _timed() -> Callable[[str, float], None]:
    begun = time.perf_counter()

    def hear(line: str, done: float) -> None:
        left = (time.perf_counter() - begun) * (1 - done) / max(done, 1e-6)
        tell(f"{line} ({done:.0%}, {left:,.0f} s left, {anonymous_kib(os.getpid()) / 2**10:,.0f} MiB)")

    return hear


WORKS: dict[str, Callable[..., Facts]] = {"load": load, "compact": compacted}

if __name__ == "__main__":
    print(json.dumps(WORKS[sys.argv[1]](**json.loads(sys.argv[2]))))
