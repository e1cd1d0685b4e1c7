"""How much there was to read: the outcome of an answer, its marks, and the day its data reach."""

from collections.abc import Iterable
from datetime import date

from features.contracts.feeds import find_feed
from features.lake.marks import marks_of as standing_marks
from products.reading import Outcome, Reading
from products.reports.content import Mark


def outcome_of(reading: Reading) -> Outcome:
    """not_found: no record in any feed the answer rests on; stale: records only in feeds whose next delivery is
    overdue; partial: an expected feed has none; else found.
    """
    rests_on = [feed for feed in reading.product.rests_on or reading.recorded if feed in reading.feeds]
    if all(reading.recorded[feed] is None for feed in rests_on):
        return "not_found"
    unread = reading.feeds - reading.received
    recorded = {feed for feed in rests_on if reading.recorded[feed] is not None}
    if recorded <= reading.stale.keys():
        return "stale"
    empty = [feed for feed in reading.product.expects if feed in reading.feeds and reading.recorded[feed] is None]
    return "partial" if unread or empty else "found"


def marks_of(reading: Reading) -> list[Mark]:
    """What a reader must know about the feeds behind the answer, by feed: one never received, silent, or empty."""
    marks = []
    for feed, newest in reading.recorded.items():
        if feed not in reading.received:
            marks.append(_mark("FEED-NOT-RECEIVED", feed, "本平台未接入", "has never been received here"))
            continue
        if feed in reading.stale:
            late = reading.stale[feed]
            zh, en = (
                f"最近一批于{late.newest}收到,应于{late.due_by}前更新",
                f"last arrived on {late.newest}, due by {late.due_by}",
            )
            marks.append(_mark("FEED-STALE", feed, zh, en))
        if newest is None and feed in reading.product.expects:
            marks.append(_mark("NO-RECORD", feed, "该企业无记录", "has no record of the enterprise"))
    return marks


_SAID = {
    "objection": ("UNDER-OBJECTION", "该记录处于异议处理中", "is under objection"),
    "review": ("UNDER-REVIEW", "该记录处于行政复议中", "is under administrative review"),
    "suit": ("IN-SUIT", "该记录处于行政诉讼中", "is in suit"),
}


def record_marks(reading: Reading, records: Iterable[tuple[str, str]]) -> list[Mark]:
    """The marks that records (feed, record id) of an answer bear on the day read."""
    found = standing_marks(reading.desk.lake, records, reading.day, reading.desk.known_by)
    return [
        _mark(
            code, mark.feed, f"{zh},自{mark.from_day}起", f"record {mark.record_id} {en} since {mark.from_day}"
        ).model_copy(update={"record_id": mark.record_id})
        for marks in (found[key] for key in sorted(found))
        for mark in marks
        for code, zh, en in [_SAID[mark.kind]]
    ]


def data_as_of(reading: Reading) -> date | None:
    """The day on which the newest of the subject's records in the product's feeds became known here."""
    return max((day for day in reading.recorded.values() if day is not None), default=None)


def _mark(code: str, feed: str, zh: str, en: str) -> Mark:
    contract = find_feed(feed)
    text, text_en = f"{contract.name}({feed}):{zh}", f"{contract.name_en} ({feed}) {en}"
    return Mark.model_validate({"code": code, "feed": feed, "text": text, "text_en": text_en})
