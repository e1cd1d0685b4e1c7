"""One city as its words make it, and the writing of one of its shards, alone and in any order."""

from dataclasses import dataclass
from datetime import datetime, time
from pathlib import Path
from shutil import rmtree
from time import process_time

import polars as pl

from bureau.clock import SHANGHAI
from features.contracts.feeds import find_feed
from features.lake.delivery import RECEIVED_AT, write_delivery
from features.lake.sidecar import sidecar_path
from features.sources.city.arrays import Floats
from features.sources.city.consignments import Consignment, consignments
from features.sources.city.default import solve_intercepts
from features.sources.city.dirt import dirt_of, soil
from features.sources.city.drift import draw_drifts
from features.sources.city.editions import with_classes_of_2011
from features.sources.city.latent import Weather, draw_weather
from features.sources.city.lost_text import with_lost_characters
from features.sources.city.manifest import TRUTH
from features.sources.city.months import Months
from features.sources.city.old_numbers import told_by_number
from features.sources.city.parameters import Parameters
from features.sources.city.publication import draw_outages, publish
from features.sources.city.records import FEEDS, statements
from features.sources.city.renames import draw_renames
from features.sources.city.shard import Shard, draw_shard
from features.sources.city.streams import Chances

PIECES = "pieces"
"""The folder of rows that wait for the other shards of their delivery."""
SHARD = 10_000
"""Enterprises drawn at once; a larger city is more shards of this size."""
DIRT_TOLD_UP_TO = 200_000
"""Enterprises up to which the truth holds what is wrong row by row; of a whole city it would be gigabytes."""


