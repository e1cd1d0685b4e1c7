"""The classic public sets: plain tables without days, each with a label and, where sense declares them, signs."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
import polars as pl

from bureau.errors import InvalidInput
from models.columns import Columns, learn_columns
from models.cross_validation import Rows

_PAID_LATE = ("PAY_0", "PAY_2", "PAY_3", "PAY_4", "PAY_5", "PAY_6")


@dataclass(frozen=True)
class PublicSet:
    """One file. label: its column. bad: the label's value that is a default.

    signs: +1 where more is riskier, -1 where more is safer; of other columns the data may say. left_out: keys, and
    what no lender may judge by.
    """

    name: str
    label: str
    bad: int | str
    signs: Mapping[str, int] = field(default_factory=dict)
    left_out: tuple[str, ...] = ("RowId",)


PUBLIC_SETS = (
    PublicSet("polish_1year", "class", 1),
    PublicSet("polish_5year", "class", 1),
    PublicSet(
        "uci_credit_card_taiwan",
        "default.payment.next.month",
        1,
        {"LIMIT_BAL": -1} | dict.fromkeys(_PAID_LATE, 1),
        ("RowId", "ID"),
    ),
    PublicSet("german_credit", "creditability", "bad", {"duration_in_month": 1}),
)


def rows_of(public: PublicSet, frame: pl.DataFrame, columns: Columns | None = None) -> Rows:
    """A file's rows. columns: those learnt from the rows that are fitted on; learnt here where none are given."""
    label = public.label
    if label not in frame.columns:
        raise InvalidInput(f"The set {public.name} needs its label in a column {label!r}, which the file lacks.")
    features = [name for name in frame.columns if name not in (label, *public.left_out)]
    known = frame.drop_nulls(label).rename({name: plain(name) for name in features})
    columns = columns or learn_columns(known, {plain(name): public.signs.get(name, 0) for name in features})
    if absent := [name for name in columns.names if name not in known.columns]:
        raise InvalidInput(f"The set {public.name} lacks the columns {', '.join(absent)} that were trained on.")
    target = (known[label] == public.bad).cast(pl.Float64).to_numpy()
    if len(np.unique(target)) < 2:
        raise InvalidInput(f"The set {public.name} needs rows with and without a default; its file has one kind only.")
    return Rows(columns, columns.matrix(known), target, np.ones(known.height), np.arange(known.height))


def plain(name: str) -> str:
    """A name without the signs that LightGBM takes for its own file's; operators stay told apart."""
    return re.sub(r"[^\w./+*()-]+", "_", name)
