"""Which program answers: its version, and a digest of its code."""

from __future__ import annotations

from functools import cache
from hashlib import sha256
from pathlib import Path

from frontrunner import __version__

_CODE = frozenset({".py", ".j2", ".html", ".toml"})


@cache
def program() -> bytes:
    """`VERSION+DIGEST`: the same on every replica of one release, another for changed code."""
    root = Path(__file__).parents[1]
    digest = sha256()
    for path in sorted(path for path in root.rglob("*") if path.suffix in _CODE):
        digest.update(str(path.relative_to(root)).encode() + b"\0" + path.read_bytes() + b"\0")
    return f"{__version__}+{digest.hexdigest()[:12]}".encode()
