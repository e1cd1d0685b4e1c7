"""Usage computed slowly: from the ledger's lines, one by one, in plain Python, sharing nothing with the counters."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta
from fractions import Fraction
from math import floor
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from api.access.tables import Client, Institution
from api.metering.tables import UsageLine

ANSWERED = ("found", "partial", "not_found", "stale")
EDGES_US = (
    *(1_000, 1_600, 2_500, 4_000, 6_300, 10_000, 16_000, 25_000, 40_000, 63_000, 100_000, 160_000, 250_000, 400_000),
    *(630_000, 1_000_000, 2_500_000, 6_300_000, 16_000_000, 63_000_000),
)
FACTS: dict[str, Callable[[UsageLine, str], Any]] = {
    "product": lambda line, _: line.product_code,
    "version": lambda line, _: line.product_version,
    "institution": lambda _, name: name,
    "purpose": lambda line, _: line.purpose,
    "outcome": lambda line, _: line.outcome,
    "day": lambda line, _: (line.committed_at + timedelta(hours=8)).date().isoformat(),
    "hour": lambda line, _: (line.committed_at + timedelta(hours=8)).hour,
}


def slow_usage(
    session: Session,
    by: Sequence[str],
    *,
    start: datetime | None = None,
    end: datetime | None = None,
    test: bool = False,
    only: Mapping[str, Sequence[str]] | None = None,
) -> list[dict[str, Any]]:
    """What `usage_rows` must say of the same question."""
    query = select(UsageLine, Institution.name).join(Institution, Institution.id == UsageLine.institution_id)
    firms = set(session.scalars(select(Client.institution_id).where(Client.role == "enterprise")))
    groups: dict[tuple[Any, ...], list[UsageLine]] = {} if by else {(): []}
    for line, named in session.execute(query):
        name = "(enterprises)" if line.institution_id in firms else named
        within = (start is None or line.committed_at >= start) and (end is None or line.committed_at < end)
        chosen = all(str(FACTS[key](line, name)) in values for key, values in (only or {}).items())
        if within and chosen and line.test == test:
            groups.setdefault(tuple(FACTS[key](line, name) for key in by), []).append(line)
    return [dict(zip(by, group, strict=True)) | _told(groups[group]) for group in sorted(groups)]


def _told(lines: Sequence[UsageLine]) -> dict[str, Any]:
    answered = [line for line in lines if line.outcome in ANSWERED]
    hits = sum(line.calls for line in lines if line.outcome in ("found", "partial"))
    repeats = sum(line.calls for line in lines if line.basis in ("repeat", "same_entity"))
    whole = sum(line.calls for line in answered)
    times = sorted(line.latency_us for line in answered if line.kind == "charge")
    return {
        "calls": sum(line.calls for line in lines),
        "answered": whole,
        "hits": hits,
        "repeats": repeats,
        "hit_rate_bp": _bp(hits, whole),
        "repeat_rate_bp": _bp(repeats, whole),
        "charged_fen": sum(line.amount_fen for line in lines),
        **{f"latency_p{percent}_us": _edge(times, percent) for percent in (50, 95, 99)},
    }


def _bp(part: int, whole: int) -> int | None:
    return None if whole <= 0 or not 0 <= part <= whole else floor(Fraction(part * 10_000, whole) + Fraction(1, 2))


def _edge(times: Sequence[int], percent: int) -> int | None:
    """The edge at or above the exact percentile by nearest rank."""
    if not times:
        return None
    exact = times[-(-len(times) * percent // 100) - 1]
    return next((edge for edge in EDGES_US if exact <= edge), EDGES_US[-1])
