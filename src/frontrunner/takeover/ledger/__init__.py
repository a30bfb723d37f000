"""The ledger: every record of a take-over in a chain of hashes, and the lease of its controller.

Reading order: `hashes` (the chain, pure), `schema`, `opening`, `ledger`, `lease`.

The modules need SQLAlchemy and Alembic; importing them without raises MissingExtraError.
"""

from importlib.util import find_spec

from frontrunner.base.errors import MissingExtraError

if find_spec("sqlalchemy") is None or find_spec("alembic") is None:
    raise MissingExtraError(
        "The ledger needs SQLAlchemy and Alembic. Install them with: pip install '.[takeover]'"
    )
