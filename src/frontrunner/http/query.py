"""The query of a request, with limits on its size."""

from __future__ import annotations

from urllib.parse import parse_qsl

MAX_BYTES = 16 * 1024
"""Bytes of a query. The longest that a page of ours makes names 150 tasks in 6 KB."""
MAX_FIELDS = 1_000
"""Parameters of a query, repeated ones counted each."""


class Query:
    """Parameters by name, in the order given."""

    def __init__(self, raw: bytes) -> None:
        """Raises ValueError if there are more than MAX_FIELDS."""
        text = raw.decode("latin-1")
        self._pairs = parse_qsl(text, keep_blank_values=True, max_num_fields=MAX_FIELDS)

    def get(self, key: str) -> str | None:
        """The last value of a parameter."""
        return next((value for name, value in reversed(self._pairs) if name == key), None)

    def get_all(self, key: str) -> list[str]:
        """Every value of a parameter."""
        return [value for name, value in self._pairs if name == key]
