"""How far the records of one enterprise reach, feed by feed."""

from collections.abc import Iterable
from datetime import date

from bureau.clock import from_micros, shanghai_day
from bureau.grant import ReadGrant
from features.contracts.feeds import find_feed
from features.engine.day_sql import cutoff_micros
from features.lake.lake import Lake
from features.lake.reading import visible_sql
from features.store.connections import live_connection
from features.store.records import VISIBLE
from features.store.subjects import code_of


def newest_known(
    lake: Lake, feeds: Iterable[str], enterprise_id: int, as_of: date, grant: ReadGrant, snapshot: int
) -> dict[str, date | None]:
    """The Shanghai day on which the newest visible record of each feed became known; None without a record."""
    codes = sorted(set(feeds))
    grant.require(codes, code_of(lake, enterprise_id))
    scans = [
        f"SELECT '{code}', max(f.known_from) FROM {visible_sql(lake, find_feed(code), snapshot)} f"
        f" WHERE {VISIBLE} AND f.enterprise_id = $enterprise_id"
        for code in codes
    ]
    if not scans:
        return {}
    given = {"as_of": as_of, "cutoff": cutoff_micros(as_of), "enterprise_id": enterprise_id}
    rows = live_connection().execute(" UNION ALL ".join(scans), given).fetchall()
    found = dict(rows)
    return {code: None if found[code] is None else shanghai_day(from_micros(found[code])) for code in codes}
