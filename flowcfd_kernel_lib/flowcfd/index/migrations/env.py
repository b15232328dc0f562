"""Alembic's entry: migrates the connection that it is given (flowcfd.index.database)."""

from __future__ import annotations

from alembic import context

from flowcfd.index.database import VERSION_TABLE
from flowcfd.index.tables import metadata

context.configure(
    connection=context.config.attributes["connection"], target_metadata=metadata, version_table=VERSION_TABLE
)
with context.begin_transaction():
    context.run_migrations()
