"""What a firm can do: the model's own advice in the words of a report, and honestly nothing where nothing helps."""

from collections.abc import Mapping
from datetime import date

from features.definitions.library import find_feature
from models.advice import Step, advise
from models.changes import changes_of
from models.scoring import Scored, ScoringModel
from products.reading import Value
from products.reports.content import Advice

NO_ADVICE = "按本模型,企业目前没有可以采取并能提高评分的措施。"
NO_ADVICE_EN = "By this model there is nothing the enterprise could do now that would raise its score."


def find_advice(
    features: tuple[str, ...],
    model: ScoringModel,
    values: Mapping[str, Value],
    scored: Scored,
    given_on: date,
) -> list[Advice]:
    """At most three steps about the product's features, each scored after those before it; empty where none helps.

    given_on: the legal day of the answer; by what holds on it is advised.
    """
    return [_said(step) for step in advise(model, values, scored.score, changes_of(features, given_on))]


def _said(step: Step) -> Advice:
    text, text_en = step.change.said(step.to, find_feature(step.change.feature).unit)
    return Advice.model_validate(
        {
            "text": text,
            "text_en": text_en,
            "feature": step.change.feature,
            "from": step.value,
            "to": step.to,
            "months": step.change.months,
            "score_after": step.score_after,
        }
    )
