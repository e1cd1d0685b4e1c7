"""A training beside a landing: labels, features and what was known then are of the one snapshot it is stamped with."""

import inspect
import shutil
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from bureau.clock import now
from bureau.grant import operator_grant
from features.contracts.loan_feedback import LOAN_FEEDBACK
from features.lake.lake import Lake
from features.sources.loading import SourceOptions, load_source
from features.sources.sba.publication import LAST_DAY as SBA_DAY
from models import labels, loan_training, training
from models.invoice_default import train as invoice_train
from models.sba_default import train as sba_train
from models.sme_default import train as sme_train
from models.training import Labelled
from tests.factories.cumcm import write_cumcm_directory
from tests.factories.homes import lake_in
from tests.factories.lakes import ACME, land_rows
from tests.factories.loans import loan_feedback
from tests.factories.sba import write_sba_directory
from tests.factories.verdicts import VERDICT_DAY

GRANT = operator_grant("training")
CITY_DAY = date(2023, 4, 30)


def home_of_city(city: Lake, folder: Path) -> Lake:
    return lake_in(Path(shutil.copytree(city.root.parent, folder / "home")))


def home_of_sba(_: Lake, folder: Path) -> Lake:
    data = write_sba_directory(folder / "data", loans=300)
    load_source(lake_in(folder / "home"), folder / "home", "sba", SourceOptions(data=data), at=now())
    return lake_in(folder / "home")


def home_of_verdicts(_: Lake, folder: Path) -> Lake:
    data = write_cumcm_directory(folder / "data", firms=40, seed=3)
    load_source(lake_in(folder / "home"), folder / "home", "cumcm", SourceOptions(data=data), at=now())
    return lake_in(folder / "home")


class Reads:
    """The snapshots of what was read of a lake; after each reading the next delivery lands."""

    def __init__(self, lake: Lake) -> None:
        self.lake, self.snapshots = lake, list[int | None]()

    def beside(self, read: Callable[..., Any]) -> Callable[..., Any]:
        def reading(*words: Any, **more: Any) -> Any:
            found = read(*words, **more)
            self.snapshots.append(inspect.signature(read).bind(*words, **more).arguments.get("snapshot"))
            period = f"2024-{len(self.snapshots):02d}"
            at = datetime(2025, 12, 1, tzinfo=UTC) + timedelta(days=len(self.snapshots))
            land_rows(self.lake, LOAN_FEEDBACK, [loan_feedback(ACME, period)], max(at, now()))
            return found

        return reading


@pytest.fixture
def reads_of(monkeypatch: pytest.MonkeyPatch) -> Callable[[Lake], Reads]:
    def reads(lake: Lake) -> Reads:
        found = Reads(lake)
        monkeypatch.setattr(labels, "records", found.beside(labels.records))
        monkeypatch.setattr(training, "training_set", found.beside(training.training_set))
        return found

    return reads


@pytest.mark.parametrize(
    ("trained_in", "fit", "home", "day"),
    [
        pytest.param(sme_train, (loan_training, "fit_on_loans"), home_of_city, CITY_DAY, id="sme_default"),
        pytest.param(sba_train, (sba_train, "fit"), home_of_sba, SBA_DAY, id="sba_default"),
        pytest.param(invoice_train, (invoice_train, "fit"), home_of_verdicts, VERDICT_DAY, id="invoice_default"),
    ],
)
def test_what_lands_between_two_readings_of_a_training_is_in_none(
    city: Lake,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    reads_of: Callable[[Lake], Reads],
    trained_in: Any,
    fit: tuple[Any, str],
    home: Callable[[Lake, Path], Lake],
    day: date,
) -> None:
    """The fit is left out: it hands on what it was given."""
    lake, given = home(city, tmp_path), list[Labelled]()
    monkeypatch.setattr(*fit, lambda *words, **more: given.extend(_labelled((*words, *more.values()))))
    begun, reads = lake.snapshot(), reads_of(lake)
    trained_in.train(lake, day, GRANT)
    assert len(reads.snapshots) >= 3
    assert set(reads.snapshots) == {begun}
    assert {one.snapshot for one in given} == {begun}
    assert lake.snapshot() > begun


def _labelled(words: tuple[Any, ...]) -> list[Labelled]:
    return [word for word in words if isinstance(word, Labelled)]
