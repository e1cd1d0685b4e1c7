"""One enterprise now: the same features as the city's, of the newest snapshot or of an earlier one."""

from collections.abc import Iterable, Mapping
from datetime import date
from functools import lru_cache

from bureau.grant import ReadGrant
from features.definitions.library import find_feature
from features.definitions.parts import parts_of
from features.engine.algebra import GroupRate, Population
from features.engine.engines import Engine
from features.lake.lake import Lake
from features.store.computation import sums_on
from features.store.live_kernel import Value, live_by_kernel
from features.store.live_sql import live_by_sql
from features.store.permission import permit_names
from features.store.population import Cohort, group_of, peers_day, population_of, share_of
from features.store.subjects import code_in, known_from


def live_vector(
    lake: Lake,
    names: Iterable[str],
    enterprise_id: int,
    as_of: date,
    grant: ReadGrant,
    snapshot: int | None = None,
    used_on: date | None = None,
    engine: Engine = Engine.KERNEL,
) -> dict[str, Value]:
    """Features of one enterprise as of a day, by name; None is unknown. May be called from many threads at once.

    used_on: the day by whose law records are used, `as_of` unless said.
    """
    names = tuple(names)
    snapshot = lake.snapshot() if snapshot is None else snapshot
    permit_names(grant, names, None if grant.subject is None else code_in(lake, enterprise_id, snapshot))
    if known_from(lake, snapshot, enterprise_id) is None:
        code_in(lake, enterprise_id, snapshot)  # a number nobody bears is refused
    live, days = (live_by_kernel if engine is Engine.KERNEL else live_by_sql), (as_of, used_on or as_of)
    parts = _parts(names)
    own = live(lake, parts, enterprise_id, days, snapshot)
    if parts == names:
        return own
    absent = tuple(name for name in names if name not in own)
    peers = _of_peers(lake, absent, own, (enterprise_id, as_of), snapshot, engine)
    return {name: peers[name] if name in peers else own[name] for name in names}


def cohort_of(lake: Lake, name: str, enterprise_id: int, as_of: date, snapshot: int) -> Cohort:
    """The others a figure of peers was taken over. For a reader who was permitted the figure itself."""
    entry, day = find_feature(name), peers_day(as_of)
    population, parts = population_of(entry), _parts((name,))
    then = live_by_kernel(lake, parts, enterprise_id, (day, day), snapshot)
    group = group_of(population, then)
    mine = share_of(population, then[population.of_name], _whole(population, then))
    *_, size = sums_on(lake, [entry], day, snapshot, Engine.KERNEL)[name].others(group, mine)
    return Cohort(tuple(zip(population.by_names, group, strict=True)), max(size, 0))


@lru_cache(maxsize=64)
def _parts(names: tuple[str, ...]) -> tuple[str, ...]:
    """The features of own records that these need."""
    return tuple(entry.name for entry in parts_of(map(find_feature, names)))


def _of_peers(
    lake: Lake,
    names: tuple[str, ...],
    own: Mapping[str, Value],
    subject: tuple[int, date],
    snapshot: int,
    engine: Engine,
) -> dict[str, Value]:
    """Figures of peers beside the enterprise's own values. subject: the enterprise and the day read."""
    if not names:
        return {}
    day, parts = peers_day(subject[1]), _parts(names)
    live = live_by_kernel if engine is Engine.KERNEL else live_by_sql
    then = live(lake, parts, subject[0], (day, day), snapshot)
    entries = [find_feature(name) for name in names]
    sums = sums_on(lake, entries, day, snapshot, engine)
    found: dict[str, Value] = {}
    for entry in entries:
        population = population_of(entry)
        value, now = then[population.of_name], own[population.of_name]
        whole = _whole(population, then)
        found[entry.name] = sums[entry.name].figure(population, group_of(population, then), value, now, whole)
    return found


def _whole(population: Population, values: Mapping[str, Value]) -> Value:
    """What a rate's value is divided by; None of any other figure."""
    return values[population.whole_name] if isinstance(population, GroupRate) else None
