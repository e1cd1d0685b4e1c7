"""A record that later files change becomes a new version; what is the same stays as it was."""

from datetime import UTC, date, datetime
from typing import Any

import polars as pl

from features.contracts.counterparty import COUNTERPARTY
from features.sources.versions import in_form, next_versions

RECEIVED_AT = datetime(2019, 9, 7, 18, tzinfo=UTC)


def row(record_id: str, amount_fen: int = 100, **changes: Any) -> dict[str, Any]:
    return {
        "record_id": record_id,
        "event_date": date(2019, 6, 30),
        "publish_date": date(2019, 9, 8),
        "received_at": RECEIVED_AT,
        "uscc": "91999999000000000X",
        "quarter": date(2019, 6, 30),
        "side": "销",
        "rank": 1,
        "cp_hash": "0" * 32,
        "amount_fen": amount_fen,
        "share_bp": 10_000,
        **changes,
    }


def held(*rows: dict[str, Any]) -> pl.DataFrame:
    return in_form(pl.DataFrame(list(rows)) if rows else pl.DataFrame({"record_id": []}), COUNTERPARTY)


def followed(rows: list[dict[str, Any]], *before: dict[str, Any]) -> list[tuple[str, str, int, int]]:
    """Record, operation, version and amount of the delivery that follows."""
    frame = next_versions(pl.DataFrame(rows), held(*before), COUNTERPARTY)
    return frame.select("record_id", "op", "version", "amount_fen").rows()


def test_a_row_never_held_is_the_first_version() -> None:
    assert followed([row("a")]) == [("a", "I", 1, 100)]


def test_the_content_held_keeps_its_version_and_operation() -> None:
    before = row("a", op="U", version=2)
    assert followed([row("a")], before) == [("a", "U", 2, 100)]


def test_another_content_is_the_next_version() -> None:
    before = row("a", amount_fen=70, op="I", version=1)
    assert followed([row("a")], before) == [("a", "U", 2, 100)]


def test_another_day_of_receipt_is_another_content() -> None:
    before = row("a", received_at=RECEIVED_AT.replace(hour=17), op="I", version=1)
    assert followed([row("a")], before) == [("a", "U", 2, 100)]


def test_a_row_that_is_no_more_is_withdrawn() -> None:
    before = (row("a", op="I", version=1), row("b", amount_fen=50, op="U", version=3))
    assert followed([row("a")], *before) == [("a", "I", 1, 100), ("b", "D", 4, 50)]


def test_a_withdrawn_row_stays_withdrawn() -> None:
    before = (row("a", op="I", version=1), row("b", op="D", version=2))
    assert followed([row("a")], *before) == [("a", "I", 1, 100)]


def test_a_withdrawn_row_that_is_there_again_is_a_new_version() -> None:
    assert followed([row("a")], row("a", op="D", version=2)) == [("a", "U", 3, 100)]
