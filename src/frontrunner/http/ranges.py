"""Parts of a body by `Range` (RFC 9110, section 14), so that programs read a file piece by piece.

One part of the bytes is sent. Several parts, and what is not a range, get the whole body, as the
standard allows. Only bodies that are not compressed have parts.
"""

from __future__ import annotations

import re
from typing import NamedTuple

from frontrunner.http.negotiation import not_modified_since
from frontrunner.http.plain import problem
from frontrunner.http.reply import Headers
from frontrunner.http.request import Request

# So many digits that no file has more bytes, and that Python reads them at once. Nothing is tried
# twice (`*+`): without a digit, the spaces before and after it could be told apart in many ways.
_ONE_PART = re.compile(r"bytes\s*+=\s*+([0-9]{0,18}+)\s*+-\s*+([0-9]{0,18})", re.IGNORECASE)


class Cut(NamedTuple):
    """What is sent of a body."""

    status: int
    headers: Headers
    part: range
    """The bytes of the body; empty if none is sent."""
    problem: bytes = b""
    """What is sent in place of the body."""


def part_of(header: str, size: int) -> range | None:
    """The bytes that a Range header asks of `size`; None if it is to be ignored.

    An empty range means that the body has no such byte.
    """
    found = _ONE_PART.fullmatch(header.strip())
    if found is None or not any(found.groups()):
        return None
    first, last = found.groups()
    if not first:
        return range(max(size - int(last), 0), size)
    if last and int(last) < int(first):
        return None
    return range(int(first), min(int(last) + 1, size) if last else size)


def holds(if_range: str, tag: str, last_modified: float) -> bool:
    """Whether a part of this body fits what the client has: same strong tag, or same date."""
    text = if_range.strip()
    return text == tag if '"' in text else not_modified_since(text, last_modified)


def cut(request: Request, headers: Headers, size: int, tag: str, last_modified: float) -> Cut:
    """What to send of a body of `size` bytes, whose headers for a whole one are `headers`."""
    whole = Cut(200, headers, range(size))
    if request.range is None or request.method != "GET":
        return whole
    if request.if_range is not None and not holds(request.if_range, tag, last_modified):
        return whole
    part = part_of(request.range, size)
    if part is None:
        return whole
    if not part:
        status, own, body = problem(416, f"The file has {size:,} bytes.")
        return Cut(status, [*own, (b"content-range", b"bytes */%d" % size)], part, body)
    kept = [one for one in headers if one[0] != b"content-length"]
    place = b"bytes %d-%d/%d" % (part[0], part[-1], size)
    length = b"%d" % len(part)
    return Cut(206, [*kept, (b"content-length", length), (b"content-range", place)], part)
