"""The whole contest: every set whose files are there, one after the other."""

from collections.abc import Callable, Iterator
from functools import partial

from models.invoice_default import spec as invoice_spec
from models.real.contenders import contenders
from models.real.directory import RealDirectory
from models.real.invoices import read_invoices
from models.real.judging import judge_inside, judge_unseen
from models.real.loans import APPLICATION, read_loans
from models.real.measured import SetMeasured
from models.real.tables import PUBLIC_SETS, rows_of
from models.sba_default import spec as sba_spec

LOANS, INVOICES = "sba", "cumcm"
NAMES = (LOANS, INVOICES, *(public.name for public in PUBLIC_SETS))
BUDGET = 8
REPEATS_FEW_LABELS = 20
"""Divisions of the few firms with a verdict; the larger sets take as many as there are seeds."""

Say = Callable[[str], None]


def run(
    train: RealDirectory, judge: RealDirectory | None, names: tuple[str, ...], budget: int, seeds: int, say: Say
) -> Iterator[SetMeasured]:
    """The sets asked for, as each is done. say: hears of sets whose files are not there."""
    for name in names:
        found = list(_run_set(name, train, judge, budget, seeds))
        if not found:
            where = f"{train.root} and {judge.root}" if judge else str(train.root)
            say(f"{name} is left out: its files are not in {where}.")
        yield from found


def _run_set(
    name: str, train: RealDirectory, judge: RealDirectory | None, budget: int, seeds: int
) -> Iterator[SetMeasured]:
    if name == LOANS:
        yield from _loans(train, judge, budget, seeds)
    elif name == INVOICES:
        yield from _invoices(train, judge, budget, seeds)
    else:
        yield from _table(name, train, judge, budget, seeds)


def _loans(train: RealDirectory, judge: RealDirectory | None, budget: int, seeds: int) -> Iterator[SetMeasured]:
    who = partial(contenders, budget, first=(sba_spec.TREES,), plain_columns=APPLICATION)
    if (rows := read_loans(train, judge)) is not None:
        for name, judged in rows.judged.items():
            yield judge_unseen(f"sba_{name}", who, rows.fit, judged, later=rows.calibrate, seeds=seeds)


def _invoices(train: RealDirectory, judge: RealDirectory | None, budget: int, seeds: int) -> Iterator[SetMeasured]:
    who = partial(contenders, budget, first=invoice_spec.SPEC.recipes)
    seen, unseen = read_invoices(train), None if judge is None else read_invoices(judge)
    if seen is None or (judge is not None and unseen is None):
        return
    if unseen is not None:
        yield judge_unseen(INVOICES, who, seen, unseen, seeds=seeds)
    else:
        yield judge_inside(INVOICES, who, seen, repeats=max(seeds * REPEATS_FEW_LABELS // 5, 1))


def _table(
    name: str, train: RealDirectory, judge: RealDirectory | None, budget: int, seeds: int
) -> Iterator[SetMeasured]:
    public = next(one for one in PUBLIC_SETS if one.name == name)
    who = partial(contenders, budget)
    frame, other = train.read(name), None if judge is None else judge.read(name)
    if frame is None or (judge is not None and other is None):
        return
    seen = rows_of(public, frame)
    if other is not None:
        yield judge_unseen(name, who, seen, rows_of(public, other, seen.columns), seeds=seeds)
    else:
        yield judge_inside(name, who, seen, repeats=seeds)
