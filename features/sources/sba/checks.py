"""What must be so of a home that holds this source: each loan applied for is registered and reported on once."""

import polars as pl

from features.contracts.contract import Contract
from features.contracts.guaranteed_loan import APPROVED, GUARANTEED_LOAN
from features.contracts.guaranteed_loan import CHARGED_OFF as LEDGER_CHARGE_OFF
from features.contracts.loan_feedback import LOAN_FEEDBACK
from features.contracts.registration import REGISTRATION
from features.lake.lake import Lake
from features.sources.held import held_records
from features.sources.sba.loans import LEAST_DPD
from features.sources.source import Check, plain_check


def check_records(lake: Lake) -> tuple[Check, ...]:
    """Hold the ledger against the register and against the banks' feedback."""
    ledger = _held(lake, GUARANTEED_LOAN)
    feedback = _held(lake, LOAN_FEEDBACK)
    approved = set(ledger.filter(pl.col("stage") == APPROVED)["uscc"])
    off = set(ledger.filter(pl.col("stage") == LEDGER_CHARGE_OFF)["uscc"])
    reported = set(feedback.filter(pl.col("dpd") >= LEAST_DPD)["uscc"])
    return (
        _same("each loan of the ledger is registered", approved, set(_held(lake, REGISTRATION)["uscc"])),
        _same("each loan of the ledger is reported on", approved, set(feedback["uscc"])),
        _same("a loan charged off in the ledger is in default in the feedback", off, reported),
    )


def _held(lake: Lake, contract: Contract) -> pl.DataFrame:
    return held_records(lake, contract).filter(pl.col("op") != "D")


def _same(rule: str, ledger: set[str], other: set[str]) -> Check:
    return plain_check(
        rule, ledger == other, f"{len(ledger):,} loans, {len(ledger ^ other):,} of them on one side only"
    )
