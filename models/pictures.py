"""Pictures of a trained model for its card: calibration, gain, and what weighs most. PNG, drawn without a browser."""

from collections.abc import Callable
from typing import Any

import altair as alt
import numpy as np
import polars as pl
import vl_convert
from numpy.typing import NDArray

from models.training import Trained

Floats = NDArray[np.float64]

BANDS = 8
"""Groups of equal weight in the calibration picture: few, because a group needs defaults of its own."""
FEATURES_SHOWN = 15
DRAWN = 500
"""Points of a curve that is drawn: more make no finer line, and the drawing refuses 5,000."""
_INK, _SOFT = "#1f4e79", "#b0b8c1"


def draw_pictures(trained: Trained) -> dict[str, bytes]:
    """File name to PNG."""
    drawings: dict[str, Callable[[Trained], Any]] = {
        "calibration.png": _calibration,
        "gain.png": _gain,
        "contributions.png": _contributions,
    }
    return {name: vl_convert.vegalite_to_png(draw(trained).to_json(), scale=2) for name, draw in drawings.items()}


def calibration_bands(pd: Floats, target: Floats, weight: Floats, bands: int = BANDS) -> pl.DataFrame:
    """Rows in bands of equal weight from the safest on: `pd` said, `observed`, and its 95% interval (Wilson)."""
    order = np.argsort(pd, kind="stable")
    position = (np.cumsum(weight[order]) - weight[order] / 2) / weight.sum()
    sorted_rows = pl.DataFrame({"pd": pd[order], "target": target[order], "weight": weight[order]})
    said, seen, heavy = pl.col("pd"), pl.col("target"), pl.col("weight")
    banded = sorted_rows.group_by(band=pl.Series((position * bands).astype(int)), maintain_order=True).agg(
        pd=(said * heavy).sum() / heavy.sum(),
        observed=(seen * heavy).sum() / heavy.sum(),
        n=heavy.sum() ** 2 / (heavy**2).sum(),
    )
    return banded.with_columns(low=_wilson(-1), high=_wilson(1))


def _wilson(side: int) -> pl.Expr:
    z, p, n = 1.96, pl.col("observed"), pl.col("n")
    half = z * (p * (1 - p) / n + z * z / (4 * n * n)).sqrt()
    return ((p + z * z / (2 * n) + side * half) / (1 + z * z / n)).clip(0, 1)


def _calibration(trained: Trained) -> Any:
    bands = calibration_bands(trained.pd, trained.judged.target, trained.judged.weight)
    end = max(float(bands["high"].max()), float(bands["pd"].max()))  # type: ignore[arg-type]
    line = alt.Chart(pl.DataFrame({"pd": [0.0, end], "observed": [0.0, end]})).mark_line(color=_SOFT, strokeDash=[4, 4])
    base = alt.Chart(bands).encode(x=alt.X("pd:Q", title="PD said"))
    points = base.mark_circle(color=_INK, size=70).encode(y=alt.Y("observed:Q", title="defaults observed"))
    intervals = base.mark_rule(color=_INK).encode(y="low:Q", y2="high:Q")
    layers = line.encode(x="pd:Q", y="observed:Q") + intervals + points
    return layers.properties(width=360, height=300, title=f"{trained.spec.name}: calibration on unseen rows")


def gain_curve(pd: Floats, target: Floats, weight: Floats) -> pl.DataFrame:
    """From the riskiest on: `share` of all rows and share of `defaults` among them, both weighted."""
    order = np.argsort(-pd, kind="stable")
    rows, bad = np.cumsum(weight[order]), np.cumsum((weight * target)[order])
    return pl.DataFrame({"share": np.r_[0.0, rows / rows[-1]], "defaults": np.r_[0.0, bad / bad[-1]]})


def thinned(curve: pl.DataFrame) -> pl.DataFrame:
    """Points of a curve at even distances, both ends among them."""
    return curve[np.unique(np.linspace(0, curve.height - 1, DRAWN).round().astype(int))]


def _gain(trained: Trained) -> Any:
    curve = gain_curve(trained.pd, trained.judged.target, trained.judged.weight)
    even = alt.Chart(pl.DataFrame({"share": [0.0, 1.0], "defaults": [0.0, 1.0]})).mark_line(
        color=_SOFT, strokeDash=[4, 4]
    )
    drawn = alt.Chart(thinned(curve)).mark_line(color=_INK)
    axes = {
        "x": alt.X("share:Q", title="share of applicants, riskiest first"),
        "y": alt.Y("defaults:Q", title="share of defaults among them"),
    }
    layers = even.encode(**axes) + drawn.encode(**axes)
    return layers.properties(width=360, height=300, title=f"{trained.spec.name}: gain on unseen rows")


def mean_points(trained: Trained) -> pl.DataFrame:
    """Mean absolute points of each feature over the judged rows, strongest first."""
    parts = trained.model.contributions(trained.judged.matrix)[:, :-1] * trained.model.scale.factor
    weighted = np.average(np.abs(parts), axis=0, weights=trained.judged.weight)
    table = pl.DataFrame({"feature": trained.model.features, "points": weighted})
    return table.sort("points", "feature", descending=[True, False])


def _contributions(trained: Trained) -> Any:
    bars = alt.Chart(mean_points(trained).head(FEATURES_SHOWN)).mark_bar(color=_INK)
    title = f"{trained.spec.name}: what moves the score"
    return bars.encode(
        x=alt.X("points:Q", title="mean points, up or down"), y=alt.Y("feature:N", sort="-x", title=None)
    ).properties(width=360, title=title)
