"""From a model's reasons to the records behind them."""

from collections.abc import Iterable, Mapping
from heapq import nsmallest

from bureau.spans import span
from features.definitions.library import find_feature
from features.lake.marks import marked_feeds
from features.store.evidence import Evidence
from models.reasons import ScoredReason
from products.reading import Reading
from products.reports.content import EvidenceRecord, FeatureCompared, Mark, Reason
from products.reports.coverage import record_marks

SHOWN = 5
"""Records shown with one reason, the newest; `evidence_count` counts all, and `features explain` lists them."""


@span("reasons")
def told_reasons(reading: Reading, reasons: tuple[ScoredReason, ...]) -> list[Reason]:
    """The reasons of a score, each with the newest records that entered its features."""
    entered = reading.evidence(feature.name for reason in reasons for feature in reason.features)
    return [_told(reason, entered) for reason in reasons]


def entered_marks(reading: Reading, features: Iterable[str]) -> list[Mark]:
    """The marks of all records that entered some features, told in a reason or not."""
    marked = marked_feeds(reading.desk.lake, reading.day)
    concerned = [name for name in features if marked & {*find_feature(name).feeds}]
    entered = reading.evidence(concerned) if concerned else {}
    return record_marks(reading, ((record.feed, record.record_id) for cited in entered.values() for record in cited))


def _told(reason: ScoredReason, entered: Mapping[str, tuple[Evidence, ...]]) -> Reason:
    features = [feature.name for feature in reason.features]
    records = {(record.feed, record.record_id): record for name in features for record in entered[name]}.values()
    newest = nsmallest(SHOWN, records, key=lambda r: (-r.event_date.toordinal(), r.feed, r.record_id))
    return Reason(
        code=reason.code,
        direction=reason.direction,
        points=reason.points,
        text=reason.text,
        text_en=reason.text_en,
        features=[
            FeatureCompared(name=f.name, value=f.value, unit=f.unit, threshold=f.threshold, peer_median=f.peer_median)
            for f in reason.features
        ],
        evidence=[
            EvidenceRecord(record_id=r.record_id, feed=r.feed, department=r.department, event_date=r.event_date)
            for r in newest
        ],
        evidence_count=len(records),
    )
