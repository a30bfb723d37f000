"""Whether a link still leads to a page."""

from __future__ import annotations

from urllib.parse import urlsplit

from frontrunner.base.errors import ContractError
from frontrunner.checks.contract.fetch import Fetch, Response
from frontrunner.checks.contract.finding import Judged, Verdict
from frontrunner.checks.contract.record import Link
from frontrunner.checks.contract.recorders import MOVED

_MOST_HOPS = 5


def judged_link(link: Link, fetch: Fetch, front: bytes | None) -> Judged:
    """The verdict on a link; `front` is what the front page shows, if that is known.

    A link whose meaning is in its query is broken where it leads to the front page as it is.
    """
    try:
        return _followed(link, fetch, front)
    except ContractError as error:
        return Verdict.MISSING, str(error)


def _followed(link: Link, fetch: Fetch, front: bytes | None) -> Judged:
    path, seen = link.path, [link.path]
    while True:
        response = fetch(path)
        if response.status not in MOVED:
            return _arrived(link, path, response, front)
        target = response.location
        if not target:
            return Verdict.CHANGED, f"{path} moves, and does not say where"
        if not target.startswith("/"):
            return Verdict.CHANGED, f"leads away to {target}, which was not asked"
        if target == "/" != link.path:
            return Verdict.CHANGED, "leads to the bare front page"
        if target in seen or len(seen) > _MOST_HOPS:
            return Verdict.CHANGED, f"redirects without an end: {' -> '.join([*seen, target][:4])}"
        seen.append(target)
        path = target


def _arrived(link: Link, path: str, response: Response, front: bytes | None) -> Judged:
    moved = path != link.path
    where = f"leads to {path}, which answers" if moved else "answers"
    if response.status == 200:
        parts = urlsplit(path)
        if parts.path == "/" and parts.query and response.body == front:
            return Verdict.CHANGED, "shows the front page as it is, whatever the link asks for"
        return Verdict.COMPATIBLE, f"leads to {path}" if moved else "answers"
    if moved or response.status in (404, 410):
        return Verdict.MISSING, f"{where} {response.status}"
    return Verdict.CHANGED, f"{where} {response.status}"
