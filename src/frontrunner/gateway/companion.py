"""The process next to Envoy that takes feedback and shows where the move is, at `/transition`.

It also answers the control path, if the settings name a file with its token.

Users reach the boards without it.
"""

from __future__ import annotations

import asyncio
import html
import logging
import re
import time
from pathlib import Path
from urllib.parse import parse_qs

import msgspec

from frontrunner.base.errors import GatewayError
from frontrunner.base.limit import Limit, network_of
from frontrunner.gateway.feedback import LONGEST_TEXT, Feedback, FullError, Message, hourly
from frontrunner.gateway.remote_control import RemoteControl
from frontrunner.gateway.remote_state import CONTROL_PATH
from frontrunner.gateway.transition import current_transition
from frontrunner.gateway.transition_page import PATHS, Reader, rendered
from frontrunner.http.body import CutOffError, read_body
from frontrunner.http.request import Receive, Scope, Send

log = logging.getLogger("frontrunner.gateway")
_MOST_BYTES = 16 * 1024
_SIDES = ("old", "new")
_PAGE = """<!doctype html><html lang="en"><head><meta charset="utf-8"><title>{title}</title>
<meta name="viewport" content="width=device-width"><link rel="stylesheet"
href="/__frontrunner/banner.css"></head><body><main id="frontrunner-banner">
<h1>{text}</h1> <a href="{back}">Back to the page</a></main></body></html>"""
_SECURE = [
    (
        b"content-security-policy",
        b"default-src 'none'; style-src 'self'; base-uri 'none'; form-action 'self'",
    ),
    (b"x-content-type-options", b"nosniff"),
]
_HEADERS = [
    (b"content-type", b"text/html; charset=utf-8"),
    (b"cache-control", b"no-store"),
    *_SECURE,
]
_CONTROLS = re.compile(r"[\x00-\x1f\x7f]+")
"""Browsers leave some of them out of an address: `/`, a tab and `/` begin one of another host."""
_HOST = re.compile(r"[A-Za-z0-9.\-_\[\]:]{1,255}")


class Companion:
    """The ASGI application behind `/__frontrunner/feedback` and `/transition`."""

    def __init__(
        self,
        feedback: Feedback,
        folder: Path,
        limit: Limit | None = None,
        control: RemoteControl | None = None,
    ) -> None:
        """Store feedback, and read what `folder` says of the move."""
        self._feedback = feedback
        self._control = control
        self._folder = folder
        self._limit = limit or hourly()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] != "http":
            return
        headers = {
            name.decode("latin-1"): value.decode("latin-1") for name, value in scope["headers"]
        }
        if scope.get("raw_path") == CONTROL_PATH.encode():
            await self._control_answer(scope, headers, receive, send)
            return
        if scope["path"] in PATHS:
            await self._show(scope, headers, send)
            return
        status, text, back = await self._taken(scope["method"], headers, receive)
        await _answer(send, status, text, back)

    async def _show(self, scope: Scope, headers: dict[str, str], send: Send) -> None:
        """Where the move is."""
        if scope["method"] not in ("GET", "HEAD"):
            await _answer(send, 405, "Only GET and HEAD are answered here.")
            return
        reader = _reader(headers, scope["query_string"])
        found = rendered(scope["path"], current_transition(self._folder), reader)
        kind = f"{found.media_type}; charset=utf-8".encode()
        own = [
            (b"content-type", kind),
            (b"cache-control", b"public, max-age=%d" % found.max_age),
            (b"vary", b"accept-language"),
            (b"content-length", b"%d" % len(found.body)),
        ]
        body = b"" if scope["method"] == "HEAD" else found.body
        sent = [*own, *_SECURE]
        await send({"type": "http.response.start", "status": found.status, "headers": sent})
        await send({"type": "http.response.body", "body": body})

    async def _control_answer(
        self, scope: Scope, headers: dict[str, str], receive: Receive, send: Send
    ) -> None:
        if self._control is None:
            await _answer(send, 404, "Page not found.")
            return
        status, said = await self._control.answer(
            scope["method"], headers, receive, scope["query_string"]
        )
        body = msgspec.json.encode(said)
        sent = [
            (b"content-type", b"application/json"),
            (b"cache-control", b"no-store"),
            (b"content-length", b"%d" % len(body)),
            *_SECURE,
        ]
        await send({"type": "http.response.start", "status": status, "headers": sent})
        await send({"type": "http.response.body", "body": body})

    async def _taken(
        self, method: str, headers: dict[str, str], receive: Receive
    ) -> tuple[int, str, str]:
        """Store what was sent; the status, what to say, and the page to go back to."""
        if method != "POST" or not _same_site(headers):
            status = 403 if method == "POST" else 405
            return status, "Send feedback with the form on a page of this board.", "/"
        try:
            body = await read_body(receive, _MOST_BYTES)
            form = parse_qs(body.decode("utf-8", "replace"), max_num_fields=10)
        except CutOffError:
            return 400, "The message did not arrive completely.", "/"
        except ValueError:
            return 413, "That message is too long.", "/"
        message = _message(form)
        if not message.text:
            return 400, "The message is empty.", message.page
        if not self._limit.allows(network_of(headers.get("x-frontrunner-client", ""))):
            return 429, "Thank you. You have sent enough messages for this hour.", message.page
        return (*await self._stored(message), message.page)

    async def _stored(self, message: Message) -> tuple[int, str]:
        try:
            await asyncio.to_thread(self._feedback.add, message)
        except FullError:
            return 507, "Thank you, but no more messages can be stored at the moment."
        except GatewayError as error:
            log.error("feedback was lost: %s", error)
            return 503, "It could not be stored. Try again later."
        return 200, "Thank you. Your feedback was stored."


