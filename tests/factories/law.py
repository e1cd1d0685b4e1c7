"""Amendments of the law that no legislator made."""

from typing import Any

import pytest

from features.law import terms


def amend_penalties(monkeypatch: pytest.MonkeyPatch, **changes: Any) -> None:
    """The newest regime of penalties with some cells changed: unless said, in force from another day."""
    tables = list(terms.term_tables())
    [place] = [number for number, table in enumerate(tables) if table.table == "penalty"]
    *former, newest = tables[place].regimes
    amended = newest.model_copy(update=changes or {"in_force_from": newest.in_force_from.replace(day=15)})
    tables[place] = tables[place].model_copy(update={"regimes": (*former, amended)})
    monkeypatch.setattr(terms, "term_tables", lambda: tuple(tables))
