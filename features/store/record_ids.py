"""The ids of an enterprise's records from their numbers: most follow from them, the others stand in the lake."""

from collections.abc import Mapping

from features.contracts.feeds import find_feed
from features.lake.lake import Lake
from features.lake.layout import TEXT_RECORDS, rows_sql
from features.lake.memory import until_erasure
from features.store.connections import live_connection


def id_of(lake: Lake, feed: str, number: int, enterprise_id: int, snapshot: int) -> str:
    """The record id of the number of one of an enterprise's records."""
    return f"{feed}-{number}" if number < TEXT_RECORDS else _texts(lake, feed, enterprise_id, snapshot)[number]


@until_erasure(maxsize=4096)
def _texts(lake: Lake, feed: str, enterprise_id: int, snapshot: int) -> Mapping[int, str]:
    """The ids of an enterprise's records that their sender did not simply count."""
    contract = find_feed(feed)
    stored = rows_sql(contract, lake.files(feed, snapshot))
    query = f"SELECT DISTINCT record_no, record_id FROM {stored} WHERE enterprise_id = {enterprise_id:d}"
    found = live_connection().execute(f"{query} AND record_no >= {TEXT_RECORDS}").fetchall()
    return dict(found)
