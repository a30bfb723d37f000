"""Whether readers have a snapshot: the live board is asked until it answers with it."""

from __future__ import annotations

import time
from collections.abc import Callable

import msgspec

from frontrunner.base.errors import NetworkError
from frontrunner.net.client import Limits, get

_LIMITS = Limits(seconds=20.0, size=64 << 20, redirects=3, private=True)
"""`/v1/snapshot` lists rejected files."""
_PAUSE = 1.0


class _Shown(msgspec.Struct):
    id: str


class UnseenError(NetworkError):
    """The live board did not answer with the snapshot in time."""


def shown_at(url: str) -> str:
    """The snapshot that the board at `url` answers with. Raises NetworkError if it has none."""
    place = f"{url.rstrip('/')}/v1/snapshot"
    answer = get(place, _LIMITS, {"cache-control": "no-cache", "accept": "application/json"})
    if answer.status != 200:
        raise NetworkError(f"{place} answered {answer.status}")
    try:
        return msgspec.json.decode(answer.body, type=_Shown).id
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise NetworkError(f"{place} answered with something else: {error}") from None


def wait_until_shown(
    url: str,
    snapshot: str,
    seconds: float,
    sleep: Callable[[float], None] = time.sleep,
    clock: Callable[[], float] = time.monotonic,
) -> float:
    """Wait until the board at `url` answers with `snapshot`; how long that took, in seconds.

    Raises UnseenError after `seconds`, with what it answered last.
    """
    began = clock()
    while True:
        try:
            found = shown_at(url)
            problem = f"it still shows {found}"
        except NetworkError as error:
            found, problem = "", str(error)
        took = clock() - began
        if found == snapshot:
            return took
        if took >= seconds:
            raise UnseenError(
                f"Snapshot {snapshot} is published, but {url} did not serve it within "
                f"{seconds:g} seconds: {problem}. Check its log, /ready, and any cache in front "
                "of it."
            )
        sleep(_PAUSE)
