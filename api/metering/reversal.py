"""Corrections: a line that takes a charge back. Nothing is ever changed or removed."""

from datetime import datetime

from sqlalchemy import Engine, insert, select

from api.audit.chain import NO_ANSWER, append_leaf, read_tail
from api.audit.tables import AuditLeaf
from api.identifiers import new_identifier
from api.metering.exclusive import exclusive
from api.metering.tables import UsageLine
from bureau.errors import InvalidInput, StateConflict, UnknownObject


def reverse(engine: Engine, call_id: str, *, reason: str, at: datetime) -> str:
    """Take back what one call counted and cost; returns the new line's id.

    The answer stays, and so does its line; the new one has calls -1 and the amount negated, with a leaf of
    its own. Raises `UnknownObject`, and `StateConflict` for a call that was reversed before.
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
            "amount_fen": -charged.amount_fen,
            "committed_at": max(at, tail.committed_at),
        }
        leaf, _ = append_leaf(tail, line, None, NO_ANSWER)
        connection.execute(insert(UsageLine), [line])
        connection.execute(insert(AuditLeaf), [leaf])
    return str(line["id"])
