"""Both boards of a take-over on the Hub, as asked at their live addresses."""

from __future__ import annotations

import logging
import math
import time
from datetime import datetime

import msgspec

from frontrunner.base.errors import HubError, NetworkError
from frontrunner.gateway.remote_state import RemoteState
from frontrunner.hub.reading import facts_of, runtime_of
from frontrunner.hub.session import Hub
from frontrunner.hub.waiting import FAILED, ask_live
from frontrunner.takeover.on_hub.seeing import Seen, snapshot_of
from frontrunner.takeover.plan import HubPart
from frontrunner.takeover.plane import Side

log = logging.getLogger("frontrunner.takeover")
_VERSION = "x-frontrunner-version"
_HEALTHY_BELOW = 500


class BoardsAsked:
    """Asks boards, and remembers for a while what they answered."""

    def __init__(self, hub: Hub, grace: float) -> None:
        """`grace` is for how long an answer counts, in seconds: a page may be large."""
        self._hub, self._grace = hub, grace
        self._answered: dict[str, tuple[bool, float]] = {}
        """Whether a live address answered, and when."""

    def old(
        self, part: HubPart, seen: Seen, gateway: RemoteState | None, *, now: bool = False
    ) -> Side:
        """The old board, or once it is replaced, whether it runs in the archive."""
        if seen.served in ("old", "banner"):
            return Side(healthy=self.answers(seen.facts.live, now=now))
        if part.archive_kind == "dataset" and part.strategy == "overwrite":
            return Side(healthy=True)  # its files are saved, and nothing else is left of it
        try:
            if seen.served == "gateway":
                return self._behind(part, gateway, now=now)
            return Side(healthy=runtime_of(self._hub, part.archive).stage not in FAILED)
        except HubError as error:
            log.debug("the archive was not heard: %s", error)
            return Side()

    def _behind(self, part: HubPart, gateway: RemoteState | None, *, now: bool) -> Side:
        """The archive, which users of the old board get from a gateway."""
        if gateway is not None and not now:
            return Side(healthy=gateway.old)
        return Side(healthy=self.answers(facts_of(self._hub, part.archive).live, now=now))

    def new(self, live: str, gateway: RemoteState | None) -> Side:
        """The new board at a live address; the gateway next to it knows whether users get it."""
        side = self._new_at(live)
        return side if gateway is None else msgspec.structs.replace(side, healthy=gateway.new)

    def _new_at(self, live: str) -> Side:
        if not live:
            return Side()
        try:
            answer = ask_live(self._hub, live, "/v1/snapshot")
        except NetworkError:
            return Side(healthy=False)
        snapshot = snapshot_of(answer)
        return Side(
            healthy=answer.status == 200,
            code=answer.headers.get(_VERSION),
            data=snapshot.id or None,
            data_at=_seconds(snapshot.built_at),
        )

    def answers(self, live: str, *, now: bool = False) -> bool:
        """Whether a board answers; asked again after a while."""
        known, at = self._answered.get(live, (False, -math.inf))
        if not now and time.monotonic() - at < self._grace:
            return known
        try:
            found = ask_live(self._hub, live, "/").status < _HEALTHY_BELOW
        except NetworkError:
            found = False
        self._answered[live] = found, time.monotonic()
        return found


def _seconds(at: str) -> float | None:
    try:
        return datetime.fromisoformat(at).timestamp() if at else None
    except ValueError:
        return None
