"""A logistic version, written, read and loaded the way mlflow loads it."""

from pathlib import Path

import pytest

from models.artefact import read_model, write_model
from models.mlflow_flavour import _load_pyfunc
from tests.factories.portfolio import PLAIN_LOGISTIC, SMALL_TREES, portfolio, scoring_model


@pytest.mark.parametrize("recipe", [SMALL_TREES, PLAIN_LOGISTIC], ids=["trees", "logistic"])
def test_a_model_read_again_gives_equal_answers(recipe: object, tmp_path: Path) -> None:
    model = scoring_model(recipe, name="1")  # type: ignore[arg-type]
    golden = portfolio(seed=4)[0][:3].to_dicts()
    sha256 = write_model(tmp_path / "1", model, golden, {"trained_as_of": "2022-06-30"})
    again = read_model(tmp_path / "1", "1", sha256=sha256)
    frame = portfolio(seed=8)[0]
    assert again.score_many(frame) == model.score_many(frame)
    assert [path.name for path in tmp_path.iterdir()] == ["1"]


def test_mlflow_calls_a_logistic_version_as_a_function(tmp_path: Path) -> None:
    model = scoring_model(PLAIN_LOGISTIC, name="1")
    write_model(tmp_path / "1", model, [], {})
    frame = portfolio(seed=8)[0][:10]
    told = _load_pyfunc(str(tmp_path / "1")).predict(frame.to_pandas())
    assert told == [answer.pd for answer in model.score_many(frame)]
