"""Run the stand-in in a thread of this process."""

from __future__ import annotations

import threading
import time
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager

import uvicorn

from frontrunner.base.errors import HubError
from frontrunner.http.listening import listen
from frontrunner.http.request import Receive, Scope, Send

AsgiApplication = Callable[[Scope, Receive, Send], Awaitable[None]]
_STARTS_WITHIN = 20.0


@contextmanager
def running(stand_in: AsgiApplication, port: int = 0) -> Iterator[str]:
    """Serve on 127.0.0.1, on a free port if `port` is 0; the address.

    Raises HubError if it does not start, UsageError if the port is taken.
    """
    [[socket]] = listen("127.0.0.1", port)
    config = uvicorn.Config(stand_in, log_level="critical", lifespan="off", access_log=False)
    config.timeout_graceful_shutdown = 1
    config.date_header = False  # uvicorn's may be two seconds old, and clients cut logs by it
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, kwargs={"sockets": [socket]}, daemon=True)
    thread.start()
    try:
        _wait(server)
        yield f"http://127.0.0.1:{socket.getsockname()[1]}"
    finally:
        server.should_exit = True
        thread.join(_STARTS_WITHIN)
        socket.close()


def _wait(server: uvicorn.Server) -> None:
    until = time.monotonic() + _STARTS_WITHIN
    while not server.started:
        if time.monotonic() > until:
            raise HubError("The stand-in of the Hub did not start.")
        time.sleep(0.01)
