"""Models that take seconds to train, once for all tests."""

from pathlib import Path

import pytest

from features.lake.lake import Lake
from features.sources.loading import SourceOptions, load_source
from models.cross_validation import Division
from models.invoice_default.train import fit
from models.keeping import Kept
from models.training import Trained
from tests.factories.homes import lake_in
from tests.factories.once import copy_made_once
from tests.factories.releases import AT, release_kept
from tests.factories.verdicts import VERDICT_DAY, labelled_verdicts


@pytest.fixture(scope="session")
def city(tmp_path_factory: pytest.TempPathFactory) -> Lake:
    """A small synthetic city, delivered and landed."""
    home = tmp_path_factory.mktemp("city")
    copy_made_once("city of 1000", _load_city, home)
    return lake_in(home)


def _load_city(home: Path) -> None:
    lake = lake_in(home)
    load_source(lake, home, "city", SourceOptions(enterprises=1000), at=AT)
    lake.catalogue.dispose()


@pytest.fixture(scope="session")
def trained() -> Trained:
    """invoice_default on made-up verdicts that trees tell best."""
    return train_made_up(size=1.0, rate=6.0)


@pytest.fixture(scope="session")
def plain() -> Trained:
    """invoice_default on made-up verdicts that the logistic model tells best."""
    return train_made_up(size=2.5, rate=0.0)


@pytest.fixture(scope="session")
def coin() -> Trained:
    """invoice_default on made-up verdicts that follow nothing."""
    return train_made_up(size=0.0, rate=0.0)


@pytest.fixture(scope="session")
def mlruns(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One registry for several homes: making a new one takes mlflow seconds."""
    return tmp_path_factory.mktemp("mlruns")


@pytest.fixture(scope="session")
def kept(trained: Trained, mlruns: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Kept]:
    """A home with one version, logged and released by two people."""
    home = tmp_path_factory.mktemp("home")
    return home, release_kept(home, mlruns, trained)


def train_made_up(size: float, rate: float) -> Trained:
    """With two repeats instead of twenty."""
    now, earlier = labelled_verdicts(size=size, rate=rate), labelled_verdicts(size=size, rate=rate, seed=2)
    return fit(now, earlier, VERDICT_DAY, Division(repeats=2, folds=5, seed=1))
