"""The tables behind a card's pictures: bands of equal weight, a gain curve from 0 to 1, mean points by feature."""

from dataclasses import replace

import numpy as np
import polars as pl
import pytest

from models.pictures import DRAWN, calibration_bands, draw_pictures, gain_curve, mean_points, thinned
from models.training import Trained


def test_bands_have_equal_weight_and_hold_what_was_observed() -> None:
    pd = np.linspace(0.01, 0.8, 80)
    target = (np.arange(80) % 4 == 0).astype(float)
    bands = calibration_bands(pd, target, np.ones(80), bands=8)
    assert bands["n"].to_list() == [10.0] * 8
    assert bands["pd"].to_list() == [pytest.approx(pd[i * 10 : i * 10 + 10].mean()) for i in range(8)]
    assert (
        bands.select((pl.col("low") <= pl.col("observed")) & (pl.col("observed") <= pl.col("high"))).to_series().all()
    )
    assert bands["observed"].mean() == pytest.approx(0.25)


def test_a_band_of_uneven_weights_counts_as_fewer_rows() -> None:
    even = calibration_bands(np.full(10, 0.2), np.ones(10), np.ones(10), bands=1)["n"].item()
    uneven = calibration_bands(np.full(10, 0.2), np.ones(10), np.r_[np.full(9, 0.1), 9.1], bands=1)["n"].item()
    assert even == 10
    assert uneven < 2


@pytest.mark.parametrize(
    ("pd", "half_way"),
    [
        pytest.param([0.9, 0.8, 0.2, 0.1], 1.0, id="all defaults in the riskier half"),
        pytest.param([0.1, 0.2, 0.8, 0.9], 0.0, id="none"),
    ],
)
def test_gain_runs_from_the_riskiest_on(pd: list[float], half_way: float) -> None:
    curve = gain_curve(np.array(pd), np.array([1.0, 1.0, 0.0, 0.0]), np.ones(4))
    assert curve["share"].to_list() == [0, 0.25, 0.5, 0.75, 1]
    assert curve["defaults"][2] == half_way
    assert curve.row(-1) == (1.0, 1.0)


def test_the_features_that_tell_default_weigh_most(trained: Trained) -> None:
    told = mean_points(trained)
    assert set(told["feature"][:2]) == {"sales_tax_rate_12p", "sales_amount_24p"}
    assert sorted(told["feature"]) == sorted(trained.model.features)


def test_every_picture_is_a_png(trained: Trained) -> None:
    pictures = draw_pictures(trained)
    assert set(pictures) == {"calibration.png", "gain.png", "contributions.png"}
    assert all(content.startswith(b"\x89PNG") for content in pictures.values())


def test_a_large_portfolio_is_drawn_too(trained: Trained) -> None:
    many = np.resize(np.arange(len(trained.judged)), 5_001)
    large = replace(trained, judged=trained.judged.take(many), pd=trained.pd[many])
    assert draw_pictures(large)["gain.png"].startswith(b"\x89PNG")


@pytest.mark.parametrize("rows", [2, DRAWN, 10_000])
def test_a_thinned_curve_keeps_its_ends(rows: int) -> None:
    curve = pl.DataFrame({"share": np.linspace(0, 1, rows), "defaults": np.linspace(0, 1, rows) ** 0.5})
    drawn = thinned(curve)
    assert drawn.height == min(rows, DRAWN)
    assert (drawn.row(0), drawn.row(-1)) == (curve.row(0), curve.row(-1))
