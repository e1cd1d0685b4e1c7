"""How long the law lets a record be used: the facts a contract states, from which `features.law` derives conditions."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Overdue:
    """Records of one class that are used only while a deadline of the law has passed without being kept.

    of: the column of the class, and the class. clock: the deadline's name in `features.law`. since: the column whose
    day starts it; a record without that day is not used. kept_on: the column of the day it was kept, late or in time.
    """

    of: tuple[str, str]
    clock: str
    since: str
    kept_on: str


@dataclass(frozen=True)
class Use:
    """Until when a record may be used, from the columns that decide.

    months: usable through this many months after the day in `since`; None: without end.
    since: the column whose day starts the clock. Where it is empty the clock has not started and the record is in use,
    unless `undated_months` or `over_told_by` ends that.
    undated_months: where `since` is empty and may stay so for ever, usable through this many months after the event:
    instead of `months`, or of the five years of what speaks against persons where there is no other term.
    over_told_by: a column that is filled once it is over; where it is and `since` is empty, the clock started with the
    event, which is never later.
    question: what the texts leave open about it and what is assumed, for the compliance owner.
    ended_by: days from which on it is not used at all (revoked, repaired, objection upheld).
    refused_by: a true-or-false column by which the subject refused to be recorded.
    overdue: what must have happened before records of a class are used at all; others are used at once.
    law: name of a dated table of `features.law` that decides `months` by the regime in force on the day of use.
    """

    months: int | None = None
    since: str = "event_date"
    ended_by: tuple[str, ...] = ()
    refused_by: str | None = None
    law: str | None = None
    overdue: Overdue | None = None
    undated_months: int | None = None
    over_told_by: str | None = None
    question: str | None = None


PERMANENT = Use()
"""A record of the subject's own identity: used without end."""
