"""The source `cumcm`: a directory of the contest's files becomes deliveries of five feeds."""

import hashlib
from pathlib import Path

import polars as pl

from bureau.clock import known_before
from features.contracts.contract import Contract
from features.contracts.counterparty import COUNTERPARTY
from features.contracts.invoice_line import INVOICE_LINE
from features.contracts.invoice_month import INVOICE_MONTH
from features.contracts.loan_feedback import LOAN_FEEDBACK
from features.contracts.registration import REGISTRATION
from features.lake.delivery import write_delivery
from features.lake.lake import Lake
from features.sources.cumcm.counterparties import quarter_counterparties
from features.sources.cumcm.identity import SOURCE, uscc_of
from features.sources.cumcm.lines import countable, invoice_lines
from features.sources.cumcm.loans import loan_feedback
from features.sources.cumcm.publication import LAST_DAY
from features.sources.cumcm.reading import ContestData, read_directory
from features.sources.cumcm.registration import registrations
from features.sources.cumcm.summaries import month_summaries
from features.sources.held import held_records
from features.sources.source import SourceWritten
from features.sources.versions import first_versions, next_versions


def write_deliveries(folder: Path, directory: Path, lake: Lake) -> SourceWritten:
    """Write the deliveries of every known file in `directory`; raises `UnreadableFile` before it writes any.

    Records add up over directories. A summary counts the new lines together with those the lake already holds of
    the same firm, so it is right however a firm's invoices were divided; one that changes is a new version.
    """
    data = read_directory(directory)
    verdicts = loan_feedback(data.enterprises)
    frames = (
        (REGISTRATION, _registrations(data, lake)),
        *_invoices(data, lake),
        (LOAN_FEEDBACK, _followed(verdicts, LOAN_FEEDBACK, lake, verdicts["uscc"])),
    )
    paths = tuple(_write(folder, contract, frame) for contract, frame in frames if not frame.is_empty())
    return SourceWritten(iter(paths), LAST_DAY, len(paths))


def _registrations(data: ContestData, lake: Lake) -> pl.DataFrame:
    usccs = uscc_of(pl.concat([data.enterprises["firm"], data.invoices["firm"]]))
    held = held_records(lake, REGISTRATION, usccs)
    return next_versions(registrations(data.enterprises, data.invoices, held), held, REGISTRATION)


def _invoices(data: ContestData, lake: Lake) -> tuple[tuple[Contract, pl.DataFrame], ...]:
    lines = first_versions(invoice_lines(data.invoices), INVOICE_LINE)
    held = held_records(lake, INVOICE_LINE, lines["uscc"])
    together = countable(pl.concat([held, lines]).unique("record_id", keep="first"))
    return (
        (INVOICE_LINE, lines),
        (INVOICE_MONTH, _followed(month_summaries(together), INVOICE_MONTH, lake, lines["uscc"])),
        (COUNTERPARTY, _followed(quarter_counterparties(together), COUNTERPARTY, lake, lines["uscc"])),
    )


def _followed(rows: pl.DataFrame, contract: Contract, lake: Lake, usccs: pl.Series) -> pl.DataFrame:
    return next_versions(rows, held_records(lake, contract, usccs), contract)


def _write(folder: Path, contract: Contract, frame: pl.DataFrame) -> Path:
    return write_delivery(
        frame,
        feed=contract.code,
        batch_id=f"{SOURCE}-{hashlib.sha256(frame.write_csv().encode()).hexdigest()[:32]}",
        publisher=contract.department,
        produced_at=known_before(LAST_DAY),
        folder=folder,
        history=True,
    )
