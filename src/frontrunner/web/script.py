"""Data for the scripts of a page, as JSON inside its HTML."""

from __future__ import annotations

from typing import Any

import msgspec


def as_json(value: Any) -> str:
    """JSON as text."""
    return msgspec.json.encode(value).decode()


def script_json(value: Any) -> str:
    """JSON that cannot end the script element around it."""
    return as_json(value).replace("<", "\\u003c").replace(">", "\\u003e").replace("&", "\\u0026")
