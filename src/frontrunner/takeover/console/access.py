"""Logging in: a file of tokens, a code that works once, and a limit on attempts."""

from __future__ import annotations

import getpass
import hmac
import re
import secrets
import stat
import time
from collections import OrderedDict
from collections.abc import Callable
from hashlib import sha256
from pathlib import Path

from frontrunner.base.atomic import write_file
from frontrunner.base.errors import TakeoverError

_NAME = re.compile(r"[A-Za-z0-9._-]{1,32}")
_LEAST = 24
"""Characters of a token; those made here have 43."""
_HEAD = """\
# Who may use the console: a name and a token on each line. The name goes into the ledger.
# Add a line for each person; remove one to revoke access. Running sessions continue until
# they end or the console is restarted. Keep this file readable by its owner alone.
"""


class Tokens:
    """The tokens of a file."""

    def __init__(self, path: Path) -> None:
        """Read the file again at each login, so that a removed token stops working."""
        self.path = path

    def ensure(self) -> bool:
        """Make the file with one token for this user if there is none; whether it was made.

        Raises TakeoverError if the file cannot be used, OSError if it cannot be written.
        """
        if self.path.exists():
            self._read()
            return False
        self.path.parent.mkdir(parents=True, exist_ok=True)
        line = f"{own_name()} {secrets.token_urlsafe(32)}\n"
        write_file(self.path, (_HEAD + line).encode(), mode=0o600)
        return True

    def holder(self, token: str) -> str | None:
        """The name of a token's holder; None if it is not one. Takes the same time for any token.

        Raises TakeoverError if the file cannot be used.
        """
        given = _digest(token)
        found = None
        for name, known in self._read():
            if hmac.compare_digest(given, _digest(known)):
                found = name
        return found

    def _read(self) -> list[tuple[str, str]]:
        try:
            mode = self.path.stat().st_mode
            lines = self.path.read_text("utf-8").splitlines()
        except (OSError, ValueError) as error:
            raise TakeoverError(f"The tokens of the console cannot be read: {error}.") from error
        if stat.S_IMODE(mode) & 0o077:
            raise TakeoverError(
                f"Others can read {self.path}. Make new tokens, or run: chmod 600 {self.path}"
            )
        pairs = [tuple(line.split()) for line in lines if line.strip() and line[0] != "#"]
        for number, pair in enumerate(pairs, 1):
            if len(pair) != 2 or not _NAME.fullmatch(pair[0]) or len(pair[1]) < _LEAST:
                raise TakeoverError(
                    f"Token {number} in {self.path} is not a name of letters, digits, dots and "
                    f"hyphens, a space, and a token of at least {_LEAST} characters. Correct it."
                )
        if not pairs:
            raise TakeoverError(f"{self.path} has no token. Remove it, then start the console.")
        return [(name, token) for name, token in pairs]


def own_name() -> str:
    """The name of the user who runs this, as a token's name."""
    try:
        name = getpass.getuser()
    except (OSError, KeyError):
        return "operator"
    return name if _NAME.fullmatch(name) else "operator"


def _digest(text: str) -> bytes:
    return sha256(text.encode("utf-8", "surrogatepass")).digest()


class OneTimeCode:
    """A code for one login soon after the start, for the URL that the terminal shows."""

    SECONDS = 600.0

    def __init__(self, holder: str, now: Callable[[], float] = time.monotonic) -> None:
        self.code = secrets.token_urlsafe(32)
        self._holder = holder
        self._now = now
        self._until = now() + self.SECONDS
        self._is_used = False

    def use(self, code: str) -> str | None:
        """The holder's name, once and in time; None for anything else."""
        matches = hmac.compare_digest(_digest(code), _digest(self.code))
        if not matches or self._is_used or self._now() >= self._until:
            return None
        self._is_used = True
        return self._holder


class Attempts:
    """Counts failed logins by client, and makes one that fails too often wait."""

    MOST = 10
    """Failures of one client in the time below."""
    SECONDS = 300.0
    CLIENTS = 1000
    """Clients that are remembered; the oldest is forgotten."""

    def __init__(self, now: Callable[[], float] = time.monotonic) -> None:
        self._now = now
        self._failed: OrderedDict[str, list[float]] = OrderedDict()

    def wait(self, client: str) -> float:
        """Seconds until this client may try again; 0 if it may now."""
        times = self._recent(client)
        if len(times) < self.MOST:
            return 0.0
        return max(0.0, times[-self.MOST] + self.SECONDS - self._now())

    def take(self, client: str) -> float:
        """Count an attempt as failed until it is known, so that many at once are limited too.

        Seconds until this client may try; 0 if it may now.
        """
        wait = self.wait(client)
        if wait <= 0:
            self.failed(client)
        return wait

    def succeeded(self, client: str) -> None:
        """Take back the attempt that was counted."""
        times = self._failed.get(client)
        if times:
            times.pop()

    def failed(self, client: str) -> None:
        """Count a failure."""
        times = [*self._recent(client), self._now()]
        self._failed.pop(client, None)
        self._failed[client] = times[-self.MOST :]
        while len(self._failed) > self.CLIENTS:
            self._failed.popitem(last=False)

    def _recent(self, client: str) -> list[float]:
        since = self._now() - self.SECONDS
        return [at for at in self._failed.get(client, []) if at > since]
