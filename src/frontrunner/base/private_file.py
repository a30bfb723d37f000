"""Files with secrets: only their owner may read them."""

from __future__ import annotations

import stat
from pathlib import Path

from frontrunner.base.errors import UsageError


def private_text(path: Path, whose: str) -> str:
    """The text of a file that only its owner may read. Raises UsageError, without the text."""
    try:
        mode = path.stat().st_mode
        text = path.read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError) as error:
        raise UsageError(f"The file {path} {whose} cannot be read: {error}.") from error
    if mode & (stat.S_IRWXG | stat.S_IRWXO):
        raise UsageError(f"Others can read the file {path} {whose}. Run: chmod 600 {path}")
    return text
