"""Run the application, and follow what is published while it runs."""

from __future__ import annotations

import asyncio
import contextlib
import gc
import socket
from collections.abc import Callable

import uvicorn

from frontrunner.base.errors import UsageError
from frontrunner.http.app import Application
from frontrunner.http.follow import Follower, with_readiness
from frontrunner.http.guard import GuardedProtocol
from frontrunner.snapshot.reader import Snapshot
from frontrunner.snapshot.store import Store

_BACKLOG = 2048


async def _run(follower: Follower, server: uvicorn.Server, sockets: list[socket.socket]) -> None:
    following = asyncio.create_task(follower.run())
    try:
        await server.serve(sockets)
    finally:
        following.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await following


def serve(
    store: Store,
    host: str,
    port: int,
    *,
    make: Callable[[Snapshot], Application],
    started: Callable[[str], None] = lambda _: None,
) -> None:
    """Serve the published snapshot until interrupted, by the application that `make` makes.

    Calls `started` with the address once connections are taken. Raises UsageError where nobody
    can listen there.
    """
    # A board is tens of thousands of new objects and no cycles: look for those a tenth as often.
    gc.set_threshold(*(10 * often for often in gc.get_threshold()))
    application = make(store.current())
    follower = Follower(application, store)
    config = uvicorn.Config(
        with_readiness(application, follower),
        http=GuardedProtocol,
        log_level="warning",
        access_log=False,
        server_header=False,
        # Client addresses are not used, so headers that claim one need not be read.
        proxy_headers=False,
        date_header=True,
        timeout_graceful_shutdown=10,
    )
    with contextlib.ExitStack() as open_until_the_end:
        sockets = [open_until_the_end.enter_context(one) for one in listen(host, port)]
        shown = f"[{host}]" if ":" in host else host
        started(f"http://{shown}:{sockets[0].getsockname()[1]}")
        runner = asyncio.Runner(loop_factory=config.get_loop_factory())
        with runner:
            runner.run(_run(follower, uvicorn.Server(config), sockets))


def listen(host: str, port: int) -> list[socket.socket]:
    """Sockets that take connections from now on; a name may mean several addresses.

    Raises UsageError where nobody can listen there.
    """
    opened: list[socket.socket] = []
    try:
        found = socket.getaddrinfo(
            host or None, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
        )
        for family, kind, protocol, _, address in dict.fromkeys(found):
            one = socket.socket(family, kind, protocol)
            opened.append(one)
            one.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            if family == socket.AF_INET6:
                one.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
            one.bind(address)
            one.listen(_BACKLOG)
    except OSError as error:
        for one in opened:
            one.close()
        raise UsageError(
            f"Nobody can listen on {host} port {port}: {error.strerror or error}. Give another "
            "--host or --port, or stop what listens there."
        ) from error
    return opened
