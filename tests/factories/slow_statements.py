"""What a month owes, computed slowly: as the difference of everything owed at its end and at its beginning."""

from collections.abc import Callable, Sequence
from datetime import datetime

from api.billing.months import Month
from api.metering.tables import UsageLine


def slow_calls_fen(lines: Sequence[UsageLine], month: Month, until: datetime) -> int:
    """What the calls of a month cost, less what was taken back of them before an instant."""
    charged = {
        line.id: line.amount_fen
        for line in lines
        if line.kind == "charge" and not line.test and month.begins <= line.committed_at < month.ends
    }
    taken_back = [line.amount_fen for line in lines if line.reverses in charged and line.committed_at < until]
    return sum(charged.values()) + sum(taken_back)


def slow_total(lines: Sequence[UsageLine], month: Month, minimum_of: Callable[[Month], int]) -> int:
    """What its statement comes to: each month costs its minimum at least, and credits come off."""

    def due(of: Month, until: datetime) -> int:
        return max(slow_calls_fen(lines, of, until), minimum_of(of))

    earlier = {Month(line.committed_at.astimezone(month.begins.tzinfo).date().replace(day=1)) for line in lines}
    credits_fen = sum(
        line.amount_fen for line in lines if line.kind == "credit" and month.begins <= line.committed_at < month.ends
    )
    corrected = sum(due(of, month.ends) - due(of, month.begins) for of in earlier if of < month)
    return due(month, month.ends) + corrected + credits_fen
