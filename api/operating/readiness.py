"""Whether calls can be answered: not at all, not all of them, or all.

Not ready is a server that could answer no call: its database is away, its ledger's queue is full, its writer ended or
its commits fail, its home is empty, or no product it sells can be answered. Degraded is one that lacks some product,
or of which a feed is overdue: answers say so themselves and cost nothing where they rest on overdue feeds alone, and
another server of the same home would have nothing fresher, so that turning callers away would help nobody.
"""

from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from api.deployment import Deployment
from bureau.errors import NotReady, SourceDown
from products.desk import Desk
from products.readiness import silent_feeds, unanswerable


def require_ready(deployment: Deployment) -> tuple[Desk, dict[str, str]]:
    """The desk, and the causes by name that degrade it; raises `NotReady`."""
    causes = _of_the_ledger(deployment)
    try:
        desk = deployment.desk()
        degraded, ready = _of_the_products(desk)
    except SourceDown as problem:
        raise NotReady(causes | {"source": str(problem)}) from problem
    except DBAPIError as problem:
        raise NotReady(causes | _DATABASE) from problem
    if causes or not ready:
        raise NotReady(causes | degraded)
    return desk, degraded


_DATABASE = {"database": "The database does not answer. Check BUREAU_DATABASE_URL and the database itself."}


def _of_the_ledger(deployment: Deployment) -> dict[str, str]:
    causes = {}
    ledger = deployment.ledger
    if not ledger.is_writing:
        causes["writer"] = "The ledger's writer has ended. Restart the server."
    elif ledger.is_full:
        causes["queue"] = f"{ledger.waiting} calls wait to be committed. Look at the database, or start another server."
    elif ledger.is_failing:
        causes["commit"] = "The last commit failed moments ago. Look at the disk and at the database itself."
    try:
        with deployment.engine.connect() as connection:
            connection.execute(text("SELECT 1"))
    except DBAPIError:
        causes |= _DATABASE
    return causes


def _of_the_products(desk: Desk) -> tuple[dict[str, str], bool]:
    """What is missing, by name, and whether anything can be answered."""
    standing = unanswerable(desk)
    missing = {code: why for code, why in standing.items() if why is not None}
    degraded = {f"product {code}": why for code, why in missing.items()}
    if silent := silent_feeds(desk):
        degraded["feeds"] = f"Overdue by more than their contracts allow: {', '.join(silent)}."
    return degraded, len(missing) < len(standing)
