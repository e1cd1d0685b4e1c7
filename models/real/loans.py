"""The SBA's loans as the platform reads them: features as of each approval, split by fiscal year."""

from dataclasses import dataclass
from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory

import polars as pl

from bureau.clock import known_before
from bureau.errors import InvalidInput
from bureau.grant import operator_grant
from features.lake.lake import Lake, open_lake
from features.sources.loading import SourceOptions, load_source
from features.sources.sba.publication import LAST_DAY
from features.sources.sba.reading import CHARGED_OFF, PAID, WEIGHT, read_directory
from features.store.training_set import training_set
from models.cross_validation import Rows
from models.real.contest import Ages
from models.real.directory import RealDirectory
from models.sba_default.spec import SPEC
from models.terms import age_days
from models.training import rows_of

SETS = ("balanced30k", "head22k")
DAYS_A_YEAR = 365
RATES = "guaranteed_loan_bad_rate_"
APPLICATION = tuple(name for name in SPEC.features if not name.startswith(RATES))
"""What a lender would give LightGBM without a platform: the form alone."""
FISCAL_YEAR_2005, FISCAL_YEAR_2006 = date(2004, 10, 1), date(2005, 10, 1)


@dataclass(frozen=True)
class LoanRows:
    """seen: loans of both files, each once, with their ages. judged: later ones of each file, by its name."""

    seen: Rows
    ages: Ages
    judged: dict[str, Rows]


def read_loans(train: RealDirectory, judge: RealDirectory | None) -> LoanRows | None:
    """The loans of a directory and, where given, of another that is judged; None where there are none.

    Inside one directory fiscal 2005 is judged; for another all of its loans are. All earlier ones are fitted on, and
    the last year of them calibrates. Judged loans become known to the lake only after the features of those fitted
    on were read.
    """
    folder = _folder(train)
    if folder is None or (judge is not None and _folder(judge) is None):
        return None
    with TemporaryDirectory() as home:
        lake = open_lake(Path(home), f"sqlite:///{home}/catalogue.db")
        _load(lake, Path(home), folder)
        known = labels_of(read_directory(folder))
        until = FISCAL_YEAR_2005 if judge is None else FISCAL_YEAR_2006
        before = known.filter(SPEC.population.granted(pl.col("as_of")), pl.col("as_of") < until)
        before = before.sort("subject", "as_of")
        if before["target"].n_unique() < 2:
            raise InvalidInput(f"{folder} has no loans of both ends granted before {until} to train on.")
        seen, ages = _read(lake, before), ages_of(before["as_of"])
        if judge is not None:
            folder = _require(judge)
            _load(lake, Path(home), folder)
        judged = {name: _judged(lake, folder, name, inside=judge is None) for name in SETS}
        return LoanRows(seen, ages, {name: rows for name, rows in judged.items() if rows is not None})


def ages_of(approved: pl.Series) -> Ages:
    """Calibrated on the loans of the last twelve months; a loan counts less the older it is."""
    return Ages(newest=age_days(approved) < DAYS_A_YEAR, fading=SPEC.weights.fades(approved))


def labels_of(loans: pl.DataFrame) -> pl.DataFrame:
    """subject, as_of, target and weight of the loans whose end is known."""
    ended = loans.filter(pl.col("MIS_Status").is_in([CHARGED_OFF, PAID]))
    return ended.select(
        subject=pl.col("LoanNr_ChkDgt").cast(pl.String),
        as_of="ApprovalDate",
        target=(pl.col("MIS_Status") == CHARGED_OFF).cast(pl.Float64),
        weight=pl.col(WEIGHT),
    )


def _judged(lake: Lake, folder: Path, name: str, *, inside: bool) -> Rows | None:
    """The judged loans of one file, with the weights of that file."""
    if not (folder / f"{name}.parquet").is_file():
        return None
    with TemporaryDirectory() as alone:
        (Path(alone) / f"{name}.parquet").symlink_to((folder / f"{name}.parquet").resolve())
        labels = labels_of(read_directory(Path(alone)))
    wanted = pl.col("as_of").is_between(FISCAL_YEAR_2005, FISCAL_YEAR_2006, closed="left") if inside else pl.lit(True)
    some = labels.filter(wanted)
    return _read(lake, some) if some["target"].n_unique() == 2 else None


def _read(lake: Lake, labels: pl.DataFrame) -> Rows:
    return rows_of(SPEC.columns, training_set(lake, labels, SPEC.features, operator_grant("training")).frame)


def _load(lake: Lake, home: Path, folder: Path) -> None:
    load_source(lake, home, "sba", SourceOptions(data=folder), at=known_before(LAST_DAY))


def _folder(directory: RealDirectory) -> Path | None:
    found = next((path for name in SETS if (path := directory.find(name)) is not None), None)
    return None if found is None else found.parent


def _require(directory: RealDirectory) -> Path:
    if (folder := _folder(directory)) is None:
        raise InvalidInput(f"{directory.root} holds none of the loan files {', '.join(SETS)}.")
    return folder
