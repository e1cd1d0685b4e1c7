"""What can be changed is declared of every feature of the served models, and declared once."""

from datetime import date
from pathlib import Path

import pytest
from pydantic import ValidationError

from features.definitions.library import find_feature
from models import changes
from models.changes import Change, Declared, changes_of, declared_changes
from models.shelf import SPECS

CAN = declared_changes().can
CANNOT = [(name, fixed) for fixed in declared_changes().cannot for name in fixed.features]


@pytest.mark.parametrize("model", SPECS)
def test_every_feature_of_every_model_is_in_exactly_one_list(model: str) -> None:
    can, cannot = [change.feature for change in CAN], [name for name, _ in CANNOT]
    listed = {name: (can.count(name), cannot.count(name)) for name in SPECS[model].features}
    assert {name: counts for name, counts in listed.items() if sum(counts) != 1} == {}


@pytest.mark.parametrize("change", CAN, ids=lambda change: change.feature)
def test_a_change_is_towards_the_better_side_and_says_what_to_do(change: Change) -> None:
    assert find_feature(change.feature).sign in (-1, 1)
    assert all(find_feature(name).sign in (-1, 1) for name in change.also)
    zh, en = change.said(change.to, find_feature(change.feature).unit)
    assert "{" not in zh + en
    assert zh.isascii() is False
    assert en.isascii()


@pytest.mark.parametrize("name", [name for name, _ in CANNOT])
def test_what_cannot_be_changed_exists_and_says_why(name: str) -> None:
    assert find_feature(name)
    fixed = next(fixed for declared, fixed in CANNOT if declared == name)
    assert fixed.why
    assert fixed.why_en


def test_changes_come_in_the_order_asked_for_and_the_unchangeable_drop_out() -> None:
    names = ("sales_void_share_12p", "age_days", "tax_arrears_open", "no such feature")
    assert [change.feature for change in changes_of(names)] == ["sales_void_share_12p", "tax_arrears_open"]


def test_a_feature_declared_twice_is_refused() -> None:
    twice = {"features": ["tax_arrears_open"], "why": "x", "why_en": "x"}
    with pytest.raises(ValidationError, match="declared twice"):
        Declared.model_validate(
            {
                "version": 1,
                "effective_from": "2025-01-01",
                "can": [CAN[0].model_dump()],
                "cannot": [twice],
            }
        )


@pytest.mark.parametrize(
    ("on", "version"),
    [
        pytest.param(None, 3, id="now"),
        pytest.param("2027-01-01", 3, id="from its first day on"),
        pytest.param("2026-12-31", 2, id="until the day before its successor's"),
        pytest.param("2025-12-31", 1, id="the first"),
        pytest.param("2024-12-31", 1, id="before there was any"),
    ],
)
def test_what_was_declared_on_a_day(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, on: str | None, version: int
) -> None:
    (tmp_path / "earlier").mkdir()
    for name, number, day in (("earlier/changes.1", 1, 2025), ("earlier/changes.2", 2, 2026), ("changes", 3, 2027)):
        text = f"version: {number}\neffective_from: {day}-01-01\ncan: []\ncannot: []\n"
        (tmp_path / f"{name}.yaml").write_text(text, "utf-8")
    monkeypatch.setattr(changes, "CHANGES", tmp_path / "changes.yaml")
    assert declared_changes.__wrapped__(on and date.fromisoformat(on)).version == version


def test_the_value_to_be_reached_is_said_in_its_unit() -> None:
    change = next(change for change in CAN if change.feature == "tax_arrears_open")
    assert change.said(5e7, "fen") == (
        "清缴欠税,使欠税余额不超过50.0万元",
        "Pay tax arrears until at most CNY 500,000 are open",
    )
