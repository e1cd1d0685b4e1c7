"""Corrections: a line that takes a charge back. Nothing is ever changed or removed."""

from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Engine, Row, insert, select

from api.audit.chain import append_leaf, no_answer, read_tail
from api.audit.suites import STANDARD
from api.audit.tables import AuditLeaf
from api.billing.months import closed_until
from api.contracts.in_force import Contract, Contracts, RulePlace
from api.contracts.pricing import Held, reversed_charge
from api.identifiers import new_identifier
from api.metering.charging import month_of
from api.metering.counting import Counts
from api.metering.exclusive import exclusive
from api.metering.tables import UsageLine, UsageMonth, Wallet, WalletEntry
from api.metering.wallet import postings, store_balances
from bureau.errors import InvalidInput, StateConflict, UnknownObject


def reverse(engine: Engine, call_id: str, *, reason: str, at: datetime, hash_alg: str = STANDARD.hash_alg) -> str:
    """Take back what one call counted and cost; returns the new line's id.

    The answer stays, and so does its line; the new one has calls -1 and takes back the amount, with a leaf of
    its own. Where one price holds for several units, that is what the call costs by now: of a package nothing, as
    long as other calls fill it. The unit it used stays used for tiers, so that what later calls cost is not changed
    by it; its place in a package is free again. What a wallet paid flows back into it.
    Raises `UnknownObject`; `StateConflict` for a call that was reversed before.
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
        tail, contract = read_tail(connection), _contract_of(connection, charged.contract_version_id)
        origin = _origin(charged, contract)
        line = charged._asdict() | {
            "id": new_identifier(at),
            "kind": "reversal",
            "reverses": call_id,
            "reason": reason.strip(),
            "calls": -charged.calls,
            "units": 0,
            "amount_fen": -_given_back(connection, charged, contract, origin),
            "committed_at": max(at, tail.committed_at, closed_until(connection)),
        }
        leaf, _ = append_leaf(tail, {"line": line}, no_answer(hash_alg), hash_alg)
        connection.execute(insert(UsageLine), [line])
        connection.execute(insert(AuditLeaf), [leaf])
        counts = Counts(line["committed_at"])
        counts.add(line, origin, called_at=charged.committed_at)
        counts.store(connection)
        if contract is not None and contract.terms.prepaid and not charged.test and line["amount_fen"]:
            _pay_back(connection, line)
    return str(line["id"])


def _given_back(connection: Connection, charged: Row[Any], contract: Contract | None, origin: RulePlace | None) -> int:
    """What the call has cost until now, in fen."""
    if contract is None or origin is None:
        return int(charged.amount_fen)
    month = select(UsageMonth.units, UsageMonth.calls, UsageMonth.charged_fen).where(
        UsageMonth.institution_id == charged.institution_id,
        UsageMonth.month == month_of(charged.committed_at),
        UsageMonth.test == charged.test,
        UsageMonth.contract_version_id == origin[0],
        UsageMonth.product_code == charged.product_code,
        UsageMonth.rule == origin[1],
    )
    held = Held(*connection.execute(month).one())
    return reversed_charge(contract.terms.rules[charged.rule].price, held, charged.amount_fen)


def _contract_of(connection: Connection, version_id: int | None) -> Contract | None:
    """That of a call; none of a call that was refused for want of one."""
    return None if version_id is None else Contracts().version(connection, version_id)


def _origin(charged: Row[Any], contract: Contract | None) -> RulePlace | None:
    """Where the rule began whose unit the call is; None of a call that counts as none."""
    return contract.origin((contract.id, charged.rule)) if contract is not None and charged.basis == "unit" else None


def _pay_back(connection: Connection, line: dict[str, Any]) -> None:
    """Return to the wallet what the call took from it."""
    owner, fen = line["institution_id"], line["amount_fen"]
    balance = connection.scalar(select(Wallet.balance_fen).where(Wallet.institution_id == owner)) or 0
    connection.execute(insert(WalletEntry), postings(line["id"], owner, fen, line["committed_at"]))
    store_balances(connection, {owner: balance - fen})
