"""How scores were told at first: steps and words written in the catalogue line, no thresholds, no peers, no months.

Lines of that form are sold no more; their answers are given again in it.
"""

from collections.abc import Mapping
from typing import Any

from models.scoring import Scored, ScoringModel
from products.product import FixedStep, Product
from products.reading import Value
from products.reports.content import Advice

SAID = 3


def is_of_first_form(product: Product) -> bool:
    """Whether a line's advice is written in it."""
    return bool(product.fixed_steps)


def find_fixed_advice(
    product: Product, model: ScoringModel, values: Mapping[str, Value], scored: Scored
) -> list[Advice]:
    """The steps that help this firm, each scored alone, the most helpful first; empty where none does.

    A step is tried where the model reads the feature and the value lies on the risky side of what can be reached.
    """
    signs = {column.name: column.sign for column in model.columns.columns}
    tried = [
        _said(step, values, model.score({**values, **_moved(step, signs, values)}).score)
        for step in product.fixed_steps
        if _is_worse(values.get(step.feature), step.to, signs.get(step.feature, 0))
    ]
    helpful = [advice for advice in tried if advice.score_after > scored.score]
    return sorted(helpful, key=lambda advice: (-advice.score_after, advice.feature))[:SAID]


def in_first_form(content: dict[str, Any]) -> dict[str, Any]:
    """A score's content without what was not told yet."""
    told = _without(content, "advice_note", "advice_note_en")
    reasons = [
        reason | {"features": [_without(feature, "threshold", "peer_median") for feature in reason["features"]]}
        for reason in content["reasons"]
    ]
    return told | {"reasons": reasons, "advice": [_without(step, "months") for step in content["advice"]]}


def _without(told: Mapping[str, Any], *names: str) -> dict[str, Any]:
    return {name: value for name, value in told.items() if name not in names}


def _moved(step: FixedStep, signs: Mapping[str, int], values: Mapping[str, Value]) -> dict[str, Value]:
    """The values after the step: the feature, and those that tell the same story where they are worse."""
    together = {step.feature: step.to, **step.also}
    return {name: float(to) for name, to in together.items() if _is_worse(values.get(name), to, signs.get(name, 0))}


def _is_worse(value: Value, to: float, sign: int) -> bool:
    """Whether a known number lies on the risky side of what can be reached; sign +1: more is riskier."""
    return isinstance(value, int | float) and (value - to) * sign > 0


def _said(step: FixedStep, values: Mapping[str, Value], score_after: int) -> Advice:
    return Advice.model_validate(
        {
            "text": step.text,
            "text_en": step.text_en,
            "feature": step.feature,
            "from": values[step.feature],
            "to": step.to,
            "months": 0,
            "score_after": score_after,
        }
    )
