"""Whether a program of this machine that listens has stopped working."""

from __future__ import annotations

import socket

_REQUEST = b"GET / HTTP/1.0\r\n\r\n"
"""Enough for any answer, be it a refusal: also that of a program that expects TLS."""


def is_silent(host: str, port: int, *, seconds: float) -> bool:
    """Whether a program takes a connection, or would have to, and then says nothing.

    A program that refuses, closes or resets the connection is not silent.
    """
    try:
        with socket.create_connection((host, port), timeout=seconds) as connection:
            connection.sendall(_REQUEST)
            connection.recv(1)
    except TimeoutError:
        return True
    except OSError:
        return False
    return False
