"""A feature's name stands for one computation for good: what changed or went is told, and what to do about it."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from features.definitions.entry import Entry
from features.definitions.library import computes, features_of, find_feature, kept, published
from features.definitions.record import RECORD, record_faults
from features.engine.rows import col
from features.engine.windows import months
from tests.factories.retiring import RETIRED, SUCCESSOR, retire


def test_all_that_was_ever_published_is_here() -> None:
    assert list(record_faults()) == []


@pytest.mark.parametrize(
    "change",
    [
        pytest.param(
            lambda entry: replace(entry, definition=replace(entry.definition, within=months(12))), id="window"
        ),
        pytest.param(
            lambda entry: replace(entry, definition=replace(entry.definition, where=col("arrears_fen") > 100)),
            id="condition",
        ),
        pytest.param(lambda entry: replace(entry, definition=replace(entry.definition, missing=None)), id="missing"),
        pytest.param(lambda entry: replace(entry, unit="records"), id="unit"),
        pytest.param(
            lambda entry: replace(
                entry,
                definition=replace(entry.definition, feed=replace(entry.definition.feed, publish_lag_days=(30, 91))),
            ),
            id="deadline of its feed",
        ),
    ],
)
def test_what_computes_another_thing_is_told(change: Callable[[Entry], Entry]) -> None:
    entries = [change(entry) if entry.name == RETIRED else entry for entry in kept()]
    (fault,) = record_faults(entries)
    assert fault.startswith(f"{RETIRED} computes another thing than was published (SHA-256 ")
    assert fault.endswith("publish that under a name of its own, and retire this one as it was.")


def test_labels_and_texts_may_be_bettered() -> None:
    entries = [
        replace(entry, label="另一个名称", label_en="Another label", reference="《另一条》") for entry in published()
    ]
    assert list(record_faults(entries)) == []


def test_what_is_gone_is_told() -> None:
    (fault,) = record_faults(entry for entry in kept() if entry.name != RETIRED)
    assert fault.startswith(f"{RETIRED} was published and is gone: restore it as it was")


def test_what_is_new_comes_on_record(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    _, successor = retire(monkeypatch)
    (fault,) = record_faults()
    line = f"{SUCCESSOR}: {computes(successor)}"
    assert fault == f"{SUCCESSOR} is not on record: add to {RECORD} the line {line}"
    (tmp_path / "record.yaml").write_text(f"{RECORD.read_text('utf-8')}{line}\n", "utf-8")
    assert list(record_faults(record=tmp_path / "record.yaml")) == []


def test_what_is_retired_is_computed_and_offered_to_nobody(monkeypatch: pytest.MonkeyPatch) -> None:
    retired, successor = retire(monkeypatch)
    assert find_feature(RETIRED) is retired
    assert {retired.name, successor.name} < {entry.name for entry in kept()}
    for offered in (published(), features_of("F18")):
        names = {entry.name for entry in offered}
        assert (successor.name in names, retired.name in names) == (True, False)
