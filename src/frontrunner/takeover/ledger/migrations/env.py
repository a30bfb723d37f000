"""Run by Alembic for each upgrade, on the connection that `opening` has begun a transaction on."""

from __future__ import annotations

from alembic import context

from frontrunner.takeover.ledger.schema import VERSION_TABLE

context.configure(
    connection=context.config.attributes["connection"],
    version_table=VERSION_TABLE,
    transactional_ddl=True,
)
context.run_migrations()
