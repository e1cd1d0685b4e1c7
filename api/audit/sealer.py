"""A signed root each minute while there are new leaves."""

from datetime import datetime, timedelta

from sqlalchemy import Engine, func, select

from api.audit.sealing import SignedRoot, newest_root, seal
from api.audit.tables import AuditLeaf
from api.signing import Signer

EVERY = timedelta(minutes=1)


def seal_if_due(engine: Engine, signer: Signer, at: datetime, every: timedelta = EVERY) -> SignedRoot | None:
    """Seal where there are new leaves and no process sealed within the last minute; None where there is nothing to do.

    A second process whose minutes begin at other seconds adds no roots of its own.
    """
    with engine.connect() as connection:
        newest = newest_root(connection, signer.suite)
        last = connection.scalar(select(func.max(AuditLeaf.number)))
    if last is None or (newest is not None and newest.size > last):
        return None
    if newest is not None and timedelta(0) <= at - datetime.fromisoformat(newest.signed_at) < every * 0.9:
        return None  # a clock that was set back is no reason to wait for it
    return seal(engine, signer, at)
