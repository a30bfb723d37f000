"""Ask both boards themselves: their program, their data, and whether they are healthy.

A thread asks, so that a board that hangs does not hold up a rollback.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Sequence
from datetime import datetime
from email.utils import parsedate_to_datetime
from hashlib import sha256
from typing import Any

import msgspec

from frontrunner.base.errors import NetworkError
from frontrunner.base.gateway_settings import GatewaySettings
from frontrunner.net.client import Answer, Limits, get
from frontrunner.takeover.plane import Side

log = logging.getLogger("frontrunner.takeover")
_LIMITS = Limits(seconds=3.0, size=16 * 1024 * 1024, redirects=2, private=True)
_VERSION = "x-frontrunner-version"
Ask = Callable[[str], Answer]


def ask(url: str) -> Answer:
    """Send a GET request. Raises NetworkError if there is no answer."""
    return get(url, _LIMITS)


class BothBoards:
    """What both boards said when they were last asked."""

    def __init__(
        self,
        settings: GatewaySettings,
        old_code: str = "",
        old_data: str = "",
        every: float = 15.0,
        how: Ask = ask,
    ) -> None:
        """`old_code` and `old_data` are URLs, as in `[takeover]`; `every` is in seconds."""
        self._old_url, self._new_url = first_url(settings.old), first_url(settings.new)
        self._old_urls = all_urls(settings.old)
        self._old_health = settings.old_health or "/"
        self._new_health = settings.new_health or "/"
        self._old_code, self._old_data = old_code, old_data
        self._every, self._ask = every, how
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._work, name="both-boards", daemon=True)
        self.old, self.new = Side(), Side()

    def start(self) -> None:
        """Ask repeatedly in a thread. Nothing is known of a board before its first answer."""
        self._thread.start()

    def close(self) -> None:
        """End the thread after the request under way."""
        self._stop.set()
        if self._thread.is_alive():
            self._thread.join(4 * _LIMITS.seconds)

    def ask_both(self) -> None:
        """Ask both boards now. What a board does not say is None."""
        self.old = self.ask_old()
        self.new = self._ask_new()

    def ask_old(self) -> Side:
        """Ask the old board now."""
        code = self._answer(self._old_code or f"{self._old_url}/config")
        data = self._answer(self._old_data) if self._old_data else None
        return Side(
            healthy=self._is_healthy(f"{self._old_url}{self._old_health}"),
            code=_digest(code) if self._old_code else code_of_gradio(code),
            data=_digest(data),
            data_at=_last_modified(data),
        )

    def old_is_healthy(self) -> bool:
        """Ask the old board now, at all its addresses, and about its health alone."""
        return any(self._is_healthy(f"{url}{self._old_health}") for url in self._old_urls)

    def _ask_new(self) -> Side:
        health = self._answer(f"{self._new_url}{self._new_health}")
        snapshot = _snapshot(self._answer(f"{self._new_url}/v1/snapshot"))
        return Side(
            healthy=health is not None and health.status == 200,
            code=health.headers.get(_VERSION) if health else None,
            data=snapshot.id or None,
            data_at=_seconds(snapshot.checked_at or snapshot.built_at),
        )

    def _is_healthy(self, url: str) -> bool:
        """Any answer below 500 counts: a path that only has to connect may redirect."""
        answer = self._answer(url, any_status=True)
        return answer is not None and answer.status < 500

    def _answer(self, url: str, *, any_status: bool = False) -> Answer | None:
        try:
            answer = self._ask(url)
        except NetworkError as error:
            log.debug("a board did not answer: %s", error)
            return None
        return answer if any_status or answer.status == 200 else None

    def _work(self) -> None:
        while not self._stop.is_set():
            self.ask_both()
            self._stop.wait(self._every)


def served_snapshot(url: str, how: Ask = ask) -> str:
    """The id of the snapshot that a board serves. Raises NetworkError if it does not say."""
    answer = how(f"{url}/v1/snapshot")
    found = _snapshot(answer if answer.status == 200 else None)
    if not found.id:
        raise NetworkError(f"{url}/v1/snapshot answered {answer.status} without a snapshot's id")
    return found.id


def first_url(given: Sequence[str] | str) -> str:
    """The first address of a board, without a slash at its end."""
    return next(iter(all_urls(given)), "")


def all_urls(given: Sequence[str] | str) -> tuple[str, ...]:
    """The addresses of a board, without a slash at their ends."""
    return tuple(one.rstrip("/") for one in ([given] if isinstance(given, str) else given))


class _Snapshot(msgspec.Struct, rename="camel"):
    id: str = ""
    built_at: str = ""
    checked_at: str | None = None


def _snapshot(answer: Answer | None) -> _Snapshot:
    try:
        return msgspec.json.decode(answer.body, type=_Snapshot) if answer else _Snapshot()
    except (msgspec.DecodeError, UnicodeDecodeError):
        return _Snapshot()


class _Component(msgspec.Struct):
    type: str = ""


class _Function(msgspec.Struct):
    api_name: Any = None


class _Config(msgspec.Struct):
    version: str = ""
    components: list[_Component] = []
    dependencies: list[_Function] = []


def code_of_gradio(answer: Answer | None) -> str | None:
    """The version of Gradio and a digest of the page's parts; None if it is no Gradio page.

    What the parts show is left out, because it changes with the data, and so are their numbers,
    which differ from process to process.
    """
    try:
        found = msgspec.json.decode(answer.body, type=_Config) if answer else _Config()
    except (msgspec.DecodeError, UnicodeDecodeError):
        return None
    if not found.version:
        return None
    parts = [[one.type for one in found.components], [one.api_name for one in found.dependencies]]
    return f"gradio {found.version} {sha256(msgspec.json.encode(parts)).hexdigest()[:12]}"


def _digest(answer: Answer | None) -> str | None:
    return sha256(answer.body).hexdigest()[:16] if answer else None


def _last_modified(answer: Answer | None) -> float | None:
    try:
        text = answer.headers.get("last-modified") if answer else None
        return parsedate_to_datetime(text).timestamp() if text else None
    except ValueError:
        return None


def _seconds(at: str) -> float | None:
    try:
        return datetime.fromisoformat(at).timestamp() if at else None
    except ValueError:
        return None
