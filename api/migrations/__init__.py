"""Alembic migrations of the ledger database, run by `bureau.db.upgrade`."""
