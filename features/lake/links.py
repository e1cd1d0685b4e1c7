"""The links a lake holds: keys that belong to enterprises though no code says so."""

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import func, select

from bureau.clock import from_micros, known_before, to_micros
from features.lake.ladder import REVIEW
from features.lake.lake import Lake
from features.lake.tables import EnterpriseRow, Link


@dataclass(frozen=True)
class KnownLink:
    """key: a name without its dots and blanks, or a record's number. known_to: when it was undone."""

    link_id: int
    key: str
    uscc: str
    name: str | None
    rule: str
    score: float
    known_from: datetime
    known_to: datetime | None


def list_links(lake: Lake, limit: int | None = None) -> list[KnownLink]:
    """Links in the order they were made, the first `limit` or all."""
    owner = EnterpriseRow
    query = (
        select(Link.id, Link.key, owner.uscc, owner.name, Link.rule, Link.score, Link.known_from, Link.known_to)
        .join(owner, owner.id == Link.enterprise_id)
        .order_by(Link.id)
        .limit(limit)
    )
    with lake.catalogue.connect() as connection:
        return [
            KnownLink(
                number, key, uscc, name, rule, score, from_micros(start), None if end is None else from_micros(end)
            )
            for number, key, uscc, name, rule, score, start, end in connection.execute(query)
        ]


@dataclass(frozen=True)
class LinksChanged:
    """How many links were ended, and how many a person accepted."""

    ended: int
    accepted: int

    def __bool__(self) -> bool:
        return bool(self.ended or self.accepted)


def links_changed(lake: Lake, since: int, as_of: date) -> LinksChanged:
    """Which acts after a snapshot changed what is known as of a day; those known from a later day on did not."""
    known = to_micros(known_before(as_of))
    ended = select(func.count()).select_from(Link).where(Link.ended_in > since, Link.known_to < known)
    accepted = select(func.count()).select_from(Link).where(Link.added_in > since, Link.known_from < known)
    with lake.catalogue.connect() as connection:
        counts = (connection.scalar(ended), connection.scalar(accepted.where(Link.rule == REVIEW)))
    return LinksChanged(*(int(count or 0) for count in counts))
