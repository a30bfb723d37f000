"""The tables of the ledger as the program uses them; `migrations` makes them."""

from __future__ import annotations

import sqlalchemy as sql

HEAD = "1"
"""The newest revision in `migrations`."""
VERSION_TABLE = "ledger_version"

_tables = sql.MetaData()

ledger = sql.Table(
    "ledger",
    _tables,
    sql.Column("seq", sql.Integer, primary_key=True, autoincrement=False),
    sql.Column("at", sql.Text, nullable=False),
    sql.Column("actor", sql.Text, nullable=False),
    sql.Column("plan", sql.Text, nullable=False),
    sql.Column("token", sql.Integer, nullable=False),
    sql.Column("record", sql.Text, nullable=False),
    sql.Column("previous", sql.Text, nullable=False, unique=True),
    sql.Column("hash", sql.Text, nullable=False, unique=True),
)
"""One row for each entry, in the order of the text that its hash covers."""

tail = sql.Table(
    "ledger_tail",
    _tables,
    sql.Column("id", sql.Integer, primary_key=True),
    sql.Column("seq", sql.Integer, nullable=False),
    sql.Column("hash", sql.Text, nullable=False),
)
"""One row: the last entry that was written. PostgreSQL locks it while an entry is appended."""

lease = sql.Table(
    "ledger_lease",
    _tables,
    sql.Column("id", sql.Integer, primary_key=True),
    sql.Column("token", sql.Integer, nullable=False),
    sql.Column("holder", sql.Text, nullable=False),
    sql.Column("renewals", sql.Integer, nullable=False),
)
"""One row: the token that was given last, to whom, and how often it was renewed."""
