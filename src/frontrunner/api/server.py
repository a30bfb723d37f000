"""Run the application, and follow what is published while it runs."""

from __future__ import annotations

import asyncio
import contextlib
import gc
import logging
from collections.abc import Callable

import uvicorn

from frontrunner.api.app import Application
from frontrunner.api.quick import QuickProtocol
from frontrunner.errors import FrontrunnerError
from frontrunner.snapshot.prepared import has_answers
from frontrunner.snapshot.reader import Snapshot
from frontrunner.snapshot.store import Store

_LOOK_EVERY = 1.0
log = logging.getLogger("frontrunner.server")


async def follow(application: Application, store: Store, every: float = _LOOK_EVERY) -> None:
    """Serve whatever is published, and its prepared answers, from a second after they are there."""
    while True:
        await asyncio.sleep(every)
        served, current = application.served, store.current_id()
        serving = served.service.snapshot
        if current == serving.id and (served.prepared or not has_answers(serving.folder)):
            continue
        if current is None:
            continue
        try:
            snapshot = await asyncio.to_thread(store.current)
            application.use(snapshot)
            log.warning("now serving snapshot %s", snapshot.id)
        except FrontrunnerError as error:
            log.error("snapshot %s cannot be served, the old one stays: %s", current, error)


async def _run(application: Application, store: Store, server: uvicorn.Server) -> None:
    following = asyncio.create_task(follow(application, store))
    try:
        await server.serve()
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

    Calls `started` with the address.
    """
    # A board is tens of thousands of new objects and no cycles: look for those a tenth as often.
    gc.set_threshold(*(10 * often for often in gc.get_threshold()))
    application = make(store.current())
    config = uvicorn.Config(
        application,
        host=host,
        port=port,
        http=QuickProtocol,
        log_level="warning",
        access_log=False,
        server_header=False,
        # Client addresses are not used, so headers that claim one need not be read.
        proxy_headers=False,
        date_header=True,
        timeout_graceful_shutdown=10,
    )
    shown = f"[{host}]" if ":" in host else host
    started(f"http://{shown}:{port}")
    runner = asyncio.Runner(loop_factory=config.get_loop_factory())
    with runner:
        runner.run(_run(application, store, uvicorn.Server(config)))
