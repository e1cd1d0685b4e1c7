"""Load a source into a home: its deliveries are written, the home is claimed for it, and each delivery lands."""

import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path

from bureau.errors import InvalidInput, UnknownName
from bureau.heap import give_back
from features.lake.delivery import drop_delivery, read_delivery
from features.lake.judging import judged_ahead
from features.lake.lake import Lake, suit_buckets
from features.lake.landing import Landed, land_judged, settle_links
from features.lake.status import landed_deliveries
from features.sources.city import city
from features.sources.city.checks import check_city
from features.sources.city.parameters import load_parameters
from features.sources.cumcm import deliveries as cumcm
from features.sources.cumcm.checks import check_records
from features.sources.sba import deliveries as sba
from features.sources.sba.checks import check_records as check_loans
from features.sources.source import Check, Pace, SourceWritten, claim_source, read_source, require_source

DEMO_CITY = 2_000
"""Enterprises of a city nobody gave a size."""

KEPT_UP_TO = 200_000
"""Enterprises of a city whose deliveries stay after they landed, unless said otherwise; checks read them."""

Tell = Callable[[str, float], None]
"""Hears a line of progress, and the share of the deliveries that have landed."""


@dataclass(frozen=True)
class SourceOptions:
    """What a user may ask of a source; None leaves it to the source. A source refuses what it cannot use.

    data: directory of a source's files. enterprises, seed, parameters: of a generated source.
    keep: whether deliveries stay on disk after they landed; those of a large city do not unless asked for.
    """

    data: Path | None = None
    enterprises: int | None = None
    seed: int | None = None
    parameters: Path | None = None
    keep: bool | None = None

    @property
    def keeps(self) -> bool:
        return (self.enterprises or 0) <= KEPT_UP_TO if self.keep is None else self.keep


@dataclass(frozen=True)
class FeedLoad:
    """What became of one feed's rows: landed + quarantined + unchanged = rows."""

    feed: str
    rows: int
    landed: int
    quarantined: int
    unchanged: int


@dataclass(frozen=True)
class LoadReport:
    """One load of a source, its feeds in the order they landed; snapshot: the lake's newest afterwards.

    pace: of generating alone, where the source generates.
    """

    source: str
    last_day: date
    feeds: tuple[FeedLoad, ...]
    snapshot: int
    pace: Pace | None = None


@dataclass(frozen=True)
class Source:
    """What a source can do.

    write: its deliveries in a folder; raises before it writes any, where its input is wrong.
    check: what the source promises, asked of a lake that holds its records, of the folder it wrote and, where given, of
        a directory of real records.
    """

    write: Callable[[Path, Lake, SourceOptions], SourceWritten]
    check: Callable[[Lake, Path, Path | None], tuple[Check, ...]]


def _write_city(folder: Path, lake: Lake, options: SourceOptions) -> SourceWritten:
    """What is not kept is not drawn again once it landed: a city takes hours, and a load may be cut off."""
    _refuse("city", data=options.data)
    return city.write_deliveries(
        folder,
        enterprises=DEMO_CITY if options.enterprises is None else options.enterprises,
        seed=city.DEFAULT_SEED if options.seed is None else options.seed,
        parameters=load_parameters(options.parameters),
        workers=max((os.cpu_count() or 1) - 1, 1),
        landed=None if options.keeps else landed_deliveries(lake),
    )


def _write_cumcm(folder: Path, lake: Lake, options: SourceOptions) -> SourceWritten:
    return cumcm.write_deliveries(folder, _directory("cumcm", options), lake)


def _write_sba(folder: Path, lake: Lake, options: SourceOptions) -> SourceWritten:
    return sba.write_deliveries(folder, _directory("sba", options), lake)


def _directory(name: str, options: SourceOptions) -> Path:
    """Where a source that reads finds its files; refuses what only a source that generates can use."""
    _refuse(name, enterprises=options.enterprises, seed=options.seed, parameters=options.parameters)
    if options.data is None:
        raise InvalidInput(f"The source {name!r} reads files: say where they are with --data DIR.")
    return options.data


def _check_city(lake: Lake, folder: Path, data: Path | None) -> tuple[Check, ...]:
    return check_city(folder, data, lake)


def _check_cumcm(lake: Lake, _folder: Path, _data: Path | None) -> tuple[Check, ...]:
    return check_records(lake)


def _check_sba(lake: Lake, _folder: Path, _data: Path | None) -> tuple[Check, ...]:
    return check_loans(lake)


SOURCES: Mapping[str, Source] = {
    "city": Source(_write_city, _check_city),
    "cumcm": Source(_write_cumcm, _check_cumcm),
    "sba": Source(_write_sba, _check_sba),
}


def deliveries_folder(home: Path, name: str) -> Path:
    """Where a home keeps what a source wrote."""
    return home / "deliveries" / name


def city_folder(home: Path) -> Path | None:
    """Where a home keeps its synthetic city and the truth about it; None where it holds another source, or none."""
    present = read_source(home)
    return deliveries_folder(home, present.source) if present is not None and present.source == "city" else None


def load_source(
    lake: Lake,
    home: Path,
    name: str,
    options: SourceOptions,
    *,
    at: datetime,
    tell: Tell = lambda _line, _done: None,
) -> LoadReport:
    """Write a source's deliveries under `home` and land each as soon as it is written.

    Loading again adds records; the same input twice changes nothing. at: stamps rows that bring no instant.
    tell: hears of each delivery that has landed.
    Raises `UnknownName`, `SourceConflict` and what the source finds wrong with its input, all before a record lands.
    """
    if name not in SOURCES:
        raise UnknownName("source", name, SOURCES)
    require_source(home, name)
    suit_buckets(lake, options.enterprises)
    written = SOURCES[name].write(deliveries_folder(home, name), lake, options)
    claimed = claim_source(home, name, written.last_day)
    landed = []
    for number, judging in enumerate(judged_ahead(written.paths, read_delivery, at), start=1):
        landed.append(land_judged(lake, judging, links=False))
        path = judging.delivery.path
        if not options.keeps:
            drop_delivery(path)
        give_back()
        tell(f"{path.name} landed: {landed[-1].landed:,} of {landed[-1].rows:,} rows", number / written.count)
    settle_links(lake, at=at)
    return LoadReport(name, claimed.last_day, _by_feed(landed), lake.snapshot(), written.pace)


def _refuse(name: str, **unusable: object) -> None:
    for option, value in unusable.items():
        if value is not None:
            raise InvalidInput(f"The source {name!r} has no use for --{option}; leave it out.")


def _by_feed(landed: list[Landed]) -> tuple[FeedLoad, ...]:
    feeds = dict.fromkeys(one.feed for one in landed)
    return tuple(_sum(feed, [one for one in landed if one.feed == feed]) for feed in feeds)


def _sum(feed: str, landed: list[Landed]) -> FeedLoad:
    return FeedLoad(
        feed,
        rows=sum(one.rows for one in landed),
        landed=sum(one.landed for one in landed),
        quarantined=sum(one.quarantined for one in landed),
        unchanged=sum(one.unchanged for one in landed),
    )
