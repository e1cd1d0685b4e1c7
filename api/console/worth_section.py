"""What a feed is worth, as its page shows it: models with and without it, and its features around default."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from api.console.charts import styled
from api.pages.rendering import Language
from api.pages.words import WORDS, told
from features.definitions.entry import Entry
from models.worth.drawing import draw_course
from models.worth.figures import Ablation, Matching
from models.worth.files import read_worth
from models.worth.page import SHOWN_MONTHS, difference


@dataclass(frozen=True)
class WorthSection:
    """rows: label and differences at `months` of each feature, the strongest first. chart: None without any."""

    day: str
    ablation: Ablation
    matching: Matching
    months: tuple[int, ...]
    rows: list[tuple[str, list[str]]]
    chart: dict[str, Any] | None


def worth_section(home: Path, feed: str, entries: Sequence[Entry], language: Language) -> WorthSection | None:
    """The section of a feed with these features; None where its worth was not measured.

    A feature that was measured and is published no more goes by its name.
    """
    worth = read_worth(home, feed)
    if worth is None or worth.ablation is None:
        return None
    labels = {entry.name: told(entry, "label", language) for entry in entries}
    words = WORDS[language]
    chart = draw_course(worth, lambda name: labels.get(name, name), words["worth_months"], words["worth_difference"])
    return WorthSection(
        day=worth.day.isoformat(),
        ablation=worth.ablation,
        matching=worth.matching,
        months=SHOWN_MONTHS,
        rows=[
            (labels.get(course.feature, course.feature), [difference(course.at(month)) for month in SHOWN_MONTHS])
            for course in worth.strongest(len(worth.courses))
        ],
        chart=styled(chart) if worth.courses else None,
    )
