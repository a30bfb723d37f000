"""Sessions of logged-in operators, and tickets: what lets one press of one button through once."""

from __future__ import annotations

import hmac
import secrets
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from hashlib import sha256

IDLE_SECONDS = 1800.0
"""A session that nothing was done in for this long is over; refreshing by itself does not count."""
LONGEST_SECONDS = 12 * 3600.0
MOST_SESSIONS = 50
"""The oldest is ended when there are more."""
MOST_PRESSES = 500
"""Buttons that one session presses; then its holder logs in again."""


@dataclass
class Session:
    """One login."""

    name: str
    """The name of the token."""
    begun: float
    seen: float
    secret: bytes = field(default_factory=lambda: secrets.token_bytes(32))
    """Signs its tickets; never leaves this process."""
    csrf: str = field(default_factory=lambda: secrets.token_urlsafe(32))
    used: set[str] = field(default_factory=set)
    """Tickets that were used."""


class Sessions:
    """All sessions, in memory alone: a restart ends them. Threads may share one."""

    def __init__(self, now: Callable[[], float] = time.monotonic) -> None:
        self._now = now
        self._lock = threading.Lock()
        self._by_id: dict[bytes, Session] = {}

    def begin(self, name: str) -> str:
        """Begin a session; its id, for the cookie. It is always a new one."""
        made = secrets.token_urlsafe(32)
        now = self._now()
        with self._lock:
            self._by_id = {key: one for key, one in self._by_id.items() if not self._is_over(one)}
            if len(self._by_id) >= MOST_SESSIONS:
                del self._by_id[min(self._by_id, key=lambda key: self._by_id[key].seen)]
            self._by_id[_key(made)] = Session(name, now, now)
        return made

    def find(self, cookie: str, *, touch: bool = True) -> Session | None:
        """The session of an id; None if there is none or it is over. `touch` keeps it alive."""
        with self._lock:
            # Found by the hash: the time of a look-up says nothing about the id itself.
            session = self._by_id.get(_key(cookie))
            if session is None:
                return None
            if self._is_over(session):
                del self._by_id[_key(cookie)]
                return None
            if touch:
                session.seen = self._now()
            return session

    def end(self, cookie: str) -> None:
        """End a session."""
        with self._lock:
            self._by_id.pop(_key(cookie), None)

    def _is_over(self, session: Session) -> bool:
        now = self._now()
        return now - session.seen > IDLE_SECONDS or now - session.begun > LONGEST_SECONDS

    # --- tickets ------------------------------------------------------------------------------

    def use(self, session: Session, ticket: str, verb: str) -> int | None:
        """The moment that a ticket was made for, and the ticket is used up; None if it is no good.

        A ticket is good once, for the session and the button that it was made for.
        """
        number, _, rest = ticket.partition(".")
        moment, _, _ = rest.partition(".")
        if not moment.isascii() or not moment.isdigit() or len(moment) > 15:
            return None
        good = hmac.compare_digest(
            ticket.encode(), _signed(session, number, int(moment), verb).encode()
        )
        with self._lock:
            if not good or number in session.used or len(session.used) >= MOST_PRESSES:
                return None
            session.used.add(number)
        return int(moment)


def new_ticket(session: Session, verb: str, moment: int) -> str:
    """A ticket for one press of the button of `verb`, for a page made at the ledger's `moment`."""
    return _signed(session, secrets.token_urlsafe(12), moment, verb)


def _signed(session: Session, number: str, moment: int, verb: str) -> str:
    text = f"{number}.{moment}"
    digest = hmac.new(session.secret, f"{text}.{verb}".encode("utf-8", "replace"), sha256)
    return f"{text}.{digest.hexdigest()}"


def _key(cookie: str) -> bytes:
    return sha256(cookie.encode("utf-8", "replace")).digest()
