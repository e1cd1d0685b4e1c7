"""Requests that failed on our side and of which no row tells, counted by minute until a group takes them along.

A refused call and one whose source was down have their rows (`refused`, `source_down`). No row is left of a request
that the ledger could not take (its queue full, its commit failed: 503) or in which we broke (500). Those are counted
here, in memory, and written in the transaction of the next group that commits, or when the ledger closes: nothing is
paid for it while nothing fails. What nobody here can count: requests that never arrived or failed before it was known
whose they are (the server or its database down, the network), and the counts of a process killed before its next
commit. A prober outside sees those. A retry that succeeds does not take its failure back.
"""

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from threading import Lock
from typing import Any

from sqlalchemy import Connection, func, insert, select

from api.audit.acts import enter_acts
from api.billing.months import closed_until
from api.metering.tables import FailedMinute
from bureau.errors import AnswerDamaged, BureauError, LedgerUnavailable

_OURS = (LedgerUnavailable, AnswerDamaged)
"""Errors with a code that are no row's: of the others either the caller is told what to mend, or a row tells."""
Key = tuple[int, datetime, bool, str, str]
_PLACE = ("institution_id", "minute", "test", "product_code", "problem_code")


class Failures:
    """What failed in this process since the last commit, by institution, minute, mode, product and problem."""

    def __init__(self) -> None:
        self._counts: Counter[Key] = Counter()
        self._lock = Lock()

    @contextmanager
    def watching(self, institution_id: int, product_code: str, at: datetime, *, test: bool = False) -> Iterator[None]:
        """Count the block where it fails by our fault and no row tells of it; what it raises is raised on."""
        try:
            yield
        except Exception as problem:  # raised on: it is only counted here
            if isinstance(problem, _OURS) or not isinstance(problem, BureauError):
                code = problem.code if isinstance(problem, BureauError) else "internal-error"
                minute = at.replace(second=0, microsecond=0)
                self.add(Counter({(institution_id, minute, test, product_code, code): 1}))
            raise

    def add(self, counts: Counter[Key]) -> None:
        """Keep counts for the next commit."""
        with self._lock:
            self._counts.update(counts)

    def take(self) -> Counter[Key]:
        """All counts, which from now on are the taker's; who cannot write them adds them again."""
        with self._lock:
            taken, self._counts = self._counts, Counter()
        return taken


def store_failures(connection: Connection, counts: Counter[Key]) -> None:
    """Add taken counts as rows, which are acts; those of a month that is closed, to the first minute that is open."""
    if not counts:
        return
    open_from, open_ones = closed_until(connection).astimezone(UTC), Counter[Key]()
    for (institution_id, minute, test, product, problem), count in counts.items():
        open_ones[institution_id, max(minute.astimezone(UTC), open_from), test, product, problem] += count
    rows = [_row(connection, key, count) for key, count in sorted(open_ones.items())]
    connection.execute(insert(FailedMinute), rows)
    enter_acts(connection, [FailedMinute(**row) for row in rows])


def _row(connection: Connection, key: Key, count: int) -> dict[str, Any]:
    """The next one of its place."""
    place = dict(zip(_PLACE, key, strict=True))
    of_place = (getattr(FailedMinute, name) == value for name, value in place.items())
    last = connection.scalar(select(func.max(FailedMinute.number)).where(*of_place))
    return place | {"number": 0 if last is None else last + 1, "requests": count}
