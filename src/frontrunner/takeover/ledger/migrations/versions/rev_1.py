"""The ledger, the mark of its end, and the lease. Released revisions are never edited."""

from __future__ import annotations

import sqlalchemy as sql
from alembic import op

revision = "1"
down_revision = None


def upgrade() -> None:
    """Make the tables, and the one row of the mark and of the lease."""
    op.create_table(
        "ledger",
        sql.Column("seq", sql.Integer, primary_key=True, autoincrement=False),
        sql.Column("at", sql.Text, nullable=False),
        sql.Column("actor", sql.Text, nullable=False),
        sql.Column("plan", sql.Text, nullable=False),
        sql.Column("token", sql.Integer, nullable=False),
        sql.Column("record", sql.Text, nullable=False),
        sql.Column("previous", sql.Text, nullable=False, unique=True),
        sql.Column("hash", sql.Text, nullable=False, unique=True),
    )
    tail = op.create_table(
        "ledger_tail",
        sql.Column("id", sql.Integer, primary_key=True),
        sql.Column("seq", sql.Integer, nullable=False),
        sql.Column("hash", sql.Text, nullable=False),
    )
    lease = op.create_table(
        "ledger_lease",
        sql.Column("id", sql.Integer, primary_key=True),
        sql.Column("token", sql.Integer, nullable=False),
        sql.Column("holder", sql.Text, nullable=False),
        sql.Column("renewals", sql.Integer, nullable=False),
    )
    op.bulk_insert(tail, [{"id": 1, "seq": 0, "hash": "0" * 64}])
    op.bulk_insert(lease, [{"id": 1, "token": 0, "holder": "", "renewals": 0}])
