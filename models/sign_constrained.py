"""Logistic regression whose coefficients keep declared signs: one convex problem, so the same answer every time."""

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize

Floats = NDArray[np.float64]

_PRECISION = 1e-9
"""Gradient (of the mean loss) at which the search stops."""


def fit_logistic(
    x: Floats, target: Floats, weight: Floats | None, *, penalty: float, signs: NDArray[np.float64]
) -> tuple[float, Floats]:
    """Intercept and coefficients (k,) that minimise the weighted log loss plus penalty/2 x squared coefficients.

    x: (n, k), best standardised, because the penalty treats all columns alike.
    weight: (n,), scaled to mean 1 first, so that `penalty` means the same whatever the weights' unit.
    signs: (k,), +1 keeps a coefficient at or above zero, -1 at or below, 0 leaves it free.
    """
    w = np.ones(len(target)) if weight is None else weight / weight.mean()
    design = np.column_stack([np.ones(len(x)), x])
    ridge = np.r_[0.0, np.full(x.shape[1], penalty)] / len(x)

    def loss(beta: Floats) -> tuple[float, Floats]:
        z = design @ beta
        losses = np.logaddexp(0.0, z) - target * z
        slope = design.T @ (w * (_sigmoid(z) - target)) / len(x) + ridge * beta
        return float(np.mean(w * losses) + ridge @ beta**2 / 2), slope

    bounds = [(None, None), *((0 if s > 0 else None, 0 if s < 0 else None) for s in signs)]
    options = {"ftol": 1e-15, "gtol": _PRECISION, "maxiter": 5000, "maxfun": 20000}
    found = minimize(loss, np.zeros(design.shape[1]), jac=True, bounds=bounds, method="L-BFGS-B", options=options)
    return float(found.x[0]), np.asarray(found.x[1:])


def _sigmoid(z: Floats) -> Floats:
    return np.asarray(0.5 * (1 + np.tanh(z / 2)))
