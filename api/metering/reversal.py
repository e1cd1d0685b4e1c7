"""Corrections: a line that takes a charge back. Nothing is ever changed or removed."""

from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Engine, Row, insert, select

from api.audit.chain import append_leaf, no_answer, read_tail
from api.audit.suites import STANDARD
from api.audit.tables import AuditLeaf
from api.billing.months import closed_until
from api.contracts.pricing import Held, reversed_charge
from api.contracts.tables import ContractVersion
from api.contracts.terms import Terms
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
    its own. Where one price holds for all units of a month, that is what the call costs by now. The unit it used in
    its price rule stays used: what later calls cost is not changed by it. What a wallet paid flows back into it.
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
        tail, terms = read_tail(connection), _terms_of(connection, charged.contract_version_id)
        line = charged._asdict() | {
            "id": new_identifier(at),
            "kind": "reversal",
            "reverses": call_id,
            "reason": reason.strip(),
            "calls": -charged.calls,
            "units": 0,
            "amount_fen": -_given_back(connection, charged, terms),
            "committed_at": max(at, tail.committed_at, closed_until(connection)),
        }
        leaf, _ = append_leaf(tail, {"line": line}, no_answer(hash_alg), hash_alg)
        connection.execute(insert(UsageLine), [line])
        connection.execute(insert(AuditLeaf), [leaf])
        counts = Counts(line["committed_at"])
        counts.add(line, called_at=charged.committed_at)
        counts.store(connection)
        if terms.prepaid and not charged.test and line["amount_fen"]:
            _pay_back(connection, line)
    return str(line["id"])


def _given_back(connection: Connection, charged: Row[Any], terms: Terms) -> int:
    """What the call has cost until now, in fen."""
    if charged.basis != "unit":
        return int(charged.amount_fen)
    month = select(UsageMonth.units, UsageMonth.calls, UsageMonth.charged_fen).where(
        UsageMonth.institution_id == charged.institution_id,
        UsageMonth.month == month_of(charged.committed_at),
        UsageMonth.test == charged.test,
        UsageMonth.contract_version_id == charged.contract_version_id,
        UsageMonth.product_code == charged.product_code,
        UsageMonth.rule == charged.rule,
    )
    held = Held(*connection.execute(month).one())
    return reversed_charge(terms.rules[charged.rule].price, held, charged.amount_fen)


def _terms_of(connection: Connection, contract_version_id: int | None) -> Terms:
    """Those of a call's contract; none of a call that was refused for want of one."""
    found = connection.scalar(select(ContractVersion.terms).where(ContractVersion.id == contract_version_id))
    return Terms() if found is None else Terms.model_validate(found)


def _pay_back(connection: Connection, line: dict[str, Any]) -> None:
    """Return to the wallet what the call took from it."""
    owner, fen = line["institution_id"], line["amount_fen"]
    balance = connection.scalar(select(Wallet.balance_fen).where(Wallet.institution_id == owner)) or 0
    connection.execute(insert(WalletEntry), postings(line["id"], owner, fen, line["committed_at"]))
    store_balances(connection, {owner: balance - fen})
