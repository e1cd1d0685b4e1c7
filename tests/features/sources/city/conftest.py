"""One small city for all tests that read deliveries, and one shard for those that look before the first record."""

from pathlib import Path

import pytest

from features.sources.city.shard import Shard
from tests.factories.cities import drawn_shard, write_city
from tests.factories.once import copy_made_once


@pytest.fixture(scope="session")
def village(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a city of 300 enterprises."""
    folder = tmp_path_factory.mktemp("village")
    copy_made_once("village", lambda made: write_city(made, enterprises=300), folder)
    return folder


@pytest.fixture(scope="session")
def shard() -> Shard:
    """400 enterprises before their first record."""
    return drawn_shard()
