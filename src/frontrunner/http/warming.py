"""Make ready what readers will ask for, before they do and while nothing else is to be done.

The first narrowed board of a snapshot needs its catalog, its scores and what is made of both once:
a second of work for ten times the public results. After a start or a swap it is done step by step
in a thread, between requests. Nothing is served later because of it, and nothing waits for it: what
is asked for before is made as it would be without.

An answer that was refused, such as a page that is not there, leaves an error that keeps itself and
the snapshot that was asked. The collector of a server looks too seldom for those: without a look
after a swap, each old snapshot stayed in memory.
"""

from __future__ import annotations

import asyncio
import gc
import logging
import weakref
from collections.abc import Callable

from frontrunner.http.app import Application
from frontrunner.http.served import Served

_LOOK_EVERY = 0.25
"""Seconds between two looks at what is served."""
_PAUSE = 0.005
"""Seconds between two steps, for requests that came meanwhile."""
log = logging.getLogger("frontrunner.server")
_PROBLEM = {"event": "not_made_ready"}


class Warming:
    """Keeps what an application serves ready."""

    def __init__(self, application: Application, may_begin: Callable[[], bool]) -> None:
        """`may_begin` tells whether what is served was checked, which goes before."""
        self._application = application
        self._may_begin = may_begin
        self._ready: Callable[[], Served | None] = lambda: None

    @property
    def done(self) -> bool:
        """Whether what is served is ready."""
        return self._ready() is self._application.served

    async def run(self) -> None:
        """Look again and again until cancelled."""
        while True:
            await asyncio.sleep(_LOOK_EVERY)
            if not self.done and self._may_begin():
                gc.collect()  # 30 ms with the public results
                await self._try(self._application.served)
                gc.collect()  # what requests of the old snapshot left that ended meanwhile

    async def _try(self, served: Served) -> None:
        warming = asyncio.create_task(self._warm(served))
        try:
            # Awaiting the task itself would raise what it raised; this never does.
            await asyncio.wait([warming])
        finally:
            warming.cancel()
        error = warming.exception()
        if error is not None:
            # Those who ask get it too. It is not tried again: the follower looks after damage.
            log.error("Answers could not be made ready: %s", error, extra=_PROBLEM)
        if self._application.served is served:
            self._ready = weakref.ref(served)

    async def _warm(self, served: Served) -> None:
        steps = served.service.getting_ready()
        while (step := await asyncio.to_thread(next, steps, None)) is not None:
            if self._application.served is not served:
                return
            await asyncio.to_thread(step)
            await self._quiet(served)

    async def _quiet(self, served: Served) -> None:
        """Let requests go first, unless another snapshot is served, which frees this one."""
        await asyncio.sleep(_PAUSE)
        while not self._application.idle and self._application.served is served:
            await asyncio.sleep(_PAUSE)
