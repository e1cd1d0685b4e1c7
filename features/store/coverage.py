"""How far the records of one enterprise reach, feed by feed."""

from collections.abc import Iterable
from datetime import date

from bureau.clock import from_micros, shanghai_day
from bureau.grant import ReadGrant
from features.contracts.feeds import find_feed
from features.engine.admission import contract_rules
from features.engine.day_sql import OneDay
from features.engine.feed_scan import visible
from features.lake.lake import Lake
from features.lake.reading import visible_sql
from features.store.connections import live_connection
from features.store.subjects import code_of


def newest_known(
    lake: Lake,
    feeds: Iterable[str],
    enterprise_id: int,
    as_of: date,
    grant: ReadGrant,
    snapshot: int,
    used_on: date | None = None,
) -> dict[str, date | None]:
    """The Shanghai day on which the newest usable record of each feed became known; None without one.

    used_on: the day by whose law records are used, `as_of` unless said.
    """
    codes = sorted(set(feeds))
    grant.require(codes, code_of(lake, enterprise_id))
    contracts = [find_feed(code) for code in codes]
    day = OneDay((), [rule for contract in contracts for rule in contract_rules(contract)])
    scans = [
        f"SELECT '{contract.code}', max(f.known_from) FROM {visible_sql(lake, contract, snapshot)} f"
        f" WHERE {visible(contract, day)} AND f.enterprise_id = $enterprise_id"
        for contract in contracts
    ]
    if not scans:
        return {}
    given = {**day.parameters(as_of, used_on), "enterprise_id": enterprise_id}
    rows = live_connection().execute(" UNION ALL ".join(scans), given).fetchall()
    found = dict(rows)
    return {code: None if found[code] is None else shanghai_day(from_micros(found[code])) for code in codes}
