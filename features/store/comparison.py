"""Hold every execution against the reference: the same cells of a made-up lake, in every form there is."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path

import numpy as np
import polars as pl

from bureau.clock import known_before
from bureau.grant import operator_grant
from features.contracts.contract import Contract
from features.contracts.feeds import FEEDS, find_feed
from features.definitions.library import find_feature, kept
from features.definitions.parts import is_population
from features.engine.engines import Engine
from features.lake.compaction import compact
from features.lake.delivery import RECEIVED_AT, read_delivery, write_delivery
from features.lake.lake import Lake, open_lake
from features.lake.landing import land
from features.lake.links import list_links
from features.lake.unlinking import end_link
from features.store.build import build_features
from features.store.edge_groups import PEERS, group_rows
from features.store.edges import COMPARED_DAYS, FIRMS, LANDED_AT, LAST_DAY, Chance, history
from features.store.live import live_vector
from features.store.training_set import training_set

REFERENCE = Engine.DUCKDB
LIVE = (Engine.KERNEL,)
"""The engines that answer a live call, beside the reference."""
LANDED_FIRST = 0.8
UNDONE_AT = known_before(date(2025, 1, 15))
_LIVE_FIRMS = 12


@dataclass(frozen=True)
class Compared:
    """One engine and form: how many cells were held against the reference, how many differ, and one that does.

    known: cells with a value, `peers` of them figures of peers. varying: features that took more than one value.
    unknown: features of which no cell had a value, so that nothing was held against anything but emptiness.
    """

    engine: str
    form: str
    cells: int
    known: int
    peers: int
    varying: int
    differing: int
    example: str
    unknown: tuple[str, ...] = ()


def compare(
    folder: Path, names: Sequence[str], rows: int, seed: int, engines: Sequence[Engine] = LIVE
) -> Iterator[Compared]:
    """Engines but the reference, in every form. folder: for the lake. rows: wanted of each feed.

    Spark, which answers no live call, is held against it once, when all has landed.
    """
    lake = open_lake(folder, f"sqlite:///{folder / 'catalogue.db'}")
    frames = [(contract, _rows(contract, rows, np.random.default_rng([seed, n]))) for n, contract in _delivered(names)]
    cuts = [(contract, *_cut(frame)) for contract, frame in frames]
    for contract, earlier, _ in cuts:
        _land(lake, contract, earlier, "first")
    _undo(lake)
    live = [engine for engine in engines if engine in LIVE]
    for engine in live:
        yield from _batches(lake, names, engine, "")
        yield _live(lake, names, engine, "live")
    for contract, _, later in cuts:
        _land(lake, contract, later, "later")
    for engine in live:
        yield _live(lake, names, engine, "live, landed since")
        yield from _batches(lake, names, engine, ", landed since")
        yield _live(lake, names, engine, "live, made anew")
    for contract, _, _ in cuts:
        compact(lake, contract.code, at=known_before(LAST_DAY))
    for engine in live:
        yield from _batches(lake, names, engine, ", compacted")
    if Engine.SPARK in engines:
        yield from _batches(lake, names, Engine.SPARK, ", compacted", COMPARED_DAYS[:1])


def _undo(lake: Lake) -> None:
    """Undo every third link, at an instant that lies before one of the days compared and after the others."""
    of_pairs = {(link.key, link.uscc): link for link in list_links(lake)[::3]}  # those of one pair are undone together
    for link in of_pairs.values():
        end_link(lake, link.link_id, at=UNDONE_AT)


def summary(compared: Sequence[Compared]) -> str:
    """One sentence on all that was held against the reference."""
    cells, known, peers, differing = (
        sum(getattr(one, count) for one in compared) for count in ("cells", "known", "peers", "differing")
    )
    engines = " and ".join(dict.fromkeys(one.engine for one in compared))
    return (
        f"{engines} against {REFERENCE}: {differing:,} of {cells:,} cells differ; "
        f"{known:,} were known, {peers:,} of them figures of peers"
    )


def never_known(compared: Sequence[Compared]) -> tuple[str, ...]:
    """The features that had no known cell in any engine or form: of these no agreement is told."""
    if not compared:
        return ()
    everywhere = set(compared[0].unknown).intersection(*(one.unknown for one in compared[1:]))
    return tuple(name for name in compared[0].unknown if name in everywhere)


def _delivered(names: Sequence[str]) -> list[tuple[int, Contract]]:
    """The feeds that are delivered and, through features, read; and registrations, which name firms."""
    read = {code for name in names for code in find_feature(name).feeds}
    bases = {base for code in read for base in find_feed(code).derived_from}
    wanted = {*read, *bases, "F01"}
    return [(n, contract) for n, contract in enumerate(FEEDS) if contract.code in wanted and not contract.derived_from]


def _rows(contract: Contract, rows: int, chance: Chance) -> pl.DataFrame:
    return pl.concat([history(contract, rows, chance), group_rows(contract, chance)])


def _cut(frame: pl.DataFrame) -> tuple[pl.DataFrame, pl.DataFrame]:
    """What lands first, and what after the hot rows were made: late rows and later versions."""
    ordered = frame.sort(RECEIVED_AT)
    first = int(ordered.height * LANDED_FIRST)
    return ordered[:first], ordered[first:]


def _land(lake: Lake, contract: Contract, frame: pl.DataFrame, batch: str) -> None:
    path = write_delivery(
        frame,
        feed=contract.code,
        batch_id=batch,
        publisher=contract.department,
        produced_at=LANDED_AT,
        folder=lake.root.parent / "deliveries",
        history=True,
    )
    land(lake, read_delivery(path), received_at=LANDED_AT)


def _batches(
    lake: Lake, names: Sequence[str], engine: Engine, when: str, days: Sequence[date] = COMPARED_DAYS
) -> Iterator[Compared]:
    """days: those a city is built as of; a training set has them all."""
    grant, labels = operator_grant(), _labels()
    pairs = [
        (build_features(lake, names, day, grant, engine=one), build_features(lake, names, day, grant, engine=REFERENCE))
        for day in days
        for one in (engine,)
    ]
    yield _held(engine, "build" + when, pairs)
    training = operator_grant("training")
    made, told = (training_set(lake, labels, names, training, engine=one).frame for one in (engine, REFERENCE))
    yield _held(engine, "training set" + when, [(made, told)])


def _labels() -> pl.DataFrame:
    """Every firm on every compared day, in no order, and somebody unknown."""
    places = [(firm, day) for firm in (*FIRMS, *PEERS, "nobody") for day in COMPARED_DAYS]
    return pl.DataFrame(places, schema={"subject": pl.String, "as_of": pl.Date}, orient="row").sample(
        fraction=1, shuffle=True, seed=1
    )


def _live(lake: Lake, names: Sequence[str], engine: Engine, form: str) -> Compared:
    """Some firms, one by one, against the reference asked in the same way."""
    grant = operator_grant()
    numbers = build_features(lake, names[:1], LAST_DAY, grant, engine=REFERENCE)["enterprise_id"].to_list()
    chosen = [number for number in numbers if number % max(1, len(numbers) // _LIVE_FIRMS) == 0]
    pairs = []
    for day in COMPARED_DAYS[:2]:
        told = (
            [live_vector(lake, names, number, day, grant, engine=one) for number in chosen]
            for one in (engine, REFERENCE)
        )
        made, expected = (pl.DataFrame(rows, schema=_schema(names), orient="row") for rows in told)
        pairs.append((made, expected))
    return _held(engine, form, pairs)


def _schema(names: Sequence[str]) -> dict[str, type[pl.DataType]]:
    return {name: pl.String if find_feature(name).categories else pl.Float64 for name in names}


@cache
def _compared() -> dict[str, bool]:
    """The names that are compared, and whether each is a figure of peers."""
    return {entry.name: is_population(entry) for entry in kept()}


def _held(engine: Engine, form: str, pairs: list[tuple[pl.DataFrame, pl.DataFrame]]) -> Compared:
    cells, known, peers, differing, example = 0, 0, 0, 0, ""
    names = [name for name in pairs[0][0].columns if name in pairs[0][1].columns and name in _compared()]
    varying = sum(pl.concat([told[name] for _, told in pairs]).n_unique() > 1 for name in names)
    unknown = tuple(name for name in names if all(told[name].is_null().all() for _, told in pairs))
    for made, told in pairs:
        for name in names:
            different = made[name].ne_missing(told[name])
            cells, differing = cells + made.height, differing + int(different.sum())
            told_here = made.height - told[name].null_count()
            known, peers = known + told_here, peers + told_here * _compared()[name]
            if different.any() and not example:
                at = int(different.arg_true()[0])
                example = f"{name}: {made[name][at]} and not {told[name][at]}"
    return Compared(engine.value, form, cells, known, peers, varying, differing, example, unknown)
