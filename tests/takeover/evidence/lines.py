"""Lines of Envoy's log of requests, for tests."""

from __future__ import annotations

import math
from datetime import UTC, datetime
from typing import Any

import msgspec

from frontrunner.gateway.logs import RequestLine

BEGIN = 1_800_000_000.0


def at(seconds: float) -> str:
    """A time after BEGIN, as Envoy writes it."""
    moment = datetime.fromtimestamp(BEGIN + seconds, UTC)
    return moment.strftime("%Y-%m-%dT%H:%M:%S.") + f"{moment.microsecond // 1000:03}Z"


def request(seconds: float, bucket: int, share: int = 5000, /, **changed: Any) -> RequestLine:
    """A page that went well on the side of its bucket, at some seconds after BEGIN."""
    side = "new" if bucket < share else "old"
    plain: dict[str, Any] = {
        "at": at(seconds),
        "method": "GET",
        "path": "/",
        "route": f"{changed.pop('asked', side)}.page",
        "bucket": str(bucket),
        "side": side,
        "status": 200,
        "attempts": 1,
        "ms": 20,
    }
    return RequestLine(**(plain | changed))


def encoded(*lines: RequestLine) -> bytes:
    """The same as bytes of a log."""
    return b"".join(msgspec.json.encode(line) + b"\n" for line in lines)


def at_once() -> float:
    """A clock on which every wait is over."""
    return math.inf