def _reader(headers: dict[str, str], query: bytes) -> Reader:
    """Who asks: `?lang=` counts before the languages of the browser."""
    asked = parse_qs(query.decode("latin-1")).get("lang", [""])[0]
    wishes = asked or headers.get("accept-language", "").strip().lower()
    host = headers.get("x-forwarded-host", headers.get("host", ""))
    scheme = "https" if headers.get("x-forwarded-proto") == "https" else "http"
    origin = f"{scheme}://{host}" if _HOST.fullmatch(host) else ""
    return Reader(origin, "zh" if wishes.startswith("zh") else "en")


def _same_site(headers: dict[str, str]) -> bool:
    """Whether a form of this address was sent, as far as the browser says."""
    site = headers.get("sec-fetch-site")
    if site is not None:
        return site in ("same-origin", "none")
    origin = headers.get("origin")
    host = headers.get("x-forwarded-host", headers.get("host", ""))
    return origin is None or origin.partition("://")[2] == host


def _message(form: dict[str, list[str]]) -> Message:
    def first(name: str) -> str:
        return form.get(name, [""])[0]

    side = first("side")
    page = first("page")
    return Message(
        at=time.time(),
        side=side if side in _SIDES else "old",
        page=page if page.startswith("/") else "/",
        text=first("text").strip()[:LONGEST_TEXT],
    )


async def _answer(send: Send, status: int, text: str, back: str = "/") -> None:
    here = "/" + _CONTROLS.sub("", back).lstrip("/\\")
    page = _PAGE.format(title=text, text=html.escape(text), back=html.escape(here)).encode()
    length = (b"content-length", str(len(page)).encode())
    await send({"type": "http.response.start", "status": status, "headers": [*_HEADERS, length]})
    await send({"type": "http.response.body", "body": page})


def serve_companion(
    feedback: Feedback, folder: Path, socket: Path, control: RemoteControl | None = None
) -> None:
    """Answer on a socket until the process is stopped."""
    import uvicorn  # noqa: PLC0415

    socket.unlink(missing_ok=True)
    application = Companion(feedback, folder, control=control)
    uvicorn.run(application, uds=str(socket), log_level="warning", access_log=False, lifespan="off")
