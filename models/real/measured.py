"""What a contest came to: figures of each contender on each set, as JSON and as a table."""

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from models.evaluation import evaluate_pd
from models.real.contenders import OURS, PLAIN, TUNED, UNSIGNED

Floats = NDArray[np.float64]

WITHIN = 0.01
"""How far below the best other ours may lie, in AUC."""


@dataclass(frozen=True)
class Measures:
    """Weighted where a set has weights. slope: of the outcome on the log-odds of the PD; 1 is right."""

    auc: float
    ks: float
    brier: float
    slope: float


@dataclass(frozen=True)
class SetMeasured:
    """One set: how many rows were judged, and every contender's figures by name."""

    name: str
    rows: int
    contenders: dict[str, Measures]

    @property
    def best_other(self) -> str:
        own = (OURS, UNSIGNED, PLAIN)
        return max((one for one in self.contenders if one not in own), key=lambda one: self.contenders[one].auc)

    def line(self) -> dict[str, Any]:
        """The set's object in the file."""
        best = self.best_other
        return {
            "set": self.name,
            "rows": self.rows,
            "ours": asdict(self.contenders[OURS]),
            "best_other": asdict(self.contenders[best]) | {"name": best},
            "lightgbm_default": asdict(self.contenders[PLAIN]),
        }


def measure(pd: Floats, target: Floats, weight: Floats) -> Measures:
    """The figures of one set of probabilities."""
    found = evaluate_pd(pd, target, weight)
    return Measures(found.auc.value, found.ks, found.brier, found.calibration_slope)


def mean_of(measures: Sequence[Measures]) -> Measures:
    """The mean over seeds."""
    told = np.mean([(one.auc, one.ks, one.brier, one.slope) for one in measures], axis=0)
    return Measures(*map(float, told))


def write_file(path: Path, sets: Sequence[SetMeasured]) -> None:
    """The JSON file, and beside it a Markdown table of the same name; each whole or not at all."""
    _replace(path, json.dumps([one.line() for one in sets], ensure_ascii=False, indent=1) + "\n")
    _replace(path.with_suffix(".md"), table(sets))


def table(sets: Sequence[SetMeasured]) -> str:
    """A row per set: AUC of all, calibration, and what signs and depth cost."""
    head = (
        "| set | rows | ours AUC | best other | LightGBM default | slope ours / best other | Brier ours / best other "
        "| ours without signs | LightGBM tuned, no depth limit |"
    )
    return "\n".join([head, "|---" * 9 + "|", *map(_row, sets), ""])


def _row(one: SetMeasured) -> str:
    ours, best, plain = one.contenders[OURS], one.contenders[one.best_other], one.contenders[PLAIN]
    verdict = "" if ours.auc >= best.auc - WITHIN else ", missed"
    cells = (
        one.name,
        f"{one.rows:,}",
        f"{ours.auc:.4f}{verdict}",
        f"{best.auc:.4f} {one.best_other}",
        f"{plain.auc:.4f}",
        f"{ours.slope:.2f} / {best.slope:.2f}",
        f"{ours.brier:.4f} / {best.brier:.4f}",
        f"{one.contenders[UNSIGNED].auc:.4f}",
        f"{one.contenders[TUNED].auc:.4f}",
    )
    return f"| {' | '.join(cells)} |"


def _replace(path: Path, text: str) -> None:
    unfinished = path.with_name(f".{path.name}.unfinished")
    unfinished.write_text(text, "utf-8")
    unfinished.replace(path)
