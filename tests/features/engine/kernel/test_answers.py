"""An answer as columns: the same values, and null exactly where the machine says NaN."""

import numpy as np
import pyarrow as pa
import pytest

from features.engine.kernel.answers import columns


@pytest.mark.parametrize("size", [0, 1, 7, 8, 9, 64, 1_000])
@pytest.mark.parametrize("share", [0.0, 0.4, 1.0], ids=["all known", "some unknown", "nothing known"])
def test_nan_is_null_and_nothing_else(size: int, share: float) -> None:
    chance = np.random.default_rng(size)
    out = chance.normal(size=(5, size))
    out[chance.random(out.shape) < share] = np.nan
    out[0, :3] = [np.inf, -0.0, 0.0][:size]
    made = columns(out)
    for column, values in zip(made, out, strict=True):
        column.validate(full=True)
        assert column.equals(pa.array(values, from_pandas=True))
        assert column.null_count == np.isnan(values).sum()


def test_an_answer_of_no_feature_has_no_column() -> None:
    assert columns(np.empty((0, 4))) == []
