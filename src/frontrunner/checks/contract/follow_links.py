"""Whether a link still leads to a page."""

from __future__ import annotations

from urllib.parse import urlsplit

from frontrunner.base.errors import ContractError
from frontrunner.checks.contract.fetch import Fetch, Response
from frontrunner.checks.contract.finding import Compatibility, Judged
from frontrunner.checks.contract.record import Link
from frontrunner.checks.contract.record_running import REDIRECTS

_MOST_HOPS = 5


def compared_link(link: Link, fetch: Fetch, front: bytes | None) -> Judged:
    """The verdict on a link; `front` is the body of the front page, if it is known.

    A link with a query is broken if it shows the front page unchanged.
    """
    try:
        return _followed(link, fetch, front)
    except ContractError as error:
        return Compatibility.ERROR, str(error)


def _followed(link: Link, fetch: Fetch, front: bytes | None) -> Judged:
    path, seen = link.path, [link.path]
    while True:
        response = fetch(path)
        if response.status not in REDIRECTS:
            return _arrived(link, path, response, front)
        target = response.location
        if not target:
            return Compatibility.CHANGED, f"{path} redirects without saying where"
        if not target.startswith("/"):
            why = f"leads to another site, {target}, which was not requested"
            return Compatibility.CHANGED, why
        if target == "/" != link.path:
            return Compatibility.CHANGED, "leads to the bare front page"
        if target in seen or len(seen) > _MOST_HOPS:
            chain = " -> ".join([*seen, target][:4])
            return Compatibility.CHANGED, f"redirects in a circle or too often: {chain}"
        seen.append(target)
        path = target


def _arrived(link: Link, path: str, response: Response, front: bytes | None) -> Judged:
    moved = path != link.path
    where = f"leads to {path}, which answers" if moved else "answers"
    if response.status == 200:
        parts = urlsplit(path)
        if parts.path == "/" and parts.query and response.body == front:
            return Compatibility.CHANGED, "shows the front page, whatever the link asks for"
        return Compatibility.COMPATIBLE, f"leads to {path}" if moved else "answers"
    if moved or response.status in (404, 410):
        return Compatibility.MISSING, f"{where} {response.status}"
    return Compatibility.CHANGED, f"{where} {response.status}"
