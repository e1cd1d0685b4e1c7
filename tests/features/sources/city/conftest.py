"""One small city for all tests that read deliveries, and one shard for those that look before the first record."""

from pathlib import Path

import pytest

from features.sources.city.city import write_deliveries
from features.sources.city.shard import Shard
from tests.factories.cities import SEED, drawn_shard


@pytest.fixture(scope="session")
def village(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a city of 300 enterprises."""
    folder = tmp_path_factory.mktemp("village")
    write_deliveries(folder, enterprises=300, seed=SEED)
    return folder


@pytest.fixture(scope="session")
def shard() -> Shard:
    """400 enterprises before their first record."""
    return drawn_shard()
