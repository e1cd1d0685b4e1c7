"""Alembic's entry for the lake's catalogue; `bureau.db.upgrade` hands over the connection."""

from alembic import context

from features.lake.tables import CatalogueBase

attributes = context.config.attributes
context.configure(
    connection=attributes["connection"],
    version_table=attributes["version_table"],
    target_metadata=CatalogueBase.metadata,
)
with context.begin_transaction():
    context.run_migrations()
