"""From a model's reasons to the records behind them."""

from collections.abc import Iterable

from bureau.spans import span
from features.definitions.library import find_feature
from features.lake.marks import marked_feeds
from features.store.citations import Cited
from models.reasons import ToldReason
from products.reading import Reading
from products.reports.content import Mark, Reason
from products.reports.coverage import record_marks

SHOWN = 5
"""Records shown with one reason, the newest; `evidence_count` counts all, and `features explain` lists them."""


@span("reasons")
def told_reasons(reading: Reading, reasons: tuple[ToldReason, ...]) -> list[Reason]:
    """The reasons of a score, each with the newest records that entered its features."""
    cited = reading.cited(feature.name for reason in reasons for feature in reason.features)
    return [_told(reason, cited) for reason in reasons]


def entered_marks(reading: Reading, features: Iterable[str]) -> list[Mark]:
    """The marks of all records that entered some features, told in a reason or not."""
    marked = marked_feeds(reading.desk.lake, reading.day)
    concerned = [name for name in features if marked & {*find_feature(name).feeds}] if marked else []
    return record_marks(reading, reading.cited(concerned).records(concerned)) if concerned else []


def _told(reason: ToldReason, cited: Cited) -> Reason:
    """Its parts are read with it: one by one they would take several times as long."""
    features = [feature.name for feature in reason.features]
    told = {
        "code": reason.code,
        "direction": reason.direction,
        "points": reason.points,
        "text": reason.text,
        "text_en": reason.text_en,
        "features": [
            {
                "name": feature.name,
                "value": feature.value,
                "unit": feature.unit,
                "threshold": feature.threshold,
                "peer_median": feature.peer_median,
            }
            for feature in reason.features
        ],
        "evidence": [record._asdict() for record in cited.newest(features, SHOWN)],
        "evidence_count": cited.count(features),
    }
    return Reason.model_validate(told)
