"""How well a number tells bad loans from good ones, and whether that is more than the hidden path explains."""

from dataclasses import dataclass

import numpy as np

from features.sources.city.arrays import Flags, Floats, Ints

CHANCE = 0.5


@dataclass(frozen=True)
class Separation:
    """auc: 0.5 says nothing. error: its standard error, firms as clusters."""

    auc: float
    error: float

    @property
    def strength(self) -> float:
        """The AUC whichever way round the number is read."""
        return max(self.auc, 1 - self.auc)


def separation(values: Floats, bad: Flags, firm: Ints) -> Separation:
    """AUC of bad against good loans; a missing value stands in the middle."""
    return _against(values, bad.astype(np.float64), np.full(len(bad), bad.mean()), firm)


def beyond_path(values: Floats, bad: Flags, probability: Floats, firm: Ints) -> Separation:
    """0.5 plus what the AUC has beyond the hidden path: the label's AUC less the one its true probability expects.

    If outcomes are drawn from the path alone, nothing delivered before them can have more than chance leaves here.
    """
    measured = _against(values, bad.astype(np.float64), probability, firm)
    return Separation(CHANCE + measured.auc - by_path(values, probability), measured.error)


def by_path(values: Floats, probability: Floats) -> float:
    """The AUC the hidden path alone lets expect of a number."""
    return _weighted(values, probability, 1 - probability)


def _against(values: Floats, bad: Floats, expected: Floats, firm: Ints) -> Separation:
    if bad.sum() in (0, len(bad)):
        return Separation(CHANCE, 0.0)
    auc = _weighted(values, bad, 1 - bad)
    pull = (bad - expected) * (_share_below(values, 1 - bad) - auc)
    return Separation(auc, clustered_error(pull, firm) / float(bad.sum()))


def least_error(values: Floats, bad: Flags) -> float:
    """What so many loans drawn from all leave to chance: of a number few have, all bad loans may lack it by luck."""
    return float(_share_below(values, np.ones(len(bad))).std() / np.sqrt(max(bad.sum(), 1)))


def clustered_error(deviations: Floats, firm: Ints) -> float:
    """The standard error of a sum of deviations of which those of one firm move together."""
    by_firm = np.bincount(np.unique(firm, return_inverse=True)[1], weights=deviations)
    return float(np.sqrt((by_firm**2).sum()))


def _weighted(values: Floats, positive: Floats, negative: Floats) -> float:
    """Probability that a positive outranks a negative, ties counting half; rows may be part positive, part negative."""
    return float(np.average(_share_below(values, negative), weights=positive))


def _share_below(values: Floats, weight: Floats) -> Floats:
    """For each row the weight of rows below it, ties counting half, as a share of all."""
    known = np.isfinite(values)
    filled = np.where(known, values, np.median(values[known]) if known.any() else 0.0)
    _, rank = np.unique(filled, return_inverse=True)
    at = np.bincount(rank, weights=weight)
    share: Floats = ((np.cumsum(at) - at / 2) / at.sum())[rank]
    return share


def first_component_share(columns: Floats) -> float:
    """The share of the variance of ranks that one direction holds; columns: (rows, columns)."""
    shares = [_share_below(column, np.ones(len(column))) for column in columns.T]
    varying = np.stack([share for share in shares if share.std() > 0], axis=1)
    eigenvalues = np.linalg.eigvalsh(np.corrcoef(varying, rowvar=False))
    return float(eigenvalues[-1] / eigenvalues.sum())
