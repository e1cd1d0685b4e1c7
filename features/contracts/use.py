"""How long the law lets a record be used: the facts a contract states, from which `features.law` derives conditions."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Use:
    """Until when a record may be used, from the columns that decide.

    months: usable through this many months after the day in `since`; None: without end.
    since: the column whose day starts the clock. Where it is empty the clock has not started and the record is in use.
    ended_by: days from which on it is not used at all (revoked, repaired, objection upheld).
    refused_by: a true-or-false column by which the subject refused to be recorded.
    law: name of a dated table of `features.law` that decides `months` by the regime in force on the day of use.
    """

    months: int | None = None
    since: str = "event_date"
    ended_by: tuple[str, ...] = ()
    refused_by: str | None = None
    law: str | None = None


PERMANENT = Use()
"""A record of the subject's own identity: used without end."""
