"""The read grant: who may read which fields of which enterprise, for what; passed down as a value."""

from collections.abc import Iterable
from dataclasses import dataclass

from bureau.errors import FieldNotGranted

PURPOSES = ("pre_loan", "post_loan", "guarantee", "dispute", "supervision", "self")
"""Purposes a caller may name; `operation` and `training` belong to the platform itself."""


@dataclass(frozen=True)
class ReadGrant:
    """No record or feature is read without one (design D15).

    fields: names of features and codes of feeds; None grants every field (the platform's own work).
    subject: the one USCC it covers; None covers all enterprises.
    """

    institution: str
    purpose: str
    consent_id: str | None = None
    subject: str | None = None
    fields: frozenset[str] | None = None

    def require(self, fields: Iterable[str], subject: str | None = None) -> None:
        """Raise `FieldNotGranted` unless the grant covers every field, and the subject where it names one."""
        refused = [] if self.fields is None else sorted(set(fields) - self.fields)
        if refused:
            raise FieldNotGranted(refused, self.institution, self.purpose)
        if self.subject is not None and subject != self.subject:
            raise FieldNotGranted([subject or "all enterprises"], self.institution, self.purpose)


def operator_grant(purpose: str = "operation") -> ReadGrant:
    """The platform's own grant, for building, training and support; it never answers a caller."""
    return ReadGrant(institution="bureau", purpose=purpose)
