"""What a read grant allows: the features it names, for purposes each of them may serve."""

from collections.abc import Iterable

from bureau.errors import FieldNotGranted
from bureau.grant import ReadGrant
from features.definitions.entry import Entry

PLATFORM_PURPOSES = ("operation", "training")
"""The platform's own work, which shows no caller a value."""


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
