"""TOML that people write: whatever is wrong with it is one kind of error."""

from __future__ import annotations

import tomllib
from typing import Any


def parse_toml(data: bytes) -> dict[str, Any]:
    """The content of a TOML file; raises ValueError where it is none.

    The standard library raises five kinds of error, of which one says that it is TOML's.
    """
    try:
        return tomllib.loads(data.decode("utf-8-sig"))
    except RecursionError:
        raise ValueError("it is nested too deeply") from None
