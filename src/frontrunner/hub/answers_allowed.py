"""What the client may do twice, and which answers of the Hub are refused. Pure.

A repository that was renamed answers its old name with a redirect that keeps method, body and
token. A client that follows it writes to another repository than the one that was named.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from urllib.parse import unquote, urljoin, urlsplit

from frontrunner.base.errors import MovedError
from frontrunner.hub.access import without_tokens
from frontrunner.net.limited import Rules, Sent

_REDIRECTS = frozenset({301, 302, 303, 307, 308})
_READS = frozenset({"GET", "HEAD"})
_HARMLESS = re.compile(
    r"/api/validate-yaml|.*/preupload/[^/]+|.*/paths-info/[^/]+|.*/lfs-verify"
    r"|.*\.git/info/lfs/objects/(batch|verify)"
)
"""Paths of POST requests that change nothing, or nothing more when they are sent twice."""
_FACTS = re.compile(r"/api/(?!resolve-cache/)")
"""Paths whose answers are trusted; the content of files is checked against its hash."""
_REPOSITORY = re.compile(
    r"(?:/api(?:/resolve-cache)?/(?:models|datasets|spaces)|/(?:datasets|spaces)|)"
    r"/(?P<id>[^/]+/[^/]+?)(?:\.git/.*|/.*)?"
)


def may_repeat(sent: Sent) -> bool:
    """Whether a request can be sent again when its answer was lost."""
    if sent.method in _READS:
        return True
    return sent.method == "POST" and _HARMLESS.fullmatch(sent.path) is not None


def is_for_file(sent: Sent) -> bool:
    """Whether a request is for the content of a file, at the Hub or at its storage."""
    return sent.method == "GET" and not _FACTS.match(sent.path)


def inspect(sent: Sent, status: int, headers: Mapping[str, str]) -> None:
    """Raise MovedError for a redirect to another repository, before it is followed."""
    if status not in _REDIRECTS:
        return
    target = urlsplit(urljoin(sent.url, headers.get("location", "")))
    is_elsewhere = target.netloc != urlsplit(sent.url).netloc
    if is_elsewhere and sent.method in _READS and not _FACTS.match(sent.path):
        return  # to the storage of large files
    before, after = repository_in(sent.path), without_tokens(repository_in(target.path))
    if before == after and sent.method in _READS and not is_elsewhere:
        return
    place = f" at {without_tokens(target.netloc)}" if is_elsewhere else ""
    raise MovedError(
        f"{before} is now {after}{place}: the Hub answers its name with a redirect. "
        "Nothing was written.",
        after,
    )


def repository_in(path: str) -> str:
    """The repository that a path of the Hub is about; the path itself if it is about none."""
    found = _REPOSITORY.fullmatch(path)
    return unquote(found["id"]) if found else path


RULES = Rules(may_repeat, inspect, is_for_file)
"""For every request to the Hub."""
