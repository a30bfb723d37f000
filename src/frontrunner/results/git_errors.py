"""What git says when it fails, in one line, with what to do next."""

from __future__ import annotations

import re

from frontrunner.results.credentials import without_password

_NO_ROOM = re.compile(r"No space left|Disk quota|unable to write|write error|failed to write")
_LONGEST = 300


def reason_of(said: str) -> str:
    """The end of a sentence about a repository that could not be fetched, and what to do."""
    line = without_password(" ".join(said.split()))  # before it is cut, within an address maybe
    if _NO_ROOM.search(line):
        return "its files cannot be written. Free space on the disk of the home, then try again."
    line = f"{line[:_LONGEST]}.." if len(line) > _LONGEST else line.rstrip(".")
    return (
        f"{line}. Check the URL and the network, "
        "or give a clone or an archive that you fetched elsewhere."
    )
