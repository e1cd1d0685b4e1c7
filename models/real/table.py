"""The contest as Markdown: a row per set, every bar judged, and all contenders' figures below."""

import os
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from bureau.durability import replace_file
from models.real.contenders import DEEPER, OURS, PLAIN, SERVED, UNSIGNED
from models.real.measured import CALIBRATION, WITHIN, SetMeasured, as_json

LOANS = "sba_"
LEAST_BETTER = 4
_HEAD = (
    "set",
    "rows",
    "runs",
    "ours AUC",
    "AUC as served",
    "best other",
    "LightGBM default",
    "Brier ours / best other",
    "slope ours / best other",
    "calibration beside all others",
    "signs cost",
    "depth 6 costs",
)


def write_files(path: Path, sets: Sequence[SetMeasured], took: float) -> None:
    """The JSON file, and beside it a Markdown table of the same name. took: seconds."""
    replace_file(path, as_json(sets).encode())
    replace_file(path.with_suffix(".md"), page(sets, took).encode())


def page(sets: Sequence[SetMeasured], took: float) -> str:
    """The table, the bars, and every contender's figures."""
    made = f"{machine()}; {took / 60:.0f} minutes."
    return "\n".join([table(sets), *(f"- {bar}" for bar in bars(sets)), "", made, "", everyone(sets)])


def table(sets: Sequence[SetMeasured]) -> str:
    """A row per set."""
    return _markdown(_HEAD, [_row(one) for one in sets])


def bars(sets: Sequence[SetMeasured]) -> list[str]:
    """What was to hold, and on how many sets it does."""
    loans = [one for one in sets if one.name.startswith(LOANS)]
    above = [one.contenders[OURS].auc > one.contenders[PLAIN].auc for one in loans]
    no_worse = [not against(one, "worse") for one in sets]
    better = [best_beaten(one) for one in sets]
    return [
        f"within {WITHIN} AUC of the best other: {_held([gap(one) <= WITHIN for one in sets])}",
        f"above LightGBM as it comes on the loans: {_held(above)}",
        f"calibrated no worse than any other beyond noise: {_held(no_worse)}",
        f"calibrated better than the best other beyond noise: on {sum(better)} of {len(sets)} sets, "
        f"{LEAST_BETTER} wanted{'' if sum(better) >= LEAST_BETTER else ', missed'}",
        "noise is the standard deviation, between runs of other seeds, of the difference in Brier score or in the "
        "slope's distance from 1",
    ]


def gap(one: SetMeasured) -> float:
    """How far ours is below the best other, in AUC."""
    return one.contenders[one.best_other].auc - one.contenders[OURS].auc


def against(one: SetMeasured, stand: str) -> list[str]:
    """The rivals beside whom ours stands so, with what by."""
    found = {rival: [by for by in CALIBRATION if one.stand(rival, by) == stand] for rival in one.rivals}
    return [f"{rival} ({', '.join(by)})" for rival, by in found.items() if by]


def best_beaten(one: SetMeasured) -> bool:
    """Better than the best other by one measure of calibration, and worse by none."""
    stands = {one.stand(one.best_other, by) for by in CALIBRATION}
    return "better" in stands and "worse" not in stands


def everyone(sets: Sequence[SetMeasured]) -> str:
    """Every contender on every set."""
    rows = [
        (one.name, name, *(f"{value:.4f}" for value in (told.auc, told.ks, told.brier)), f"{told.slope:.3f}")
        for one in sets
        for name, told in one.contenders.items()
    ]
    return _markdown(("set", "contender", "AUC", "KS", "Brier", "slope"), rows)


def machine() -> str:
    """The size of the machine, in a line."""
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    return f"{os.cpu_count()} cores, {memory:.0f} GiB"


def _row(one: SetMeasured) -> tuple[str, ...]:
    ours, best, plain = (one.contenders[name] for name in (OURS, one.best_other, PLAIN))
    worse, better = against(one, "worse"), against(one, "better")
    stands = [f"{word} than {', '.join(some)}" for word, some in (("worse", worse), ("better", better)) if some]
    return (
        one.name,
        f"{one.rows:,}",
        str(len(one.runs[OURS])),
        f"{ours.auc:.4f}{'' if gap(one) <= WITHIN else ', missed'}",
        f"{one.contenders[SERVED].auc:.4f}",
        f"{best.auc:.4f} {one.best_other}",
        f"{plain.auc:.4f}",
        f"{ours.brier:.4f} / {best.brier:.4f}",
        f"{ours.slope:.2f} / {best.slope:.2f}",
        "; ".join(stands) or "even",
        f"{one.contenders[UNSIGNED].auc - ours.auc:+.4f}",
        f"{one.contenders[DEEPER].auc - ours.auc:+.4f}",
    )


def _held(each: Sequence[bool]) -> str:
    held = int(np.sum(each))
    return f"on {held} of {len(each)} sets{'' if held == len(each) else ', missed'}"


def _markdown(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    lines = [f"| {' | '.join(cells)} |" for cells in (head, *rows)]
    return "\n".join([lines[0], "|---" * len(head) + "|", *lines[1:], ""])
