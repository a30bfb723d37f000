"""The body of a request, for applications that take small ones."""

from __future__ import annotations

from frontrunner.http.request import Receive


class BodyError(ValueError):
    """A body cannot be used."""


class TooLargeError(BodyError):
    """It has more bytes than are taken."""


class CutOffError(BodyError):
    """The client went away before all of it had arrived."""


async def read_body(receive: Receive, most: int) -> bytes:
    """The whole body, of at most `most` bytes. Raises TooLargeError or CutOffError.

    What was cut off is never taken for the whole: half a message may say something else.
    """
    parts: list[bytes] = []
    size, more = 0, True
    while more:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise CutOffError("The client went away before the whole body had arrived.")
        part = bytes(message.get("body", b""))
        size += len(part)
        if size > most:
            raise TooLargeError(f"The body is larger than {most:,} bytes.")
        parts.append(part)
        more = bool(message.get("more_body"))
    return b"".join(parts)
