"""What an outcome costs under a contract, decided inside the transaction that stores the answer."""

from dataclasses import dataclass

from api.access.contracts import ContractTerm


@dataclass(frozen=True)
class Charge:
    """The charge of one answer, as the answer shows it."""

    billable: bool
    outcome: str
    amount_fen: int
    contract_version: int


def price(term: ContractTerm, outcome: str) -> Charge:
    """The term's amount where it bills the outcome, otherwise 0 fen."""
    billable = outcome in term.billable
    return Charge(billable, outcome, term.amount_fen if billable else 0, term.version)