@dataclass(frozen=True)
class City:
    """What every shard needs of the whole; small enough to be sent to another process.

    landed: the deliveries, as FEED-BATCH, that a lake holds by now, when a load that was cut off goes on; else None.
    """

    folder: Path
    enterprises: int
    seed: int
    parameters: Parameters
    months: Months
    weather: Weather
    intercepts: Floats
    shard_size: int
    landed: frozenset[str] | None = None

    @property
    def shards(self) -> int:
        return -(-self.enterprises // self.shard_size)

    @property
    def consignments(self) -> tuple[Consignment, ...]:
        """The deliveries that have not landed, in the order in which they can be complete."""
        landed = self.landed or frozenset()
        planned = consignments(FEEDS, self.shards, self.shard_size)
        return tuple(one for one in planned if self.path(one).stem not in landed)

    def batch_id(self, consignment: Consignment) -> str:
        """What the lake knows a delivery by, within its feed."""
        return f"city-{self.seed}-{consignment.name}"

    def path(self, consignment: Consignment) -> Path:
        """Where a delivery is written, FEED-BATCH.parquet."""
        return self.folder / f"{consignment.feed}-{self.batch_id(consignment)}.parquet"

    def is_drawn(self, number: int) -> bool:
        """Whether a load that was cut off wrote all of a shard that has not landed, so that it goes on with that."""
        if self.landed is None:
            return False
        marked = _mark(self, number).exists()
        due = (one for one in self.consignments if one.first <= number <= one.last)
        return all(self.is_whole(one) or (marked and _piece(self, one.feed, number).exists()) for one in due)

    def is_whole(self, consignment: Consignment) -> bool:
        """Whether a delivery lies there with its sidecar, which is written last and dropped last."""
        path = self.path(consignment)
        return path.exists() and sidecar_path(path).exists()


def plan_city(
    folder: Path,
    *,
    enterprises: int,
    seed: int,
    parameters: Parameters,
    shard_size: int = SHARD,
    landed: frozenset[str] | None = None,
) -> City:
    """Draw what all shards share: the weather, and the yearly default rates solved on the reference population."""
    calendar = parameters.calendar
    months = Months(calendar.first, calendar.last, calendar.burn_in_months)
    weather = draw_weather(parameters, months, seed)
    intercepts = solve_intercepts(parameters, months, seed)
    return City(folder, enterprises, seed, parameters, months, weather, intercepts, shard_size, landed)


@dataclass(frozen=True)
class ShardWritten:
    """seconds: of all cores this process used, without those of writing rows."""

    rows: int
    seconds: float


def write_shard(city: City, number: int) -> ShardWritten:
    """Write one shard's rows and its truth, its mark last: finished deliveries, and pieces of larger ones."""
    begun, writing, row_count = process_time(), 0.0, 0
    mark = _mark(city, number)
    mark.unlink(missing_ok=True)
    due = {one.feed: one for one in city.consignments if one.first <= number <= one.last}
    first = number * city.shard_size
    count = min(city.shard_size, city.enterprises - first)
    chances, mix = Chances(city.seed, number), city.parameters.sample.mix(city.enterprises)
    shard = draw_shard(city.parameters, city.months, city.weather, chances, mix, first=first, count=count)
    for feed, stated in statements(shard, city.intercepts, city.folder / TRUTH):
        rows = _delivered(city, shard, feed, stated)
        row_count += rows.height
        ready = process_time()
        if feed in due and due[feed].single:
            _write(city, due[feed], rows)
        elif feed in due:
            path = _piece(city, feed, number)
            path.parent.mkdir(parents=True, exist_ok=True)
            rows.write_parquet(path, compression="lz4", statistics=False)
        writing += process_time() - ready
    mark.parent.mkdir(parents=True, exist_ok=True)
    mark.touch()
    return ShardWritten(row_count, process_time() - begun - writing)


def gather(city: City, consignment: Consignment) -> Path:
    """Make one delivery of the pieces of its shards, which are then gone."""
    shards = range(consignment.first, consignment.last + 1)
    pieces = [_piece(city, consignment.feed, number) for number in shards]
    if city.landed is None or not city.is_whole(consignment):
        _write(city, consignment, pl.concat([pl.read_parquet(piece) for piece in pieces]))
    for piece in pieces:
        piece.unlink(missing_ok=True)
    return city.path(consignment)


def clear(city: City) -> None:
    """Remove what only a load that is cut off goes on from."""
    rmtree(city.folder / PIECES, ignore_errors=True)


def _delivered(city: City, shard: Shard, feed: str, stated: pl.DataFrame) -> pl.DataFrame:
    """Soil and date what a department states, in the columns of its contract."""
    chance, parameters = shard.chances.of(f"delivery-{feed}"), shard.parameters
    outages = draw_outages(feed, parameters, shard.chances.seed)
    drifts = draw_drifts(feed, parameters, shard.chances.seed)
    soiled = told_by_number(soil(stated, feed, parameters, chance, drifts), feed, shard)
    if feed == "F01":
        soiled = with_classes_of_2011(soiled, parameters, shard.chances.of("editions"))
    reading = shard.chances.of(f"reading-{feed}")
    soiled = with_lost_characters(soiled, feed, parameters, reading, first=stated.height)
    if city.enterprises <= DIRT_TOLD_UP_TO:
        path = city.folder / TRUTH / "dirt" / f"{feed}-shard={shard.chances.shard:04d}.parquet"
        path.parent.mkdir(parents=True, exist_ok=True)
        dirt_of(stated, soiled, feed).with_columns(_named(feed)).write_parquet(path)
    arrived = publish(soiled, feed, parameters, chance, outages).with_columns(_named(feed))
    columns = [pl.col(name).cast(dtype) for name, dtype in find_feed(feed).dtypes.items()]
    return arrived.select(*columns, RECEIVED_AT)


def _named(feed: str) -> pl.Expr:
    return pl.concat_str(pl.lit(f"{feed}-"), pl.col("record_id").cast(pl.String)).alias("record_id")


def _write(city: City, consignment: Consignment, rows: pl.DataFrame) -> None:
    write_delivery(
        rows,
        feed=consignment.feed,
        batch_id=city.batch_id(consignment),
        publisher=find_feed(consignment.feed).department,
        produced_at=datetime.combine(city.parameters.calendar.last, time(23), SHANGHAI),
        folder=city.folder,
        history=True,
        renamed=draw_renames(consignment.feed, city.parameters, city.seed),
    )


def _mark(city: City, number: int) -> Path:
    return city.folder / PIECES / "drawn" / f"{number:04d}"


def _piece(city: City, feed: str, number: int) -> Path:
    return city.folder / PIECES / feed / f"{number:04d}.parquet"
