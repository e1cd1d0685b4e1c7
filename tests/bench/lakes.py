"""Lakes to measure on: a city of some size loaded through `source load`, compacted, and removed afterwards."""

import shutil
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from bureau.clock import now
from bureau.settings import Settings
from features.contracts.feeds import FEEDS
from features.lake.compaction import compact
from features.lake.delivery import Delivery, drop_delivery, read_delivery
from features.lake.judging import judged_ahead
from features.lake.lake import LARGE, MANY_BUCKETS, Lake, choose_buckets, open_lake
from features.lake.landing import land_judged, settle_links
from features.lake.status import feed_statuses
from features.lake.vacuum import vacuum
from features.sources.loading import SOURCES, SourceOptions, deliveries_folder, load_source
from features.sources.source import claim_source
from tests.bench.held_day import hold_back

MIX = "sample: {mix_of: 4_000_000}\n"
"""A small city with the enterprises of the reference city, so that an enterprise has as many records at every size."""

Tell = Callable[[str], None]


@dataclass(frozen=True)
class Loaded:
    """rows: in the lake. load_seconds: drawing, writing and landing. bytes: of the lake after compaction."""

    home: Path
    enterprises: int
    rows: int
    load_seconds: float
    compact_seconds: float
    bytes: int


def lake_of(home: Path) -> Lake:
    """The lake of a home that is a folder of its own."""
    settings = Settings(home=home)
    return open_lake(settings.home, settings.catalogue_url)


def load_city(home: Path, enterprises: int, tell: Tell, *, hold: bool = False) -> Loaded:
    """Load and compact a city. tell: hears of progress with the time that remains.

    hold: the rows of the last day wait in `held` under the home. Killed and begun again, what landed stays.
    """
    home.mkdir(parents=True, exist_ok=True)
    mix = home / "mix.yaml"
    mix.write_text(MIX, "utf-8")
    lake = lake_of(home)
    begun = time.perf_counter()
    options = SourceOptions(enterprises=enterprises, parameters=mix, keep=False)
    if hold:
        _land_holding(lake, home, options, _timed(tell))
    else:
        load_source(lake, home, "city", options, at=now(), tell=_timed(tell))
    loaded = time.perf_counter() - begun
    begun = time.perf_counter()
    for number, contract in enumerate(FEEDS, start=1):
        compact(lake, contract.code, at=now())
        vacuum(lake, keep_days=0, at=now())  # the disk never holds two of more than one feed
        tell(f"compacted {number} of {len(FEEDS)} feeds")
    compacted = time.perf_counter() - begun
    rows = sum(status.rows for status in feed_statuses(lake))
    return Loaded(home, enterprises, rows, loaded, compacted, size_of(lake.root))


def _land_holding(lake: Lake, home: Path, options: SourceOptions, tell: Callable[[str, float], None]) -> None:
    """What `bureau source load city` does, with the last day's rows held back on the way."""
    if (options.enterprises or 0) >= LARGE:
        choose_buckets(lake, MANY_BUCKETS)
    written = SOURCES["city"].write(deliveries_folder(home, "city"), lake, options)
    claim_source(home, "city", written.last_day)

    def read(path: Path) -> Delivery:
        return read_delivery(hold_back(path, written.last_day, home / "held")[0])

    for number, judging in enumerate(judged_ahead(written.paths, read, now()), start=1):
        land_judged(lake, judging, links=False)
        path = judging.delivery.path
        drop_delivery(path)
        tell(f"{path.name} landed", number / written.count)
    settle_links(lake, at=now())


def size_of(folder: Path) -> int:
    """Bytes of all files under a folder."""
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())


def remove(home: Path) -> None:
    """Remove a home with everything in it."""
    shutil.rmtree(home, ignore_errors=True)


def _timed(tell: Tell) -> Callable[[str, float], None]:
    begun = time.perf_counter()

    def hear(line: str, done: float) -> None:
        left = (time.perf_counter() - begun) * (1 - done) / max(done, 1e-6)
        tell(f"{line} ({done:.0%}, {left:,.0f} s left)")

    return hear
