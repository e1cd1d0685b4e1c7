"""The engines agree on a made-up lake of edges, and the comparison would tell if they did not."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import polars as pl
import pytest

from bureau.grant import operator_grant
from features.contracts.contract import Contract
from features.contracts.feeds import FEEDS
from features.definitions.entry import own_definition
from features.definitions.library import published
from features.definitions.parts import parts_of
from features.engine.engines import Engine
from features.engine.kernel.program import compile_program
from features.lake.lake import Lake
from features.store import comparison
from features.store.build import build_features
from features.store.comparison import Compared, _held, compare, never_known, summary
from features.store.edges import COMPARED_DAYS, first_versions

NAMES = ["tax_arrears_count_24m", "industry_section", "defendant_cases_24m", "sales_trend_6p"]


def test_every_form_of_every_engine_agrees(tmp_path: Path) -> None:
    compared = list(compare(tmp_path, NAMES, 60, seed=3))
    assert [(one.engine, one.form) for one in compared if one.differing] == []
    assert {one.engine for one in compared} == {Engine.KERNEL}
    assert max(one.varying for one in compared) == len(NAMES)


def test_a_link_undone_changes_cells_that_are_compared(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    undo, built = comparison._undo, []

    def watched(lake: Lake) -> None:
        for act in (lambda: None, lambda: undo(lake)):
            act()
            days = [build_features(lake, NAMES, day, operator_grant(), engine=Engine.DUCKDB) for day in COMPARED_DAYS]
            built.append([day.select(NAMES) for day in days])

    monkeypatch.setattr(comparison, "_undo", watched)
    next(compare(tmp_path, NAMES, 60, seed=3))
    before, after = built
    changed = [not one.equals(other) for one, other in zip(before, after, strict=True)]
    assert any(changed)
    assert not all(changed), "a day before the undoing keeps its view"


@pytest.mark.parametrize("told", [[1.0, 3.0], [1.0, None]], ids=["another value", "a value where none is known"])
def test_a_cell_that_differs_is_shown(told: list[float | None]) -> None:
    made = pl.DataFrame({NAMES[0]: [1.0, 2.0]})
    found = _held(Engine.KERNEL, "build", [(made, pl.DataFrame({NAMES[0]: told}))])
    assert (found.cells, found.differing, found.example) == (2, 1, f"{NAMES[0]}: 2.0 and not {told[1]}")


def test_a_feature_without_a_known_cell_in_any_form_is_told() -> None:
    frames = [pl.DataFrame({NAMES[0]: [1.0, None], NAMES[3]: [None, None]}, strict=False) for _ in range(2)]
    built, trained = (_held(Engine.KERNEL, form, [(frame, frame)]) for form, frame in zip("bt", frames, strict=True))
    assert (built.unknown, built.differing) == ((NAMES[3],), 0)
    assert never_known([built, trained]) == (NAMES[3],)
    assert never_known([built, replace(trained, unknown=())]) == ()


def test_one_sentence_sums_up_all_engines() -> None:
    compared = [Compared(engine, "build", 1_000, 600, 20, 9, 0, "") for engine in ("kernel", "spark")]
    assert summary(compared) == (
        "kernel and spark against duckdb: 0 of 2,000 cells differ; 1,200 were known, 40 of them figures of peers"
    )


@pytest.mark.parametrize("contract", [feed for feed in FEEDS if not feed.derived_from], ids=lambda feed: feed.code)
def test_edges_can_be_drawn_for_every_feed(contract: Contract) -> None:
    assert first_versions(contract, 10, np.random.default_rng(1)).height >= 5


def test_every_published_feature_can_be_read_by_the_kernel() -> None:
    own = {entry.name: own_definition(entry) for entry in parts_of(published())}
    assert len(compile_program(own).outputs) == len(own)
