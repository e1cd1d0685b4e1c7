"""Prepaid wallets, in double entry: what was received, what is still owed to the institution, what was earned.

Three accounts an institution. A payment of x is received -x and prepaid +x; a call of x is prepaid -x and revenue +x;
so the entries of every posting add up to zero, and a wallet's balance is the sum of its entries on `prepaid`.
A payment entered wrongly is taken back by a posting of its own; its transfer may then be entered anew.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Engine, insert, select, update

from api.access.tables import Institution
from api.audit.acts import enter_acts
from api.metering.exclusive import exclusive
from api.metering.tables import Wallet, WalletEntry
from bureau.errors import InvalidInput, StateConflict, UnknownObject

MOST_FEN = 10**12
"""Of one payment, as of any amount in a contract."""


def postings(posting: str, institution_id: int, fen: int, at: datetime) -> list[dict[str, Any]]:
    """The two entries of one charged call; none of a call that costs nothing."""
    return _both(posting, institution_id, {"prepaid": -fen, "revenue": fen}, at) if fen else []


def store_balances(connection: Connection, balances: Mapping[int, int]) -> None:
    """Write the balances that charges have left."""
    for institution_id, fen in sorted(balances.items()):
        connection.execute(update(Wallet).where(Wallet.institution_id == institution_id).values(balance_fen=fen))


def pay_in(engine: Engine, institution_id: int, fen: int, *, reference: str, at: datetime) -> int:
    """Enter a payment; returns the new balance.

    reference: of the bank transfer, the institution's own; entering it twice is refused unless it was taken back.
    Raises `InvalidInput`, `UnknownObject`, `StateConflict`.
    """
    if not 0 < fen <= MOST_FEN or not reference.strip():
        raise InvalidInput(f"A payment is an amount from 1 to {MOST_FEN} fen with the reference of its transfer.")
    with exclusive(engine) as connection:
        if connection.scalar(select(Institution.id).where(Institution.id == institution_id)) is None:
            raise UnknownObject("institution", str(institution_id))
        present, times = _present(connection, institution_id, reference.strip())
        if present is not None:
            raise StateConflict(f"Payment {reference.strip()} was entered before; it is entered once.")
        posting = f"payment:{institution_id}:{times}:{reference.strip()}"
        return _enter(connection, posting, institution_id, fen, None, at)


def take_back_payment(engine: Engine, institution_id: int, *, reference: str, reason: str, at: datetime) -> int:
    """Take back a payment that was entered wrongly, with the reason; returns the new balance.

    Raises `InvalidInput`; `UnknownObject` for one that was not entered, or was taken back before; `StateConflict`
    where the wallet no longer holds it.
    """
    if not reason.strip():
        raise InvalidInput("Taking a payment back needs a reason.")
    with exclusive(engine) as connection:
        fen, times = _present(connection, institution_id, reference.strip())
        if fen is None:
            raise UnknownObject("payment that stands", reference.strip())
        held = _balance(connection, institution_id) or 0
        if held < fen:
            raise StateConflict(
                f"Payment {reference.strip()} of {fen} fen was partly used: the wallet holds {held} fen. "
                "Reverse the calls it paid for first."
            )
        posting = f"payment-reversal:{institution_id}:{times}:{reference.strip()}"
        return _enter(connection, posting, institution_id, -fen, reason.strip(), at)


def _present(connection: Connection, institution_id: int, reference: str) -> tuple[int | None, int]:
    """What the payment of a transfer brought, None where none stands; and how often one was taken back."""
    times = 0
    while _received(connection, f"payment-reversal:{institution_id}:{times}:{reference}") is not None:
        times += 1
    return _received(connection, f"payment:{institution_id}:{times}:{reference}"), times


def _received(connection: Connection, posting: str) -> int | None:
    query = select(WalletEntry.amount_fen).where(WalletEntry.posting == posting, WalletEntry.account == "prepaid")
    return connection.scalar(query)


def _enter(
    connection: Connection, posting: str, institution_id: int, fen: int, reason: str | None, at: datetime
) -> int:
    """Both sides of a payment or of one taken back, as acts; returns the new balance."""
    entries = _both(posting, institution_id, {"received": -fen, "prepaid": fen}, at, reason)
    connection.execute(insert(WalletEntry), entries)
    enter_acts(connection, [WalletEntry(**entry) for entry in entries])
    balance = _balance(connection, institution_id)
    if balance is None:
        connection.execute(insert(Wallet), [{"institution_id": institution_id, "balance_fen": fen}])
    else:
        store_balances(connection, {institution_id: balance + fen})
    return (balance or 0) + fen


def _balance(connection: Connection, institution_id: int) -> int | None:
    return connection.scalar(select(Wallet.balance_fen).where(Wallet.institution_id == institution_id))


def _both(
    posting: str, institution_id: int, amounts: Mapping[str, int], at: datetime, reason: str | None = None
) -> list[dict[str, Any]]:
    return [
        {
            "posting": posting,
            "account": account,
            "institution_id": institution_id,
            "amount_fen": fen,
            "reason": reason,
            "posted_at": at,
        }
        for account, fen in amounts.items()
    ]
