"""Run the application, and follow the published snapshot meanwhile."""

from __future__ import annotations

import asyncio
import gc
import select
import signal
import socket
import time
from collections.abc import Awaitable, Callable
from contextlib import ExitStack
from functools import partial
from pathlib import Path
from types import FrameType
from typing import NamedTuple

import uvicorn

from frontrunner.base.atomic import temporary_folder
from frontrunner.base.config import ServerSettings
from frontrunner.base.memory import keep_little_freed
from frontrunner.http.app import Application
from frontrunner.http.counters import new_segment
from frontrunner.http.follow import Follower, with_readiness
from frontrunner.http.guard import GuardedProtocol
from frontrunner.http.listening import listen
from frontrunner.http.metrics import Metrics
from frontrunner.http.request import Receive, Scope, Send
from frontrunner.http.supervisor import Supervisor
from frontrunner.http.warming import Warming
from frontrunner.remote.state import Watch
from frontrunner.snapshot.reader import Snapshot
from frontrunner.snapshot.store import Store

_BACKLOG = 2048
_KEEP_ALIVE = 75
"""Seconds for which an idle connection is kept, as by other servers: clients count on it."""
_LAST_CALL = 1.0
"""Seconds in which connections are still taken once the server is to stop."""
_QUIET_ROUNDS = 5
"""Rounds of the event loop without a new connection; one that was taken needs three to be ready."""
ASGI = Callable[[Scope, Receive, Send], Awaitable[None]]


class Worker(NamedTuple):
    """One server process, and what it shares with the others."""

    number: int
    metrics: Metrics
    relay: Path | None = None
    """The socket of the process that answers the old calls, if there are several processes."""

    @property
    def owns_calls(self) -> bool:
        """Whether this process answers the old calls of all: they share one queue."""
        return self.number == 0


Make = Callable[[Snapshot, Worker], Application]
Beside = Callable[[int], None]
"""The work of a process beside the servers, given a pipe that closes with the parent."""


class Listening(NamedTuple):
    """Where one process takes requests."""

    public: list[socket.socket]
    relayed: socket.socket | None = None
    """Takes the old calls that other processes pass on."""
    parent: int | None = None
    """A pipe that closes when the parent dies."""


def serve(
    store: Store,
    settings: ServerSettings,
    make: Make,
    started: Callable[[str], None] = lambda _: None,
    beside: Beside | None = None,
) -> None:
    """Serve the published snapshot until interrupted, by the application that `make` makes.

    Calls `started` with the address once connections are taken. `beside` runs in a process of its
    own until the pipe that it is given closes. Raises UsageError if the address cannot be listened
    on.
    """
    host, workers, grace = settings.host, settings.workers, settings.grace_seconds
    keep_little_freed()
    # A board is tens of thousands of new objects and no cycles: look for those a tenth as often.
    gc.set_threshold(*(10 * often for often in gc.get_threshold()))
    snapshot = store.current()
    _end_on_signals()
    groups = listen(host, settings.port, workers=workers)
    shown = f"[{host}]" if ":" in host else host
    announce = partial(started, f"http://{shown}:{groups[0][0].getsockname()[1]}")
    if workers == 1 and beside is None:
        worker = Worker(0, Metrics())
        application = make(snapshot, worker)
        announce()
        _run(Follower(application, store), Listening(groups[0]), grace)
    else:
        announce()
        _supervise(store, groups, make, grace, beside)


def _supervise(
    store: Store,
    groups: list[list[socket.socket]],
    make: Make,
    grace: int,
    beside: Beside | None,
) -> None:
    counters = [new_segment() for _ in groups]
    with ExitStack() as stack:
        folder = stack.enter_context(temporary_folder("calls"))
        relay = stack.enter_context(socket.socket(socket.AF_UNIX))
        relay.bind(str(folder / "calls"))
        relay.listen(_BACKLOG)

        def work(number: int, parent: int) -> None:
            if beside is not None and number == len(groups):
                stop()
                beside(parent)
                return
            for one in (one for group in groups if group is not groups[number] for one in group):
                one.close()
            worker = Worker(number, Metrics(counters, number), folder / "calls")
            owned = relay if worker.owns_calls else None
            application = make(store.current(), worker)
            upstream = None if beside is None else Watch(store.home)
            follower = Follower(application, store, upstream)
            _run(follower, Listening(groups[number], owned, parent), grace)

        def stop() -> None:
            for one in (one for group in groups for one in group):
                one.close()

        Supervisor(len(groups) + (beside is not None), work, stop, grace).run()


class _Server(uvicorn.Server):
    """uvicorn's server, which also answers the connections that the kernel took before the end."""

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """Take every connection that waits, then stop."""
        # Closing a listening socket resets the connections that wait at it.
        waiting = select.poll()
        for one in sockets or []:
            waiting.register(one, select.POLLIN)
        quiet, until = 0, time.monotonic() + _LAST_CALL
        while quiet < _QUIET_ROUNDS and time.monotonic() < until:
            await asyncio.sleep(0)
            quiet = 0 if waiting.poll(0) else quiet + 1
        await super().shutdown(sockets)


def _config(application: ASGI, grace: int) -> uvicorn.Config:
    return uvicorn.Config(
        application,
        http=GuardedProtocol,
        interface="asgi3",
        ws="none",
        log_config=None,
        access_log=False,
        server_header=False,
        # Client addresses are not used, so headers that claim one need not be read.
        proxy_headers=False,
        date_header=True,
        timeout_keep_alive=_KEEP_ALIVE,
        timeout_graceful_shutdown=grace,
    )


def _run(follower: Follower, listening: Listening, grace: int) -> None:
    """Serve in this process until a signal stops it."""
    application = follower.application
    config = _config(with_readiness(application, follower), grace)
    server = _Server(config)
    # uvicorn repeats the signal once it has stopped; that is a clean end.
    _end_on_signals()
    with asyncio.Runner(loop_factory=config.get_loop_factory()) as runner:
        runner.run(_serve(application, follower, server, listening))


def _end_on_signals() -> None:
    """Make SIGTERM and Ctrl-C a clean end of this process."""
    for one in (signal.SIGTERM, signal.SIGINT):
        signal.signal(one, _end)


def _end(_: int, __: FrameType | None) -> None:
    raise SystemExit(0)


async def _serve(
    application: Application, follower: Follower, server: uvicorn.Server, listening: Listening
) -> None:
    loop = asyncio.get_running_loop()
    warming = Warming(application, lambda: follower.readiness.ready)
    beside = [asyncio.create_task(follower.run()), asyncio.create_task(warming.run())]
    try:
        if listening.parent is not None:
            loop.add_reader(listening.parent, server.handle_exit, signal.SIGTERM, None)
        if listening.relayed is None:
            await server.serve(listening.public)
        else:
            async with await _relayed(application, server, listening.relayed):
                await server.serve(listening.public)
    finally:
        for one in beside:
            one.cancel()
        await asyncio.gather(*beside, return_exceptions=True)


async def _relayed(
    application: Application, server: uvicorn.Server, taken: socket.socket
) -> asyncio.AbstractServer:
    """Answer the old calls that other processes pass on."""
    config = _config(application.answer_relayed, 0)
    config.load()

    def connection() -> GuardedProtocol:
        return GuardedProtocol(config=config, server_state=server.server_state, app_state={})

    return await asyncio.get_running_loop().create_unix_server(connection, sock=taken)
