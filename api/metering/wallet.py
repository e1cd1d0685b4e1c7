"""Prepaid wallets, in double entry: what was received, what is still owed to the institution, what was earned.

Three accounts an institution. A payment of x is received -x and prepaid +x; a call of x is prepaid -x and revenue +x;
so the entries of every posting add up to zero, and a wallet's balance is the sum of its entries on `prepaid`.
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


def postings(posting: str, institution_id: int, fen: int, at: datetime) -> list[dict[str, Any]]:
    """The two entries of one charged call; none of a call that costs nothing."""
    return _both(posting, institution_id, {"prepaid": -fen, "revenue": fen}, at) if fen else []


def store_balances(connection: Connection, balances: Mapping[int, int]) -> None:
    """Write the balances that charges have left."""
    for institution_id, fen in sorted(balances.items()):
        connection.execute(update(Wallet).where(Wallet.institution_id == institution_id).values(balance_fen=fen))


def pay_in(engine: Engine, institution_id: int, fen: int, *, reference: str, at: datetime) -> int:
    """Enter a payment; returns the new balance. reference: of the bank transfer; entering it twice is refused.

    Raises `InvalidInput`, `UnknownObject`, `StateConflict`.
    """
    if fen <= 0 or not reference.strip():
        raise InvalidInput("A payment is a positive amount in fen with the reference of its transfer.")
    posting = f"payment:{reference.strip()}"
    with exclusive(engine) as connection:
        if connection.scalar(select(Institution.id).where(Institution.id == institution_id)) is None:
            raise UnknownObject("institution", str(institution_id))
        if connection.scalar(select(WalletEntry.posting).where(WalletEntry.posting == posting).limit(1)):
            raise StateConflict(f"Payment {reference.strip()} was entered before; it is entered once.")
        entries = _both(posting, institution_id, {"received": -fen, "prepaid": fen}, at)
        connection.execute(insert(WalletEntry), entries)
        enter_acts(connection, [WalletEntry(**entry) for entry in entries])
        balance = connection.scalar(select(Wallet.balance_fen).where(Wallet.institution_id == institution_id))
        if balance is None:
            connection.execute(insert(Wallet), [{"institution_id": institution_id, "balance_fen": fen}])
        else:
            store_balances(connection, {institution_id: balance + fen})
    return (balance or 0) + fen


def _both(posting: str, institution_id: int, amounts: Mapping[str, int], at: datetime) -> list[dict[str, Any]]:
    return [
        {
            "posting": posting,
            "account": account,
            "institution_id": institution_id,
            "amount_fen": fen,
            "posted_at": at,
        }
        for account, fen in amounts.items()
    ]
