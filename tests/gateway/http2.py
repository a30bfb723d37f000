"""One request over HTTP/2, by hand: the tests need no library for the frames of a GET."""

from __future__ import annotations

import ssl

_DATA, _HEADERS, _RESET, _SETTINGS, _GOAWAY = 0, 1, 3, 4, 7
_END_STREAM, _END_HEADERS, _ACK = 1, 4, 1


def get(secured: ssl.SSLSocket, authority: str, path: str) -> tuple[bytes, bytes]:
    """The block of headers of the answer, compressed as it came, and the body."""
    # From the static table of HPACK: GET, https, then :authority and :path with a literal value.
    head = b"\x82\x87" + _literal(1, authority) + _literal(4, path)
    secured.sendall(
        b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"
        + _frame(_SETTINGS, 0, 0, b"")
        + _frame(_HEADERS, _END_STREAM | _END_HEADERS, 1, head)
    )
    headers, body = b"", b""
    while True:
        kind, flags, payload = _read(secured)
        if kind == _SETTINGS and not flags & _ACK:
            secured.sendall(_frame(_SETTINGS, _ACK, 0, b""))
        elif kind == _HEADERS:
            headers += payload
        elif kind == _DATA:
            body += payload
        elif kind in (_GOAWAY, _RESET):
            raise ConnectionError(f"the stream was ended by {payload!r}")
        if kind in (_HEADERS, _DATA) and flags & _END_STREAM:
            return headers, body


def is_ok(headers: bytes) -> bool:
    """Whether a block of headers has the status 200, which is entry 8 of the static table."""
    return b"\x88" in headers[:4]


def _literal(index: int, value: str) -> bytes:
    return bytes([0x40 | index, len(value)]) + value.encode()


def _frame(kind: int, flags: int, stream: int, payload: bytes) -> bytes:
    return (
        len(payload).to_bytes(3, "big") + bytes([kind, flags]) + stream.to_bytes(4, "big") + payload
    )


def _read(secured: ssl.SSLSocket) -> tuple[int, int, bytes]:
    head = _exactly(secured, 9)
    return head[3], head[4], _exactly(secured, int.from_bytes(head[:3], "big"))


def _exactly(secured: ssl.SSLSocket, size: int) -> bytes:
    found = b""
    while len(found) < size:
        more = secured.recv(size - len(found))
        if not more:
            raise ConnectionError("the connection was closed")
        found += more
    return found
