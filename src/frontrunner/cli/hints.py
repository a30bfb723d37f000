"""Commands that a message tells to run: with the `--home` that this command was given.

Messages are made in every package, most of which know no home. So it is added where they are
printed.
"""

from __future__ import annotations

import re
from pathlib import Path
from shlex import quote

_GROUPS = ("legacy", "contract", "gateway", "takeover", "hub", "engagement", "space", "store")
_WITH_MORE = r"refresh(?: (?:accept|backfill|deploy|emit|status)\b)?"
"""A command that is also a group."""
_PROSE = ("reads", "is", "was", "has", "does", "needs", "cannot")
_COMMAND = re.compile(
    # Not for the home of another machine.
    rf"(?<!builds the board, run: )frontrunner (?:(?:{'|'.join(_GROUPS)}) [a-z]+|{_WITH_MORE}"
    rf"|(?!(?:{'|'.join(_PROSE)})\b)[a-z]+)\b(?![-.]\w)"
    # The words that follow, as far as they are such, also with an address or a word like SOURCE.
    r"(?: (?:--(?!home)[a-z-]+(?: (?:[a-z]\w*://[^\s,;]*[^\s.,;]|[A-Z]{2,}\b))?|\d+\b(?!\.\d)))*+"
    # Up to the end of a sentence, or to the next command, it has no --home yet.
    r"(?!(?:(?!\.\s|\n|`|frontrunner ).)*--home)"
)
_given: list[Path] = []


def note_home(home: Path | None) -> Path | None:
    """Keep the `--home` of this command for its messages."""
    _given[:] = [home] if home is not None else []
    return home


def given_home() -> Path | None:
    """The `--home` of this command."""
    return _given[0] if _given else None


def with_home(text: str) -> str:
    """`text` with `--home DIR` in each command, if this command was given one."""
    if not _given:
        return text
    option = f" --home {quote(str(_given[0]))}"
    return _COMMAND.sub(lambda found: found[0] + option, text)
