"""The content of a score: the result, its reasons with their records, and advice, from one pass of one model."""

from collections.abc import Mapping
from dataclasses import dataclass

from bureau.spans import span
from features.definitions.library import find_feature
from models.comparing import compared_reasons
from models.scoring import Scored, ScoringModel
from products.product import Product
from products.reading import Reading, Value
from products.reports.advice import NO_ADVICE, NO_ADVICE_EN, find_advice
from products.reports.content import FeatureRead, ModelUsed, ReportContent, ScoreResult
from products.reports.coverage import data_as_of, marks_of
from products.reports.evidence import entered_marks, told_reasons
from products.reports.first_form import find_fixed_advice, is_of_first_form

PD_DIGITS = 6
"""A probability is told to one in a million, the same text on every machine."""


@dataclass(frozen=True)
class Judged:
    """A subject's score with the values it rests on."""

    scored: Scored
    values: Mapping[str, Value]
    model: ModelUsed
    content: ReportContent


def judge(reading: Reading, model: ScoringModel, more: tuple[str, ...] = ()) -> Judged:
    """Score a subject and tell why. more: features to read besides the model's and the product's own."""
    shown = [name for names in reading.product.extras.values() for name in names]
    values = reading.values((*model.features, *shown, *more))
    with span("score"):
        scored = model.score(values)
    used = ModelUsed(name=model.name, version=model.version)
    if is_of_first_form(reading.product):
        reasons = tuple(reason.told() for reason in scored.reasons)
        advice = find_fixed_advice(reading.product, model, values, scored)
    else:
        reasons = compared_reasons(model, values, scored.reasons)
        advice = find_advice(reading.product.advised, model, values, scored, reading.desk.given_on)
    content = ReportContent(
        result=_result(reading.product, scored, values),
        reasons=told_reasons(reading, reasons),
        other_points=scored.other_points,
        advice=advice,
        advice_note=None if advice else NO_ADVICE,
        advice_note_en=None if advice else NO_ADVICE_EN,
        model=used,
        data_as_of=data_as_of(reading),
        marks=[*marks_of(reading), *entered_marks(reading, values)],
    )
    return Judged(scored, values, used, content)


def _result(product: Product, scored: Scored, values: Mapping[str, Value]) -> ScoreResult:
    extras = {extra: [_read(name, values) for name in names] for extra, names in product.extras.items()}
    return ScoreResult.model_validate(
        {
            "score": scored.score,
            "grade": scored.grade,
            "pd": round(scored.pd, PD_DIGITS),
            "base_points": scored.base_points,
            **extras,
        }
    )


def _read(name: str, values: Mapping[str, Value]) -> FeatureRead:
    return FeatureRead(name=name, value=values[name], unit=find_feature(name).unit)
