"""Ports for servers that cannot be told to take any that is free."""

from __future__ import annotations

import secrets
import socket
import sys
from functools import cache
from pathlib import Path

_LOWEST, _USUAL_END = 10_000, 32_768
_RANGE = Path("/proc/sys/net/ipv4/ip_local_port_range")
_given: list[socket.socket] = []
"""Tell other tests of this machine which ports this process was given, until it ends."""


def free_port(number: int = 1) -> int:
    """A port of this machine that nobody listens on; the first of `number` such in a row.

    It is below those that the system gives to connections and to servers on any port, and no two
    processes of tests are given the same: else somebody could have it before the test's server.
    """
    while True:
        port = _LOWEST + secrets.randbelow(_end() - number - _LOWEST)
        if all(_is_given(one) for one in range(port, port + number)):
            return port


@cache
def _end() -> int:
    """The first port that the system gives away itself."""
    try:
        return max(int(_RANGE.read_text().split()[0]), _LOWEST + 5_000)
    except (OSError, ValueError):
        return _USUAL_END


def _is_given(port: int) -> bool:
    """Give a port to this process, unless it is used or was given before."""
    mark = socket.socket(socket.AF_UNIX)
    try:
        with socket.socket() as one:
            one.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            one.bind(("0.0.0.0", port))  # noqa: S104 -- free on every address
            if sys.platform == "linux":  # no other system has names of sockets that are no files
                mark.bind(f"\0port {port} of frontrunner's tests")
    except OSError:
        mark.close()
        return False
    _given.append(mark)
    return True
