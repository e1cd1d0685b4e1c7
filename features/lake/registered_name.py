"""The name an enterprise bore in the registry of an earlier snapshot, from the registrations themselves."""

from features.contracts.registration import REGISTRATION
from features.lake.lake import Lake
from features.lake.query import query
from features.lake.reading import visible_sql


def registered_name(lake: Lake, enterprise_id: int, snapshot: int) -> str | None:
    """The name of the highest version, then of the one known last: what the registry's label was in that snapshot."""
    newest = (
        f"SELECT name FROM {visible_sql(lake, REGISTRATION, snapshot)} WHERE enterprise_id = {enterprise_id:d}"
        " ORDER BY version DESC, known_from DESC, name DESC LIMIT 1"
    )
    found = query(newest)
    return None if found.is_empty() else str(found.item())
