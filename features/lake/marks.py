"""Marks: records that are under objection, review or suit. They are still used, and who reads them is told."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal, get_args

from sqlalchemy import bindparam, insert, select

from bureau.clock import known_before, to_micros
from bureau.errors import InvalidInput, StateConflict, UnknownName
from features.contracts.feeds import find_feed
from features.lake.driver import Question
from features.lake.lake import Lake
from features.lake.stored import numbers_of_ids
from features.lake.tables import Mark

MarkKind = Literal["objection", "review", "suit"]
KINDS: tuple[str, ...] = get_args(MarkKind)

Key = tuple[str, str]
"""Feed and record id."""
_PORTION = 5_000
_MARKED = Question(select(Mark.feed).where(Mark.known_at < bindparam("before")).distinct())
_SEE = "bureau features explain FEATURE --subject CODE --as-of DAY"


@dataclass(frozen=True)
class RecordMark:
    """What a reader of a record must know, and since when."""

    feed: str
    record_id: str
    kind: MarkKind
    from_day: date


def mark_record(
    lake: Lake,
    key: Key,
    kind: str,
    *,
    from_day: date,
    known_at: datetime,
    made_at: datetime,
    until_day: date | None = None,
    basis: str | None = None,
) -> None:
    """Mark a record from a day on; with `until_day` the mark is over from that day on.

    known_at: the instant from which readers are told; made_at: of the act itself. An objection that is upheld is a
    corrected or withdrawn version of the record, and no mark. Raises `UnknownName` for another kind and
    for a record the feed does not have, `InvalidInput` for an end before the start.
    """
    feed, record_id = find_feed(key[0]), key[1]
    if kind not in KINDS:
        raise UnknownName("kind of mark", kind, KINDS)
    if until_day is not None and until_day < from_day:
        raise InvalidInput(f"A mark from {from_day} cannot end on {until_day}: give a later day.")
    if numbers_of_ids(lake, feed, [record_id]).is_empty():
        raise UnknownName(f"record of {feed.code}", record_id, see=_SEE)
    values = {"feed": feed.code, "record_id": record_id, "kind": kind, "from_day": from_day, "until_day": until_day}
    with lake.catalogue.begin() as connection:
        connection.execute(insert(Mark).values(**values, basis=basis, known_at=to_micros(known_at), made_at=made_at))


def marks_of(
    lake: Lake, keys: Iterable[Key], as_of: date, known_by: datetime | None = None
) -> dict[Key, tuple[RecordMark, ...]]:
    """The marks that some records bear as of a day; records without one are left out.

    known_by: what was marked after this instant is left out, so that an answer can be given again as it was.
    """
    wanted = dict.fromkeys(keys)
    newest: dict[tuple[Key, str], Mark] = {}
    latest = None if known_by is None else to_micros(known_by)
    for mark in _known(lake, [record_id for _, record_id in wanted], as_of):
        if latest is not None and mark.known_at > latest:
            continue
        newest[(mark.feed, mark.record_id), mark.kind] = mark
    found: Mapping[Key, list[RecordMark]] = defaultdict(list)
    for (key, kind), mark in newest.items():
        if key in wanted and mark.from_day <= as_of and (mark.until_day is None or as_of < mark.until_day):
            found[key].append(RecordMark(*key, kind, mark.from_day))  # type: ignore[arg-type]  # one of KINDS
    return {key: tuple(sorted(marks, key=lambda mark: mark.kind)) for key, marks in found.items()}


def refuse_marked(lake: Lake, feed: str, record_ids: Iterable[str], as_of: date) -> None:
    """Raises `StateConflict` where a record bears a mark: erased, what is disputed could not be looked at again."""
    marked = marks_of(lake, ((feed, record_id) for record_id in record_ids), as_of)
    if marked:
        ((_, record_id), (first, *_)) = min(marked.items())
        raise StateConflict(
            f"{len(marked):,} of these records of {feed} are under objection, review or suit, {record_id} under "
            f"{first.kind} since {first.from_day}: have that settled first, or say --although-marked."
        )


def marked_feeds(lake: Lake, as_of: date) -> frozenset[str]:
    """Codes of the feeds of which any record was ever marked, as known on a day."""
    return frozenset(feed for (feed,) in _MARKED.rows(lake.catalogue, before=to_micros(known_before(as_of))))


def marked_records(lake: Lake, as_of: date) -> list[Key]:
    """The records that were ever marked, as known on a day."""
    known = select(Mark.feed, Mark.record_id).where(Mark.known_at < to_micros(known_before(as_of))).distinct()
    with lake.catalogue.connect() as connection:
        return [(feed, record_id) for feed, record_id in connection.execute(known)]


def _known(lake: Lake, record_ids: list[str], as_of: date) -> list[Mark]:
    """The lines about some records known as of a day, oldest first."""
    known = select(Mark).where(Mark.known_at < to_micros(known_before(as_of))).order_by(Mark.known_at, Mark.id)
    found: list[Mark] = []
    with lake.catalogue.connect() as connection:
        for start in range(0, len(record_ids), _PORTION):
            portion = known.where(Mark.record_id.in_(record_ids[start : start + _PORTION]))
            found += [Mark(**row._mapping) for row in connection.execute(portion)]
    return found
