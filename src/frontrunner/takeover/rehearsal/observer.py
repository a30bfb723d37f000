"""Read the share back from Envoy and follow its log, in a thread, while users are on their way."""

from __future__ import annotations

import threading
import time
from datetime import datetime

import msgspec

from frontrunner.base.errors import FrontrunnerError
from frontrunner.gateway.control import Gateway
from frontrunner.gateway.logs import RequestLine, Tail
from frontrunner.takeover.rehearsal.book import Book
from frontrunner.takeover.rehearsal.flips import SidesSeen
from frontrunner.takeover.rehearsal.shares import Split

_EVERY = 0.05
_ONCE_A_SECOND = 1.0


class Observer:
    """Fills `SidesSeen` with what the gateway itself says, ten times a second and more."""

    def __init__(self, gateway: Gateway, book: Book, seen: SidesSeen) -> None:
        self._gateway, self._book, self._seen = gateway, book, seen
        self._log = Tail(gateway.place.requests)
        self._decoder = msgspec.json.Decoder(RequestLine)
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, name="observer")
        self._counted = 0.0
        self.unanswered: list[float] = []
        """Times at which Envoy could not be asked."""

    def start(self) -> None:
        """Observe from now on."""
        self._thread.start()

    def stop(self) -> None:
        """Read what is left of the log, and end."""
        self._stop.set()
        self._thread.join(30)

    def _run(self) -> None:
        while not self._stop.wait(_EVERY):
            self._look()
        self._look()
        self._log.close()

    def _look(self) -> None:
        self._read_log()
        try:
            found = self._gateway.seen()
        except (FrontrunnerError, OSError, msgspec.DecodeError):
            self.unanswered.append(time.time())
            return
        now = time.time()
        self._seen.shares.note(now, Split(found.share, found.settled))
        if now - self._counted >= _ONCE_A_SECOND:
            self._counted = now
            second = self._book.second(now)
            second.share, second.on_new = found.share, self._seen.on_new

    def _read_log(self) -> None:
        for line in self._log.lines():
            if b'"side":"old"' not in line or b'"route":"new.' not in line:
                continue
            try:
                found = self._decoder.decode(line)
                at = datetime.fromisoformat(found.at).timestamp() + (found.ms or 0) / 1000
                self._seen.fallbacks.note(int(found.bucket or -1), at)
            except (ValueError, msgspec.DecodeError):
                continue  # half a line of an Envoy that was killed
