"""Corrections: a line that takes a charge back. Nothing is ever changed or removed."""

from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Engine, insert, select

from api.audit.chain import append_leaf, no_answer, read_tail
from api.audit.suites import STANDARD
from api.audit.tables import AuditLeaf
from api.billing.months import closed_until
from api.identifiers import new_identifier
from api.metering.counting import Counts
from api.metering.exclusive import exclusive
from api.metering.tables import UsageLine, Wallet, WalletEntry
from api.metering.wallet import postings, store_balances
from bureau.errors import InvalidInput, StateConflict, UnknownObject, WalletEmpty


def reverse(engine: Engine, call_id: str, *, reason: str, at: datetime, hash_alg: str = STANDARD.hash_alg) -> str:
    """Take back what one call counted and cost; returns the new line's id.

    The answer stays, and so does its line; the new one has calls -1 and the amount negated, with a leaf of
    its own. The unit it used in its price rule stays used: what later calls cost is not changed by it. What a
    wallet paid flows back into it. Raises `UnknownObject`; `StateConflict` for a call that was reversed before;
    `WalletEmpty` where a call gave back what has been spent since.
    """
    if not reason.strip():
        raise InvalidInput("A reversal needs a reason.")
    with exclusive(engine) as connection:
        charged = connection.execute(
            select(UsageLine.__table__).where(UsageLine.id == call_id, UsageLine.kind == "charge")
        ).one_or_none()
        if charged is None:
            raise UnknownObject("call", call_id)
        if connection.scalar(select(UsageLine.id).where(UsageLine.reverses == call_id)):
            raise StateConflict(f"The charge of call {call_id} was reversed before; it is reversed once.")
        tail = read_tail(connection)
        line = charged._asdict() | {
            "id": new_identifier(at),
            "kind": "reversal",
            "reverses": call_id,
            "reason": reason.strip(),
            "calls": -charged.calls,
            "units": 0,
            "amount_fen": -charged.amount_fen,
            "committed_at": max(at, tail.committed_at, closed_until(connection)),
        }
        leaf, _ = append_leaf(tail, {"line": line}, no_answer(hash_alg), hash_alg)
        connection.execute(insert(UsageLine), [line])
        connection.execute(insert(AuditLeaf), [leaf])
        counts = Counts(line["committed_at"])
        counts.add(line)
        counts.store(connection)
        _pay_back(connection, call_id, line)
    return str(line["id"])


def _pay_back(connection: Connection, call_id: str, line: dict[str, Any]) -> None:
    """Return to the wallet what the call took from it."""
    paid = connection.scalar(
        select(WalletEntry.amount_fen).where(WalletEntry.posting == call_id, WalletEntry.account == "prepaid")
    )
    if paid is None:
        return
    owner = line["institution_id"]
    balance = connection.scalar(select(Wallet.balance_fen).where(Wallet.institution_id == owner)) or 0
    if balance < paid:  # a call that gave money back, which is spent
        raise WalletEmpty(balance, paid)
    connection.execute(insert(WalletEntry), postings(line["id"], owner, line["amount_fen"], line["committed_at"]))
    store_balances(connection, {owner: balance - paid})
