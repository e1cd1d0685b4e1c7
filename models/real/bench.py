"""The whole contest: every set whose files are there, one after the other."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import partial

from bureau.errors import BureauError
from models.cross_validation import Rows
from models.invoice_default import spec as invoice_spec
from models.real.contenders import LOAN_TREES, contenders
from models.real.directory import RealDirectory
from models.real.invoices import read_invoices
from models.real.judging import SEEDS, Contenders, Judging, judge_inside, judge_unseen
from models.real.loans import APPLICATION, read_loans
from models.real.measured import SetMeasured
from models.real.tables import PUBLIC_SETS, rows_of
from models.sba_default import spec as sba_spec

LOANS, INVOICES = "sba", "cumcm"
NAMES = (LOANS, "german_credit", INVOICES, "polish_5year", "polish_1year", "uci_credit_card_taiwan")
"""In the order they are measured: those that matter most first, as the file is written after each."""
BUDGET = 6
REPEATS_FEW_LABELS = 20
"""Divisions of the few firms with a verdict; the larger sets take as many as there are seeds."""


@dataclass(frozen=True)
class Bench:
    """What is trained on, what is judged on (None: its own later years, or folds), and how thoroughly."""

    train: RealDirectory
    judge: RealDirectory | None
    how: Judging
    budget: int = BUDGET

    def run(self, names: tuple[str, ...]) -> Iterator[SetMeasured]:
        """The sets asked for, as each is done. One whose files are not there or of no use is left out, and said so."""
        for name in names:
            try:
                measured = self._set(name)
            except BureauError as problem:
                self.how.say(f"{name} is left out: {problem}")
                continue
            if not measured:
                where = f"{self.train.root} and {self.judge.root}" if self.judge else str(self.train.root)
                self.how.say(f"{name} is left out: its files are not in {where}.")
            yield from measured

    def _set(self, name: str) -> list[SetMeasured]:
        if name == LOANS:
            return self._loans()
        return self._invoices() if name == INVOICES else self._table(name)

    def _loans(self) -> list[SetMeasured]:
        who = partial(contenders, self.budget, first=(sba_spec.TREES, LOAN_TREES), plain_columns=APPLICATION)
        rows = read_loans(self.train, self.judge)
        if rows is None or not rows.judged:
            return []
        return judge_unseen(
            who, rows.seen, {f"sba_{name}": one for name, one in rows.judged.items()}, self.how, rows.ages
        )

    def _invoices(self) -> list[SetMeasured]:
        who = partial(contenders, self.budget, first=invoice_spec.SPEC.recipes)
        seen, unseen = read_invoices(self.train), None if self.judge is None else read_invoices(self.judge)
        repeats = max(self.how.seeds * REPEATS_FEW_LABELS // SEEDS, 1)
        return self._one(INVOICES, who, seen, unseen, replace(self.how, seeds=repeats))

    def _table(self, name: str) -> list[SetMeasured]:
        public = next(one for one in PUBLIC_SETS if one.name == name)
        frame, other = self.train.read(name), None if self.judge is None else self.judge.read(name)
        seen = None if frame is None else rows_of(public, frame)
        unseen = None if other is None or seen is None else rows_of(public, other, seen.columns)
        return self._one(name, partial(contenders, self.budget), seen, unseen, self.how)

    def _one(
        self, name: str, who: Contenders, seen: Rows | None, unseen: Rows | None, inside: Judging
    ) -> list[SetMeasured]:
        if seen is None or (self.judge is not None and unseen is None):
            return []
        if unseen is None:
            return [judge_inside(name, who, seen, inside)]
        return judge_unseen(who, seen, {name: unseen}, self.how)
