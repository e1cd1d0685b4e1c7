"""The source `sba`: a directory of loans becomes deliveries of three feeds."""

import hashlib
from pathlib import Path

import polars as pl

from bureau.clock import known_before
from features.contracts.contract import Contract
from features.contracts.guaranteed_loan import GUARANTEED_LOAN
from features.contracts.loan_feedback import LOAN_FEEDBACK
from features.contracts.registration import REGISTRATION
from features.lake.delivery import write_delivery
from features.lake.lake import Lake
from features.sources.held import held_records
from features.sources.sba.identity import SOURCE
from features.sources.sba.loans import guaranteed_loans, loan_feedback
from features.sources.sba.publication import LAST_DAY
from features.sources.sba.reading import read_directory
from features.sources.sba.registration import registrations
from features.sources.source import SourceWritten
from features.sources.versions import next_versions


def write_deliveries(folder: Path, directory: Path, lake: Lake) -> SourceWritten:
    """Write the deliveries of every known file in `directory`; raises `UnreadableFile` before it writes any.

    Records add up over directories; what a later file tells otherwise of a loan is a new version.
    """
    loans = read_directory(directory)
    frames = (
        (REGISTRATION, registrations(loans)),
        (LOAN_FEEDBACK, loan_feedback(loans)),
        (GUARANTEED_LOAN, guaranteed_loans(loans)),
    )
    paths = tuple(_write(folder, contract, rows, lake) for contract, rows in frames)
    return SourceWritten(iter(paths), LAST_DAY, len(paths))


def _write(folder: Path, contract: Contract, rows: pl.DataFrame, lake: Lake) -> Path:
    frame = next_versions(rows, held_records(lake, contract, rows["uscc"]), contract)
    return write_delivery(
        frame,
        feed=contract.code,
        batch_id=f"{SOURCE}-{hashlib.sha256(frame.write_csv().encode()).hexdigest()[:32]}",
        publisher=contract.department,
        produced_at=known_before(LAST_DAY),
        folder=folder,
        history=True,
    )
