"""How alembic runs the ledger's migrations: on the connection of `bureau.db.upgrade`, one process at a time."""

from alembic import context

from api.metering.exclusive import take_turn
from api.tables import LedgerTable

connection = context.config.attributes["connection"]
take_turn(connection)  # also opens the transaction that SQLite would otherwise not begin for DDL
context.configure(
    connection=connection,
    target_metadata=LedgerTable.metadata,
    version_table=context.config.attributes["version_table"],
)
context.run_migrations()
