"""The token of the Hub: read from the environment or a file, and never shown."""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Mapping
from pathlib import Path

from frontrunner.base.errors import UsageError
from frontrunner.base.private_file import private_text

VARIABLE = "HF_TOKEN"
"""The variable of the environment that the token is read from first."""
_LOOKS_LIKE_TOKEN = re.compile(r"\b(hf|hfp|api_org|oauth|jwt)_[A-Za-z0-9._-]{8,}")
_HIDDEN = "<token>"
_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")


class Token:
    """A secret that has no text of its own; `reveal` gives it to the client."""

    __slots__ = ("_text",)

    def __init__(self, text: str) -> None:
        self._text = text

    def reveal(self) -> str:
        """The token itself, for the library that sends it."""
        return self._text

    def __repr__(self) -> str:
        return _HIDDEN

    def __reduce__(self) -> str:
        raise TypeError("a token is not stored")

    def hide_in(self, text: str) -> str:
        """`text` without the token."""
        return without_tokens(text.replace(self._text, _HIDDEN))


def without_tokens(text: str) -> str:
    """`text` without anything that looks like a token of the Hub."""
    return _LOOKS_LIKE_TOKEN.sub(_HIDDEN, text)


def read_token(file: str = "", environ: Mapping[str, str] = os.environ) -> Token | None:
    """The token of the environment, else of a file; None if there is neither.

    Raises UsageError if the file cannot be read, is empty, or can be read by others.
    """
    text = environ.get(VARIABLE, "").strip()
    if text:
        return _checked(text, f"the variable {VARIABLE}")
    if not file:
        return None
    path = Path(file).expanduser()
    return _checked(private_text(path, "of the token"), str(path))


def read_secrets(named: Iterable[str]) -> dict[str, Token]:
    """The values of a Space's secrets, from `NAME=FILE` each.

    Raises UsageError if one is not of that form, or its file cannot be read or can be by others.
    """
    found: dict[str, Token] = {}
    for one in named:
        name, _, file = one.partition("=")
        if not _NAME.fullmatch(name) or not file:
            raise UsageError(f"{one!r} under secrets of [hub] is not of the form NAME=FILE.")
        text = private_text(Path(file).expanduser(), f"of the secret {name}")
        if not text:
            raise UsageError(f"The file {file} of the secret {name} is empty.")
        found[name] = Token(text)
    return found


def _checked(text: str, place: str) -> Token:
    """A token that can be sent in a header. Raises UsageError without showing it."""
    if not text or not text.isascii() or not text.isprintable() or " " in text:
        raise UsageError(f"There is no token in {place}: one word of ASCII letters is expected.")
    return Token(text)
