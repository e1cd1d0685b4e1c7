"""From a model's reasons to the records behind them."""

from models.reasons import ScoredReason
from products.reading import Reading
from products.reports.content import EvidenceRecord, FeatureRead, Reason

SHOWN = 5
"""Records shown with one reason, the newest; `evidence_count` counts all, and `features explain` lists them."""


def told_reasons(reading: Reading, reasons: tuple[ScoredReason, ...]) -> list[Reason]:
    """The reasons of a score, each with the newest records that entered its features."""
    return [_told(reading, reason) for reason in reasons]


def _told(reading: Reading, reason: ScoredReason) -> Reason:
    records = _records(reading, [feature.name for feature in reason.features])
    return Reason(
        code=reason.code,
        direction=reason.direction,
        points=reason.points,
        text=reason.text,
        text_en=reason.text_en,
        features=[FeatureRead(name=f.name, value=f.value, unit=f.unit) for f in reason.features],
        evidence=records[:SHOWN],
        evidence_count=len(records),
    )


def _records(reading: Reading, features: list[str]) -> list[EvidenceRecord]:
    """Every record that entered any of the features, each once, newest event first."""
    found = {}
    for feature in features:
        explanation = reading.explained(feature)
        for record in explanation.records if explanation else ():
            found[record.feed, record.record_id] = EvidenceRecord(
                record_id=record.record_id,
                feed=record.feed,
                department=record.department,
                event_date=record.event_date,
            )
    return sorted(found.values(), key=lambda r: (-r.event_date.toordinal(), r.feed, r.record_id))
