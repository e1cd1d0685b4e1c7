"""Sums of a month's charges at which an institution is told, written with the charge that reaches them."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from api.identifiers import new_identifier
from api.metering.charging import month_of
from api.metering.draft import Draft


def crossed(draft: Draft, alerts_fen: Sequence[int], spent: int, fen: int, at: datetime) -> list[dict[str, Any]]:
    """The events of one charge: one for each sum that the month's charges reach with it."""
    return [
        {
            "id": new_identifier(at),
            "institution_id": draft.institution_id,
            "topic": "usage.threshold_reached",
            "payload": {
                "month": f"{month_of(at):%Y-%m}",
                "threshold_fen": threshold,
                "charged_fen": spent + fen,
                "call_id": draft.call_id,
            },
            "test": draft.test,
            "occurred_at": at,
        }
        for threshold in alerts_fen
        if spent < threshold <= spent + fen
    ]
