"""What a read grant allows: the features it names, for purposes each of them may serve."""

from collections.abc import Iterable
from functools import lru_cache

from bureau.errors import FieldNotGranted
from bureau.grant import ReadGrant
from features.definitions.entry import Entry
from features.definitions.library import find_feature

PLATFORM_PURPOSES = ("operation", "training")
"""The platform's own work, which shows no caller a value."""


def permit_names(grant: ReadGrant, names: tuple[str, ...], subject: str | None) -> None:
    """The same for published features by name, asked again and again: what they have in common is kept."""
    fields, purposes = _common(names)
    covered = grant.fields is None or fields <= grant.fields
    if covered and (grant.purpose in PLATFORM_PURPOSES or grant.purpose in purposes):
        grant.require((), subject)
    else:
        permit(grant, map(find_feature, names), subject)


@lru_cache(maxsize=256)
def _common(names: tuple[str, ...]) -> tuple[frozenset[str], frozenset[str]]:
    """The names as a set, and the purposes that every one of them may serve."""
    purposes = [frozenset(find_feature(name).purposes) for name in names]
    return frozenset(names), frozenset[str]().union(*purposes).intersection(*purposes)


def permit(grant: ReadGrant, entries: Iterable[Entry], subject: str | None = None) -> None:
    """Raise `FieldNotGranted` unless the grant covers every feature, its purpose, and the subject.

    subject: the USCC read; None for all enterprises.
    """
    entries = tuple(entries)
    grant.require((entry.name for entry in entries), subject)
    if grant.purpose in PLATFORM_PURPOSES:
        return
    refused = [entry.name for entry in entries if grant.purpose not in entry.purposes]
    if refused:
        raise FieldNotGranted(refused, grant.institution, grant.purpose)
