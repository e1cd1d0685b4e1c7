"""One enterprise now: the same features as the city's, of the newest snapshot or of an earlier one."""

from collections.abc import Iterable
from datetime import date
from functools import lru_cache

from bureau.grant import ReadGrant
from features.definitions.library import find_feature
from features.engine.engines import Engine
from features.lake.lake import Lake
from features.store.live_kernel import Value, live_by_kernel
from features.store.live_sql import live_by_sql
from features.store.permission import permit
from features.store.subjects import code_of


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
    permit(grant, map(find_feature, names), _code_of(lake, enterprise_id, snapshot))
    live = live_by_kernel if engine is Engine.KERNEL else live_by_sql
    values = live(lake, names, enterprise_id, (as_of, used_on or as_of), snapshot)
    return dict(zip(names, values, strict=True))


@lru_cache(maxsize=65_536)
def _code_of(lake: Lake, enterprise_id: int, _snapshot: int) -> str:
    """A grant for one subject is held against its code at every call; the catalogue is asked once a snapshot."""
    return code_of(lake, enterprise_id)
