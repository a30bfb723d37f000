"""Sockets that take connections."""

from __future__ import annotations

import errno
import socket
from typing import Any

from frontrunner.base.errors import UsageError

_BACKLOG = 2048


def listen(host: str, port: int, *, workers: int = 1) -> list[list[socket.socket]]:
    """Sockets for each worker, which take connections from now on; a name may mean several.

    With several workers each has sockets of its own on the shared port, and the kernel spreads
    connections among them. Raises UsageError if the address cannot be listened on.
    """
    opened: list[socket.socket] = []
    try:
        found = socket.getaddrinfo(
            host or None, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
        )
        addresses: list[tuple[int, Any]] = list(
            dict.fromkeys((int(family), address) for family, _, _, _, address in found)
        )
        first = [_bound(family, address, opened, shared=False) for family, address in addresses]
        if workers == 1:
            groups = [first]
        else:
            # Bound alone first: a shared port must not be shared with another program.
            addresses = [(int(one.family), one.getsockname()) for one in first]
            for one in first:
                one.close()
            groups = [
                [_bound(family, address, opened, shared=True) for family, address in addresses]
                for _ in range(workers)
            ]
        for one in (one for group in groups for one in group):
            one.listen(_BACKLOG)
    except OSError as error:
        for one in opened:
            one.close()
        raise UsageError(_why(host, port, error)) from error
    return groups


def refusal_of(host: str, port: int) -> str:
    """Why an address cannot be listened on by one program alone; empty if it can."""
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)
        for family, _, _, _, address in found:
            opened: list[socket.socket] = []
            try:
                _bound(family, address, opened, shared=False)
            finally:
                for one in opened:
                    one.close()
    except OSError as error:
        return error.strerror or str(error)
    return ""


def _bound(
    family: int, address: Any, opened: list[socket.socket], *, shared: bool
) -> socket.socket:
    one = socket.socket(family, socket.SOCK_STREAM)
    opened.append(one)
    one.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    if shared:
        one.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
    if family == socket.AF_INET6:
        one.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
    one.bind(address)
    return one


def _why(host: str, port: int, error: OSError) -> str:
    if error.errno == errno.EADDRINUSE:
        other = port + 1 if port < 65535 else port - 1
        return f"Port {port} is already in use. Try --port {other}"
    if error.errno in (errno.EACCES, errno.EPERM):
        return f"No permission to listen on port {port}. Try --port 8000"
    if isinstance(error, socket.gaierror) or error.errno == errno.EADDRNOTAVAIL:
        return f"{host} is not an address of this machine. Try --host 127.0.0.1"
    return f"Cannot listen on {host} port {port}: {error.strerror or error}"
