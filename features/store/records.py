"""The records of a feed as they were known on a day, those that the law lets be used."""

from collections.abc import Sequence
from datetime import date

import polars as pl

from bureau.grant import ReadGrant
from features.contracts.feeds import find_feed
from features.engine.admission import contract_rules
from features.engine.day_sql import OneDay
from features.engine.feed_scan import visible
from features.lake.lake import Lake
from features.lake.reading import visible_sql
from features.store.connections import build_connection, live_connection
from features.store.subjects import code_of


def records(
    lake: Lake,
    feed: str,
    as_of: date,
    grant: ReadGrant,
    enterprise_id: int | None = None,
    snapshot: int | None = None,
    used_on: date | None = None,
    columns: Sequence[str] | None = None,
) -> pl.DataFrame:
    """Newest known version of every record that had happened by a day and may be used, of one enterprise or of all.

    used_on: the day by whose law records are used, `as_of` unless said. columns: only these, for a large city's feed.
    Columns: the feed's own, `enterprise_id`, `record_id`, `record_no`, `version`, `event_date`, `publish_date`,
    `known_from`; by enterprise, event date and record number. Raises `FieldNotGranted` before anything is read.
    """
    contract = find_feed(feed)
    grant.require([contract.code], None if enterprise_id is None else _subject(lake, grant, enterprise_id))
    source, day = visible_sql(lake, contract, snapshot), OneDay((), contract_rules(contract))
    wanted = "* EXCLUDE (known_to)" if columns is None else ", ".join(f'"{name}"' for name in columns)
    query = f"SELECT {wanted} FROM {source} f WHERE {visible(contract, day)}"
    order = " ORDER BY enterprise_id, event_date, record_no"
    parameters = day.parameters(as_of, used_on)
    if enterprise_id is None:
        with build_connection(lake) as connection:
            city: pl.DataFrame = connection.sql(query + order, params=parameters).pl()
        return city
    one = f"{query} AND f.enterprise_id = $enterprise_id{order}"
    found: pl.DataFrame = live_connection().sql(one, params={**parameters, "enterprise_id": enterprise_id}).pl()
    return found


def _subject(lake: Lake, grant: ReadGrant, enterprise_id: int) -> str | None:
    """The code a grant for one subject is held against; a grant for all enterprises needs none."""
    return None if grant.subject is None else code_of(lake, enterprise_id)
