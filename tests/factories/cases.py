"""What firms did and what their features are then: many cases in one lake."""

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from bureau.grant import operator_grant
from features.contracts.feeds import find_feed
from features.lake.lake import Lake
from features.lake.registry import resolve
from features.store.live import Value, live_vector
from tests.factories.lakes import land_rows, make_lake, uscc
from tests.factories.registrations import registration

Row = dict[str, Any]
DAY = date(2025, 7, 1)
IN_TIME, TOO_LATE = "2025-06-30", "2025-07-02"
"""Days of receipt before and after the day read."""


@dataclass(frozen=True)
class Case:
    """rows: made from the firm's code, each naming its feed in its record id. values: some of its features on DAY."""

    said: str
    rows: Callable[[str], list[Row]]
    values: Mapping[str, Value]
    received: str = IN_TIME


@dataclass(frozen=True)
class Cases:
    """A lake in which each case has a registered firm of its own."""

    lake: Lake
    firms: Mapping[str, str]

    def read(self, case: Case) -> dict[str, Value]:
        """The features a case speaks of, as they are in the lake."""
        number = resolve(self.lake, self.firms[case.said]).enterprise_id
        return dict(live_vector(self.lake, list(case.values), number, DAY, operator_grant()))


def land_cases(folder: Path, cases: Sequence[Case]) -> Cases:
    """Every case's rows, a delivery for each feed and day of receipt."""
    lake = make_lake(folder)
    firms = {case.said: uscc(number) for number, case in enumerate(cases, start=1)}
    land_rows(lake, find_feed("F01"), [registration(firm) for firm in firms.values()], IN_TIME)
    rows: dict[tuple[str, str], list[Row]] = defaultdict(list)
    for case in cases:
        for row in case.rows(firms[case.said]):
            rows[row["record_id"].split("-")[0], case.received].append(row)
    for (feed, received), delivered in rows.items():
        land_rows(lake, find_feed(feed), delivered, received)
    return Cases(lake, firms)


def nobody(_firm: str) -> list[Row]:
    """No record beside the registration."""
    return []


def all_but(names: Sequence[str], unknown: Sequence[str]) -> dict[str, Value]:
    """0 for every feature but those that are unknown."""
    return dict.fromkeys(names, 0) | dict.fromkeys(unknown, None)
