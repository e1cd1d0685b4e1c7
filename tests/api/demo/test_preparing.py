"""A city too small for a model says how large it must be; any other refusal stands as it is."""

from pathlib import Path

import pytest

from api.demo.preparing import large_enough, train_model
from bureau.errors import InvalidInput, ReleaseRefused, TooFewLabels
from bureau.settings import Settings
from tests.factories.lakes import make_lake


def train_on_nothing(folder: Path) -> None:
    settings = Settings(home=folder / "home", _env_file=None)
    train_model(make_lake(folder), settings, "sme_default", settings.feature_day, print)


def test_a_small_city_says_how_many_are_needed(tmp_path: Path) -> None:
    said = r"^100 enterprises have too few .*--enterprises 2000"
    with pytest.raises(InvalidInput, match=said) as raised, large_enough(100, 2000):
        train_on_nothing(tmp_path)
    assert not isinstance(raised.value, TooFewLabels)


def test_so_does_one_whose_model_may_not_serve() -> None:
    with pytest.raises(InvalidInput, match="--enterprises 2000"), large_enough(1999, 2000):
        raise ReleaseRefused("sme_default", "1", "its AUC is too low.")


@pytest.mark.parametrize("enterprises", [None, 2000])
def test_what_no_size_would_mend_is_told_as_it_is(tmp_path: Path, enterprises: int | None) -> None:
    with pytest.raises(TooFewLabels), large_enough(enterprises, 2000):
        train_on_nothing(tmp_path)
