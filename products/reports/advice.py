"""What a firm can do: each step is scored again by the same model before it is said."""

from collections.abc import Mapping

from models.scoring import Scored, ScoringModel
from products.product import AdviceStep
from products.reading import Value
from products.reports.content import Advice

SAID = 3
"""More than a few things to do are no advice."""


def find_advice(
    steps: tuple[AdviceStep, ...], model: ScoringModel, values: Mapping[str, Value], scored: Scored
) -> list[Advice]:
    """The steps that help this firm, the most helpful first; empty where none does.

    A step is tried where the model reads the feature and the value lies on the risky side of what can be reached.
    """
    signs = {column.name: column.sign for column in model.columns.columns}
    tried = [
        _said(step, values, model.score({**values, **_moved(step, signs, values)}).score)
        for step in steps
        if _is_worse(values.get(step.feature), step.to, signs.get(step.feature, 0))
    ]
    helpful = [advice for advice in tried if advice.score_after > scored.score]
    return sorted(helpful, key=lambda advice: (-advice.score_after, advice.feature))[:SAID]


def _moved(step: AdviceStep, signs: Mapping[str, int], values: Mapping[str, Value]) -> dict[str, Value]:
    """The values after the step: the feature, and those that tell the same story where they are worse."""
    together = {step.feature: step.to, **step.also}
    return {name: float(to) for name, to in together.items() if _is_worse(values.get(name), to, signs.get(name, 0))}


def _is_worse(value: Value, to: float, sign: int) -> bool:
    """Whether a known number lies on the risky side of what can be reached; sign +1: more is riskier."""
    return isinstance(value, int | float) and (value - to) * sign > 0


def _said(step: AdviceStep, values: Mapping[str, Value], score_after: int) -> Advice:
    return Advice.model_validate(
        {
            "text": step.text,
            "text_en": step.text_en,
            "feature": step.feature,
            "from": values[step.feature],
            "to": step.to,
            "score_after": score_after,
        }
    )
