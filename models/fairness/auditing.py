"""What an audit reads: loans a kept model has not seen, past applications, and an auditor's file of traits."""

from datetime import date

import polars as pl

from bureau.errors import InvalidInput
from bureau.grant import ReadGrant
from features.lake.lake import Lake
from features.store.training_set import training_set
from models.fairness.groups import GROUPINGS, with_groupings
from models.question import Question
from models.scoring import ScoringModel

SUBJECT = "subject"


def read_judged(
    lake: Lake, question: Question, model: ScoringModel, day: date, grant: ReadGrant, granted_from: date
) -> pl.DataFrame:
    """Loans granted from a day on whose outcome is known by `day`, with features, size and district at the grant."""
    snapshot = lake.snapshot()
    labels = question.read_labels(lake, day, grant, snapshot)
    judged = labels.filter(pl.col("granted_on") >= granted_from)
    if judged.is_empty():
        raise InvalidInput(
            f"No loan granted from {granted_from} has a known outcome on {day}. Load more loan feedback (F60)."
        )
    if judged["target"].min() == 1:
        raise InvalidInput(
            f"All {len(judged):,} loans granted from {granted_from} whose outcome is known on {day} went bad: nobody's "
            "repayment is told yet, so nobody can be treated unfairly beside another. Take a later day (BUREAU_TODAY)."
        )
    return _read(lake, judged, model, grant, snapshot)


def read_applications(lake: Lake, model: ScoringModel, offered: pl.DataFrame, grant: ReadGrant) -> pl.DataFrame:
    """Past applications (`subject`, `as_of`, `granted` 0 or 1) with the model's features on their days."""
    _require(offered, "applications", SUBJECT, "as_of", "granted")
    granted = offered["granted"].cast(pl.String).str.strip_chars().str.to_lowercase()
    if (wrong := (~granted.is_in(["0", "1", "true", "false"])).fill_null(True).arg_true()).len():
        row = wrong[0]
        raise InvalidInput(
            f"granted in row {row + 1:,} is {offered['granted'][row]!r}. Write 1 where a bank approved, else 0."
        )
    asked = offered.select(SUBJECT, "as_of", granted=granted.is_in(["1", "true"]))
    return _read(lake, asked, model, grant)


def traits_of(offered: pl.DataFrame) -> list[str]:
    """The traits of an auditor's file: every column but `subject`. Raises `InvalidInput` where there is none."""
    _require(offered, "traits", SUBJECT)
    named = [name for name in offered.columns if name != SUBJECT]
    if not named:
        raise InvalidInput("The file of traits has the column subject alone. Add one column for each trait.")
    if offered[SUBJECT].is_duplicated().any():
        twice = offered[SUBJECT].filter(offered[SUBJECT].is_duplicated())[0]
        raise InvalidInput(f"{twice} stands twice in the file of traits. Give each enterprise one row.")
    return named


def join_traits(frame: pl.DataFrame, offered: pl.DataFrame) -> pl.DataFrame:
    """The frame with the traits of each row's subject; null where the auditor does not know."""
    taken = [name for name in traits_of(offered) if name in frame.columns]
    if taken:
        raise InvalidInput(f"The file of traits has a column {taken[0]!r}, which the audit has already: rename it.")
    texts = pl.all().cast(pl.String).replace("", None)
    return frame.join(offered.select(texts), on=SUBJECT, how="left", maintain_order="left")


def _read(
    lake: Lake, labels: pl.DataFrame, model: ScoringModel, grant: ReadGrant, snapshot: int | None = None
) -> pl.DataFrame:
    names = dict.fromkeys((*model.features, *GROUPINGS.values()))
    return with_groupings(training_set(lake, labels, names, grant, snapshot).frame)


def _require(offered: pl.DataFrame, what: str, *needed: str) -> None:
    absent = [name for name in needed if name not in offered.columns]
    if absent:
        listing = ", ".join(offered.columns)
        raise InvalidInput(f"The file of {what} needs the column {absent[0]}; it has {listing}.")
