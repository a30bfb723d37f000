"""A console over a whole home, served on loopback, for browsers and pictures."""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import uvicorn

from frontrunner.base.atomic import write_file
from frontrunner.http.guard import GuardedProtocol
from frontrunner.http.listening import listen
from frontrunner.takeover.console.access import OneTimeCode, Tokens
from frontrunner.takeover.console.desk import Console, Rules
from frontrunner.takeover.console.incoming import LOOPBACK_NAMES
from frontrunner.takeover.console.watching import Watched, Watcher
from tests.takeover.console.scene import PLAN, PLAN_TEXT, write_home


@dataclass
class Served:
    """A console that runs."""

    url: str
    watched: Watched
    tokens: Tokens

    @property
    def token(self) -> str:
        """The first token."""
        lines = self.tokens.path.read_text().splitlines()
        return next(line for line in lines if line[0] != "#").split()[1]


@contextmanager
def served_console(folder: Path, now: Callable[[], float] = time.time) -> Iterator[Served]:
    """Serve the console over the scene, written to a folder as if it had just happened."""
    watched = write_home(folder / "home", now())
    watcher = Watcher(watched, lambda: (PLAN, PLAN_TEXT), now)
    tokens = Tokens(folder / "home" / "takeover" / "console-tokens")
    write_file(tokens.path, b"ada " + b"t" * 43 + b"\n", mode=0o600)
    [sockets] = listen("127.0.0.1", 0)
    port = sockets[0].getsockname()[1]
    console = Console(watcher, tokens, Rules(LOOPBACK_NAMES, port), OneTimeCode("ada"))
    config = uvicorn.Config(
        console, http=GuardedProtocol, ws="none", lifespan="off", log_level="error"
    )
    server = uvicorn.Server(config)
    thread = threading.Thread(target=lambda: asyncio.run(server.serve(sockets)), daemon=True)
    thread.start()
    while not server.started:
        time.sleep(0.01)
    yield Served(f"http://127.0.0.1:{port}", watched, tokens)
    server.should_exit = True
    thread.join(10)
    watcher.close()
