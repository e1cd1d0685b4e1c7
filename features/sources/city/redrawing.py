"""The hidden state of a city that was written, drawn again from the words that made it: for checks only."""

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import polars as pl

from features.sources.city.arrays import Ints
from features.sources.city.drawing import City, plan_city
from features.sources.city.manifest import parameters_of, read_manifest
from features.sources.city.months import day_number
from features.sources.city.shard import Shard, draw_shard
from features.sources.city.streams import Chances


def city_of(folder: Path) -> City:
    """The city a folder holds; raises `UnreadableFile` where it holds none."""
    manifest = read_manifest(folder)
    parameters = parameters_of(folder)
    return plan_city(folder, enterprises=manifest.enterprises, seed=manifest.seed, parameters=parameters)


def shards_of(city: City) -> Iterator[Shard]:
    """Its enterprises before their first record, shard by shard."""
    mix = city.parameters.sample.mix(city.enterprises)
    for number in range(city.shards):
        first = number * city.shard_size
        count = min(city.shard_size, city.enterprises - first)
        chances = Chances(city.seed, number)
        yield draw_shard(city.parameters, city.months, city.weather, chances, mix, first=first, count=count)


def placed(shard: Shard, asked: pl.DataFrame) -> tuple[Ints, Ints, Ints]:
    """Of the rows (`subject`, `as_of`) about firms of this shard: their positions, the firm's, and the month's."""
    known = pl.DataFrame({"subject": shard.identities.uscc}).with_row_index("firm")
    rows = asked.select("subject", "as_of").with_row_index("row").join(known, on="subject")
    days = np.array([day_number(day) for day in rows["as_of"]], dtype=np.int64)
    month = np.clip(shard.months.position(days), 0, shard.months.count - 1)
    return rows["row"].to_numpy().astype(np.int64), rows["firm"].to_numpy().astype(np.int64), month
