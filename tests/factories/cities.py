"""Small synthetic cities: drawn in memory, or written as deliveries."""

from pathlib import Path
from typing import Any

import yaml

from features.sources.city.city import write_deliveries
from features.sources.city.latent import draw_weather
from features.sources.city.months import Months
from features.sources.city.parameters import Parameters, load_parameters
from features.sources.city.shard import Shard, draw_shard
from features.sources.city.streams import Chances

SEED = 7


def other_parameters(folder: Path, **named: Any) -> Parameters:
    """The city's parameters with some replaced, read from a file as a user would write it."""
    path = folder / "parameters.yaml"
    path.write_text(yaml.safe_dump(named, allow_unicode=True), "utf-8")
    return load_parameters(path)


def months_of(parameters: Parameters) -> Months:
    """The calendar of a city."""
    calendar = parameters.calendar
    return Months(calendar.first, calendar.last, calendar.burn_in_months)


def drawn_shard(count: int = 400, *, number: int = 0, first: int = 0, parameters: Parameters | None = None) -> Shard:
    """`count` enterprises before their first record."""
    parameters = parameters or load_parameters()
    months = months_of(parameters)
    weather = draw_weather(parameters, months, SEED)
    return draw_shard(
        parameters, months, weather, Chances(SEED, number), parameters.sample.dense, first=first, count=count
    )


def write_city(folder: Path, *, enterprises: int, seed: int = SEED, **words: Any) -> tuple[Path, ...]:
    """Every delivery of a city."""
    return tuple(write_deliveries(folder, enterprises=enterprises, seed=seed, **words).paths)
