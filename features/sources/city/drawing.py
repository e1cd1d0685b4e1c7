"""One city as its words make it, and the writing of one of its shards, alone and in any order."""

from dataclasses import dataclass
from datetime import datetime, time
from pathlib import Path
from time import process_time

import polars as pl

from bureau.clock import SHANGHAI
from features.contracts.feeds import find_feed
from features.lake.delivery import RECEIVED_AT, write_delivery
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
    """What every shard needs of the whole; small enough to be sent to another process."""

    folder: Path
    enterprises: int
    seed: int
    parameters: Parameters
    months: Months
    weather: Weather
    intercepts: Floats
    shard_size: int

    @property
    def shards(self) -> int:
        return -(-self.enterprises // self.shard_size)

    @property
    def consignments(self) -> tuple[Consignment, ...]:
        return consignments(FEEDS, self.shards, self.shard_size)


def plan_city(folder: Path, *, enterprises: int, seed: int, parameters: Parameters, shard_size: int = SHARD) -> City:
    """Draw what all shards share: the weather, and the yearly default rates solved on the reference population."""
    calendar = parameters.calendar
    months = Months(calendar.first, calendar.last, calendar.burn_in_months)
    weather = draw_weather(parameters, months, seed)
    intercepts = solve_intercepts(parameters, months, seed)
    return City(folder, enterprises, seed, parameters, months, weather, intercepts, shard_size)


@dataclass(frozen=True)
class ShardWritten:
    """paths: of the finished deliveries. seconds: of all cores this process used, without those of writing rows."""

    paths: tuple[Path, ...]
    rows: int
    seconds: float


def write_shard(city: City, number: int) -> ShardWritten:
    """Write one shard's rows and its truth: finished deliveries, and pieces of larger ones."""
    begun, writing, row_count = process_time(), 0.0, 0
    whole = {one.feed for one in city.consignments if one.single and one.first == number}
    first = number * city.shard_size
    count = min(city.shard_size, city.enterprises - first)
    chances, mix = Chances(city.seed, number), city.parameters.sample.mix(city.enterprises)
    shard = draw_shard(city.parameters, city.months, city.weather, chances, mix, first=first, count=count)
    finished = {}
    for feed, stated in statements(shard, city.intercepts, city.folder / TRUTH):
        rows = _delivered(city, shard, feed, stated)
        row_count += rows.height
        ready = process_time()
        if feed in whole:
            finished[feed] = _write(city, Consignment(feed, number, number), rows)
        else:
            path = _piece(city, feed, number)
            path.parent.mkdir(parents=True, exist_ok=True)
            rows.write_parquet(path, compression="lz4", statistics=False)
        writing += process_time() - ready
    paths = tuple(finished[feed] for feed in FEEDS if feed in finished)
    return ShardWritten(paths, row_count, process_time() - begun - writing)


def gather(city: City, consignment: Consignment) -> Path:
    """Make one delivery of the pieces of its shards, which are then gone."""
    shards = range(consignment.first, consignment.last + 1)
    pieces = [_piece(city, consignment.feed, number) for number in shards]
    path = _write(city, consignment, pl.concat([pl.read_parquet(piece) for piece in pieces]))
    for piece in pieces:
        piece.unlink()
    return path


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


def _write(city: City, consignment: Consignment, rows: pl.DataFrame) -> Path:
    return write_delivery(
        rows,
        feed=consignment.feed,
        batch_id=f"city-{city.seed}-{consignment.name}",
        publisher=find_feed(consignment.feed).department,
        produced_at=datetime.combine(city.parameters.calendar.last, time(23), SHANGHAI),
        folder=city.folder,
        history=True,
        renamed=draw_renames(consignment.feed, city.parameters, city.seed),
    )


def _piece(city: City, feed: str, number: int) -> Path:
    return city.folder / PIECES / feed / f"{number:04d}.parquet"
