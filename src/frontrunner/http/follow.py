"""Follow the published snapshot: check it, serve it, and never serve a damaged one.

Once a second the follower looks at which snapshot is current. Another one is checked, byte for
byte, before it is served. The one that a server starts with is served while it is checked, because
hashing takes longer than starting. A snapshot is checked again when a file of it changes. If what
is served is damaged, the last good one that was published takes its place; without one, every
request is answered by 503 with the reason. Whatever goes wrong, the follower goes on: it logs each
problem once, counts it in `frontrunner_following_problems_total`, and shows it at `/ready`.
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Iterator
from pathlib import Path

import msgspec
from prometheus_client import CollectorRegistry, Counter, Gauge

from frontrunner.base.errors import CorruptSnapshotError
from frontrunner.http.app import Application
from frontrunner.http.plain import plain
from frontrunner.http.request import Request, Response
from frontrunner.remote.state import Following, Watch, problem_of
from frontrunner.snapshot.freshness import read_checked_at
from frontrunner.snapshot.prepared import ANSWERS, has_answers
from frontrunner.snapshot.reader import Snapshot
from frontrunner.snapshot.store import Store, whole_damage

LOOK_EVERY = 1.0
"""Seconds between two checks of what is served and of what is published."""
GLANCE_EVERY = 0.02
"""Seconds between two looks at the name of what is published."""
_STILL_ANSWERED = frozenset({"/health", "/metrics"})
"""Paths that say nothing of the board."""
log = logging.getLogger("frontrunner.server")
_PROBLEM = {"event": "snapshot_not_served"}


class Readiness(msgspec.Struct, frozen=True):
    """What `/ready` answers; 200 if `ready`, else 503."""

    ready: bool
    """Whether a snapshot is served that was checked."""
    snapshot: str
    """The snapshot that is served."""
    detail: str
    """What keeps the current or the next snapshot from being served, or empty."""


class Follower:
    """Keeps an application on the snapshot that is published."""

    def __init__(
        self, application: Application, store: Store, upstream: Watch | None = None
    ) -> None:
        """`upstream` knows of the object storage that brings snapshots into the home."""
        self.application = application
        self._store = store
        self._upstream = upstream
        self._checked: dict[str, _Check] = {}
        """Snapshot -> what its last check found."""
        self._metrics = _Metrics(application.metrics.registry)
        self.problem = ""
        """What went wrong at the last look, or empty."""
        self.stopped = ""
        """Why nothing can be served, or empty."""

    @property
    def readiness(self) -> Readiness:
        """Whether requests are answered from a checked snapshot."""
        served = self._served.id
        if served not in self._checked:
            return Readiness(False, served, "The snapshot is being checked.")
        detail = (
            self.stopped or self.problem or (self._upstream.problem() if self._upstream else "")
        )
        return Readiness(not self.stopped, served, detail)

    @property
    def _served(self) -> Snapshot:
        return self.application.served.service.snapshot

    async def run(self, every: float = LOOK_EVERY) -> None:
        """Look again and again until cancelled."""
        while True:
            looking = asyncio.create_task(self.look())
            try:
                # Awaiting the task itself would raise what it raised; this never does.
                await asyncio.wait([looking])
            finally:
                looking.cancel()
            self._note(looking.exception() or self._damaged_answers())
            if self._upstream is not None:
                self._metrics.follow(self._upstream.look())
            await self._wait(every)

    async def _wait(self, every: float) -> None:
        """Until the next look: at once when another snapshot is published, which is cheap to see.

        A damaged one that cannot be served is looked at no more often than any other.
        """
        looked_at, until = self._published(), time.monotonic() + every
        while time.monotonic() < until:
            await asyncio.sleep(min(GLANCE_EVERY, every))
            if self._published() != looked_at:
                return

    def _published(self) -> str | None:
        """The name of what is published; None if there is none, or if it cannot be read."""
        try:
            return self._store.current_id()
        except OSError:
            return None

    def _note(self, error: BaseException | None) -> None:
        problem = str(error) or repr(error) if error else ""
        if problem and problem != self.problem:
            known = isinstance(error, CorruptSnapshotError)
            log.error("%s", problem, exc_info=None if known else error, extra=_PROBLEM)
            self._metrics.problems.inc()
        self.problem = problem
        self._metrics.problem.set(bool(problem))

    def _damaged_answers(self) -> CorruptSnapshotError | None:
        """Damage to the prepared answers, without which the snapshot is served."""
        check = self._checked.get(self._served.id)
        return CorruptSnapshotError(check.problems[0]) if check and check.problems else None

    async def look(self) -> None:
        """Serve the current snapshot if it is intact, and stop serving a damaged one.

        Raises CorruptSnapshotError if the current snapshot cannot be served, and whatever else
        goes wrong.
        """
        try:
            name = self._store.current_id() or self._served.id
            answers = await self._check(name)
        except (CorruptSnapshotError, OSError) as error:
            await self._fall_back(str(error))
            raise
        answers = answers and has_answers(self._store.at.snapshot(name))
        state = name, answers, read_checked_at(self._store.at, name)
        if self.stopped or state != self._state:
            earlier = self._served if await self._was_whole(name) else None
            self._use(name, answers, earlier)

    async def _was_whole(self, name: str) -> bool:
        """Whether another snapshot than `name` is served, and was intact all the while."""
        served = self._served.id
        if self.stopped or served == name or served not in self._checked:
            return False
        return await self._is_intact(served)  # if nothing changed, from the times of its files

    async def _check(self, name: str) -> bool:
        """Check a snapshot: whether its prepared answers are intact, if there are any.

        Raises CorruptSnapshotError if anything else of it is damaged.
        """
        folder = self._store.at.snapshot(name)
        check = await asyncio.to_thread(_check, folder, self._checked.get(name))
        self._checked[name] = check
        fatal = [one for one in check.problems if not one.startswith(f"{ANSWERS}/")]
        if fatal:
            raise CorruptSnapshotError(f"Snapshot {name} is damaged: {'; '.join(fatal[:3])}")
        return not check.problems

    async def _fall_back(self, reason: str) -> None:
        """If the served snapshot is damaged, serve the last published one that is intact."""
        if not self.stopped and await self._is_intact(self._served.id):
            return
        for name in self._earlier():
            if await self._is_intact(name):
                log.error("%s; serving %s instead", reason, name)
                self._use(name, not self._checked[name].problems)
                return
        self.stopped = reason

    async def _is_intact(self, name: str) -> bool:
        try:
            await self._check(name)
        except (CorruptSnapshotError, OSError):
            return False
        return True

    def _earlier(self) -> Iterator[str]:
        """What was published, the last first."""
        names = [event.snapshot for event in reversed(self._store.history())]
        yield from dict.fromkeys(names)

    @property
    def _state(self) -> tuple[str, bool, float | None]:
        """What is served: the snapshot, whether with prepared answers, and until when checked."""
        served = self.application.served
        return self._served.id, served.prepared, served.service.checked_at

    def _use(self, name: str, answers: bool, earlier: Snapshot | None = None) -> None:
        """Serve a snapshot; `earlier` is an intact one, of which some can be kept."""
        before = self.stopped, *self._state[:2]
        checked_at = read_checked_at(self._store.at, name)
        if before[:2] == ("", name):  # it was found intact, so what was read of it is
            self.application.renew(with_answers=answers, checked_at=checked_at)
        else:
            snapshot = Snapshot(self._store.at.snapshot(name), with_answers=answers)
            if earlier is not None:
                snapshot.take_from(earlier)
            self.application.use(snapshot, checked_at)
        self.stopped = ""
        if before != ("", name, answers):
            log.warning("now serving snapshot %s", name, extra={"snapshot": name})


class _Check(msgspec.Struct, frozen=True):
    """What a check found, and the state of the files that it read."""

    stamps: tuple[tuple[str, int, int, int, int], ...]
    problems: list[str]


def _check(folder: Path, earlier: _Check | None) -> _Check:
    """Check a snapshot, unless no file has changed since it was checked."""
    stamps = tuple(_stamps(folder))
    if earlier is not None and earlier.stamps == stamps:
        return earlier
    return _Check(stamps, whole_damage(Snapshot(folder, with_answers=False)))


def _stamps(folder: Path) -> Iterator[tuple[str, int, int, int, int]]:
    """Name, size, modification time, change time and inode: a program cannot set a change time."""
    for part in (folder, folder / ANSWERS):
        for path in sorted(part.glob("[!.]*")):
            status = path.stat()
            if path.is_file():
                yield (
                    f"{part.name}/{path.name}",
                    status.st_size,
                    status.st_mtime_ns,
                    status.st_ctime_ns,
                    status.st_ino,
                )


class _Metrics:
    def __init__(self, registry: CollectorRegistry) -> None:
        self._registry = registry
        self._of_store: tuple[Gauge, Gauge] | None = None
        self.problems = Counter(
            "frontrunner_following_problems",
            "New problems while following published snapshots.",
            registry=registry,
        )
        self.problem = Gauge(
            "frontrunner_following_problem",
            "1 while the published snapshot cannot be served, else 0.",
            registry=registry,
        )

    def follow(self, state: Following | None) -> None:
        """Show how following an object storage goes; nothing if none is followed."""
        if state is None:
            return
        if self._of_store is None:
            self._of_store = (
                Gauge(
                    "frontrunner_store_problem",
                    "1 while the object storage cannot be followed, else 0.",
                    registry=self._registry,
                ),
                Gauge(
                    "frontrunner_store_answered_timestamp_seconds",
                    "When the object storage last answered.",
                    registry=self._registry,
                ),
            )
        problem, answered = self._of_store
        problem.set(bool(problem_of(state, time.time())))
        answered.set(state.answered_at)


def with_readiness(application: Application, follower: Follower) -> Application:
    """The application with `/ready`, which answers 503 while nothing can be served."""

    def gate(request: Request) -> Response | None:
        if request.path == "/ready" or (follower.stopped and request.path not in _STILL_ANSWERED):
            return _state_response(follower.readiness)
        return None

    application.gate = gate
    return application


def _state_response(state: Readiness) -> Response:
    body = msgspec.json.encode(state)
    retry = [] if state.ready else [(b"retry-after", b"5")]
    headers = [*plain("application/json", body), *retry]
    return Response(200 if state.ready else 503, headers, body, "/ready")
