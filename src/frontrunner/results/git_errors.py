"""What git says when it fails, in one line, with what to do next."""

from __future__ import annotations

import re

from frontrunner.results.credentials import without_password

_NO_ROOM = re.compile(r"No space left|Disk quota|unable to write|write error|failed to write")
_PROGRESS = re.compile(r"(remote: )?[A-Z][\w ]+: +\d+(%|,|$).*|remote: Total \d.*|From .*| \* .*")
"""Lines that git prints while all goes well."""
_LONGEST = 300


def reason_of(said: str) -> str:
    """The end of a sentence about a repository that could not be fetched, and what to do."""
    lines = [one for one in said.splitlines() if not _PROGRESS.fullmatch(one.rstrip())]
    # Before it is cut, within an address maybe.
    line = without_password(" ".join(" ".join(lines).split())) or "git ended without a word"
    if _NO_ROOM.search(line):
        return "its files cannot be written. Free space on the disk of the home, then try again."
    line = f"{line[:_LONGEST]}.." if len(line) > _LONGEST else line.rstrip(".")
    return (
        f"{line}. Check the URL and the network, "
        "or give a clone or an archive that you fetched elsewhere."
    )
