"""Responses of the console, and the headers that all of them have."""

from __future__ import annotations

from frontrunner.http.documents import find as find_document
from frontrunner.http.reply import Headers
from frontrunner.http.request import Response
from frontrunner.takeover.console import screens
from frontrunner.takeover.console.incoming import RefusedError, Visit

_HTML = "text/html; charset=utf-8"
SECURE: Headers = [
    (
        b"content-security-policy",
        b"default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; "
        b"connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
    ),
    (b"x-frame-options", b"DENY"),
    (b"x-content-type-options", b"nosniff"),
    # Not `no-referrer`: with that, browsers send `Origin: null` with forms.
    (b"referrer-policy", b"same-origin"),
    (b"permissions-policy", b"camera=(), geolocation=(), microphone=()"),
    (b"cross-origin-opener-policy", b"same-origin"),
    (b"cross-origin-resource-policy", b"same-origin"),
]
_NO_STORE: Headers = [(b"cache-control", b"no-store")]
_FOREVER: Headers = [(b"cache-control", b"private, max-age=31536000, immutable")]


def public(visit: Visit) -> Response | None:
    """Files served without a session: styles, scripts and the icon; None for everything else."""
    if visit.method == "POST":
        return None
    if visit.path.startswith("/_assets/"):
        found = screens.asset_body(visit.path.removeprefix("/_assets/"))
        if found is None:
            raise RefusedError(404, "Page not found.")
        return _response(200, found[0], found[1], _FOREVER)
    icon = find_document(visit.path) if visit.path == "/favicon.ico" else None
    return _response(200, icon.media_type, icon.identity, _FOREVER) if icon else None


def _response(status: int, media_type: str, body: bytes, cache: Headers) -> Response:
    own = [(b"content-type", media_type.encode()), (b"content-length", b"%d" % len(body))]
    return Response(status, [*own, *cache], body, "<console>")


def html(status: int, body: bytes) -> Response:
    """A page."""
    return _response(status, _HTML, body, _NO_STORE)


def refusal(status: int, why: str) -> Response:
    """The page that says why a request is not answered."""
    return html(status, screens.screen("refused", status=status, why=why))


def see_other(target: str) -> Response:
    """Go on with GET at another address of the console."""
    return with_header(_response(303, _HTML, b"", _NO_STORE), (b"location", target.encode()))


def with_header(response: Response, header: tuple[bytes, bytes]) -> Response:
    """A response with one more header."""
    return response._replace(headers=[*response.headers, header])
