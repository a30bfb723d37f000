"""Run the console until it is stopped."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import uvicorn

from frontrunner.base.errors import UsageError
from frontrunner.http.guard import GuardedProtocol
from frontrunner.http.listening import listen
from frontrunner.takeover.console.access import OneTimeCode, Tokens, own_name
from frontrunner.takeover.console.desk import Console, Desk, Rules
from frontrunner.takeover.console.incoming import LOOPBACK_NAMES, is_loopback

_GRACE = 5


class Listen(NamedTuple):
    """Where the console listens, and how."""

    host: str = "127.0.0.1"
    port: int = 8090
    names: tuple[str, ...] = ()
    """More names that its Host header may have."""
    certificate: Path | None = None
    key: Path | None = None
    allows_plain: bool = False
    """Whether another address than loopback may be served without TLS."""


def check_listen(where: Listen) -> None:
    """Raises UsageError if the token would cross a network in clear text, or TLS is half set."""
    if (where.certificate is None) != (where.key is None):
        raise UsageError("--tls-certificate and --tls-key go together. Give both.")
    for path in (where.certificate, where.key):
        if path is not None and not path.is_file():
            raise UsageError(f"{path} is not a file. Give a PEM file.")
    if not is_loopback(where.host) and where.certificate is None and not where.allows_plain:
        raise UsageError(
            f"The console would send its token over the network in clear text on {where.host}. "
            "Give --tls-certificate and --tls-key, or leave it on 127.0.0.1 and use "
            "`ssh -L 8090:127.0.0.1:8090 HOST`. --allow-plain-http serves it all the same."
        )


def names_of(where: Listen) -> tuple[str, ...]:
    """The names that the Host header may have."""
    host = f"[{where.host}]" if ":" in where.host else where.host
    return (*LOOPBACK_NAMES, *(one.lower() for one in (host, *where.names)))


def run_console(
    desk: Desk, tokens: Tokens, where: Listen, started: Callable[[str, bool], None]
) -> None:
    """Serve the console until SIGTERM or SIGINT.

    Calls `started` with a URL that logs in once, and whether the file of tokens was made. Raises
    UsageError if the address cannot be used, TakeoverError if the tokens cannot.
    """
    check_listen(where)
    made = tokens.ensure()
    [sockets] = listen(where.host, where.port)
    port = sockets[0].getsockname()[1]
    rules = Rules(names_of(where), port, is_secure=where.certificate is not None)
    code = OneTimeCode(own_name())
    logging.getLogger("frontrunner.console").setLevel(logging.INFO)
    server = uvicorn.Server(_config(Console(desk, tokens, rules, code), where))
    started(f"{_address(where, port)}/login?code={code.code}", made)
    asyncio.run(server.serve(sockets))


def _address(where: Listen, port: int) -> str:
    scheme = "https" if where.certificate else "http"
    name = where.names[0] if where.names else where.host
    return f"{scheme}://{f'[{name}]' if ':' in name else name}:{port}"


def _config(application: Console, where: Listen) -> uvicorn.Config:
    return uvicorn.Config(
        application,
        http=GuardedProtocol,
        interface="asgi3",
        ws="none",
        lifespan="off",
        log_config=None,
        access_log=False,
        server_header=False,
        proxy_headers=False,
        timeout_graceful_shutdown=_GRACE,
        ssl_certfile=where.certificate,
        ssl_keyfile=where.key,
    )
