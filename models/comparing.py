"""Reasons held against others: where each feature would turn, and what the firm's peers have, in the same sentence."""

from collections.abc import Mapping, Sequence

from features.definitions.units import UNITS
from models.columns import Value
from models.reasons import FeatureValue, ScoredReason, ToldReason
from models.scoring import ScoringModel
from models.wording import say_value, say_value_en

_SAID_WITHOUT = ("fen", "share", "change", "bp", "")
"""Units whose values are complete as `say_value` says them."""
_NOT_COMPARED = ("flag", "section", "grade", "level", "stage", "class", "district")
"""Units of which a middle or a turning point says nothing."""


def compared_reasons(
    model: ScoringModel, values: Mapping[str, Value], reasons: Sequence[ScoredReason]
) -> tuple[ToldReason, ...]:
    """The reasons of an answer in words; features and sentences tell turning points and medians of peers."""
    if not reasons:
        return ()
    row = model.columns.row(values)[0]
    parts = model.predictor.parts(row[None])[1][0].tolist()

    def compared(feature: FeatureValue) -> FeatureValue:
        place, turning = model.columns.places[feature.name], model.turning
        if feature.unit in _NOT_COMPARED or isinstance(feature.value, str):
            return feature
        turn = turning.nearest(place, row, parts[place]) if turning else None
        median = model.peers.median(feature.name, values)[0]
        return FeatureValue(feature.name, feature.value, feature.unit, threshold=turn, peer_median=median)

    return tuple(_said(model, values, reason, tuple(map(compared, reason.features))) for reason in reasons)


def _said(
    model: ScoringModel, values: Mapping[str, Value], reason: ScoredReason, features: tuple[FeatureValue, ...]
) -> ToldReason:
    """The reason's sentence, with what its leading feature is held against."""
    leader, own_industry = features[0], model.peers.median(features[0].name, values)[1]
    turn = _turn(leader, adverse=reason.direction == "adverse", alone=len(features) == 1)
    added = [turn, _median(leader, own_industry=own_industry)]
    chinese = ";".join(zh for zh, _ in filter(None, added))
    english = "; ".join(en for _, en in filter(None, added))
    text, text_en = reason.sentences
    if chinese:
        text, text_en = f"{text}({chinese})", f"{text_en} ({english})"
    return ToldReason(reason.code, reason.direction, reason.points, text, text_en, features)


def _turn(feature: FeatureValue, *, adverse: bool, alone: bool) -> tuple[str, str] | None:
    """At which value the feature would no longer count this way. alone: the reason is of no other feature.

    Where it is of several the others may go on counting, so the sentence is of this figure and not of the reason.
    """
    if feature.threshold is None or not isinstance(feature.value, int | float):
        return None
    zh, en = said_with_unit(feature.threshold, feature.unit)
    at, at_en = ("达到", "at") if feature.threshold > feature.value else ("不超过", "at most")
    what, what_en = ("此项", "it") if alone else ("该指标", "this figure alone")
    if adverse:
        return f"{at}{zh}时{what}不再扣分", f"{at_en} {en} {what_en} would no longer cost points"
    return f"{at}{zh}时{what}不再加分", f"{at_en} {en} {what_en} would no longer add points"


def _median(feature: FeatureValue, *, own_industry: bool) -> tuple[str, str] | None:
    """The middle of the firm's peers."""
    if feature.peer_median is None:
        return None
    zh, en = said_with_unit(feature.peer_median, feature.unit)
    whose, whose_en = ("同行业", "its industry") if own_industry else ("同类企业", "firms like it")
    return f"{whose}中位数{zh}", f"median of {whose_en}: {en}"


def said_with_unit(value: float, unit: str) -> tuple[str, str]:
    """A number in Chinese and English with the unit it counts."""
    zh, en = say_value(value, unit), say_value_en(value, unit)
    if unit in _SAID_WITHOUT:
        return zh, en
    return f"{zh}{UNITS.get(unit, '')}", f"{en} {unit}"
