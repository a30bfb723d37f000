"""Faults that a test asks for: what happens to the next requests that match."""

from __future__ import annotations

import re
from typing import Literal

import msgspec

Changes = dict[str, str | None]
"""Text by path; None deletes a file."""


class Fault(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """What happens to a request instead of, before or after the normal answer."""

    method: str = ""
    """Of the requests that match; empty for all."""
    path: str = ""
    """A regular expression that is searched for in the path."""
    times: int = 1
    """How many requests it happens to."""
    skip: int = 0
    """How many requests that match are answered normally first."""
    push: Changes = {}
    """A commit of somebody else to the repository of the request, before it is looked at."""
    work: Literal["done", "not done", "late"] = "done"
    """Whether the request is carried out: before the answer, never, or `seconds` after it."""
    status: int = 0
    """Of the answer; 0 keeps the normal one."""
    headers: dict[str, str] = {}
    body: str = ""
    answer: Literal["sent", "lost", "held", "dribbled"] = "sent"
    """Sent whole; cut off after the headers; held back; or a byte at a time over `seconds`."""
    seconds: float = 0.0

    def matches(self, method: str, path: str) -> bool:
        """Whether it may happen to this request."""
        return self.method in ("", method) and re.search(self.path, path) is not None


COMMIT_CALL = r"/commit/[^/]+$"
"""The path of the request that makes a commit."""


def lost_commit() -> Fault:
    """The commit is made, and the answer is lost."""
    return Fault(method="POST", path=COMMIT_CALL, answer="lost")


def late_commit(seconds: float, status: int = 504) -> Fault:
    """The answer is an error, and the commit is made a while later all the same."""
    return Fault(method="POST", path=COMMIT_CALL, work="late", status=status, seconds=seconds)


def landed_error(status: int = 500) -> Fault:
    """The answer is an error although the commit was made."""
    return Fault(method="POST", path=COMMIT_CALL, status=status)


def other_push(changes: Changes) -> Fault:
    """Somebody else commits between the reading of the parent and the commit."""
    return Fault(method="POST", path=COMMIT_CALL, push=changes)


def busy(path: str = COMMIT_CALL, times: int = 1) -> Fault:
    """Another commit is under way."""
    text = "Another commit operation is in progress for this repository. Please try again later."
    return refusal(409, text, path=path, method="POST", times=times)


def refusal(
    status: int, text: str = "", *, path: str = "", method: str = "", times: int = 1
) -> Fault:
    """The request is not carried out, and answered with a status."""
    body = msgspec.json.encode({"error": text}).decode() if text else ""
    return Fault(method=method, path=path, times=times, work="not done", status=status, body=body)


def rate_limited(seconds: int, *, path: str = "", times: int = 1) -> Fault:
    """Too many requests, with the header that says when to come back."""
    headers = {
        "RateLimit": f'"api";r=0;t={seconds}',
        "RateLimit-Policy": '"fixed window";"api";q=1000;w=300',
    }
    return Fault(path=path, times=times, work="not done", status=429, headers=headers)


def hang(seconds: float, *, path: str = "", method: str = "", done: bool = False) -> Fault:
    """No answer for a while; with `done` the request is carried out at once."""
    work: Literal["done", "not done"] = "done" if done else "not done"
    return Fault(method=method, path=path, work=work, answer="held", seconds=seconds)
