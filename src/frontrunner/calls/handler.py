"""The routes of Gradio 4.20, protocol `sse_v2`, as clients of 0.11 to 2.7 use them."""

from __future__ import annotations

import asyncio
import json
import re
from collections.abc import AsyncIterator, Callable
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote

import msgspec

from frontrunner.base.errors import CorruptSnapshotError
from frontrunner.calls.functions import Functions
from frontrunner.calls.pack import CONFIG, INFO, MODEL_TYPES
from frontrunner.calls.queue import Event, EventQueue, Outcome, QueueFullError
from frontrunner.calls.room import NoRoomError, Room
from frontrunner.calls.wire import (
    LARGEST,
    HttpError,
    Request,
    read_body,
    respond,
    stream,
    too_large,
)
from frontrunner.http.reply import Headers, Policy, Reply
from frontrunner.legacy.gradio.model_types import NamedTypes
from frontrunner.snapshot.answers import AnswerPack

if TYPE_CHECKING:
    from frontrunner.http.app import Receive, Scope, Send

_PREDICT = "predict"
_PATIENCE = 60.0
"""Seconds that a call waits for room."""


class Body(msgspec.Struct):
    """What a call sends."""

    data: list[msgspec.Raw] = []
    fn_index: int | None = None
    session_hash: str | None = None


class _Held:
    """Room that a call holds; lent to the queue where the work goes on after the answer."""

    def __init__(self, room: Room, size: int) -> None:
        self._room = room
        self._size = size
        self.lent = False

    def give(self) -> None:
        """Give the room back."""
        self._room.give(self._size)

    def give_unless_lent(self) -> None:
        """Give it back, unless the queue will."""
        if not self.lent:
            self.give()


class Gradio:
    """Answers from one pack."""

    def __init__(self, pack: AnswerPack, queue: EventQueue | None = None) -> None:
        """Raises CorruptSnapshotError where the pack lacks a part."""
        config, info, types = (pack.get(name) for name in (CONFIG, INFO, MODEL_TYPES))
        if config is None or info is None or types is None:
            raise CorruptSnapshotError(
                "The answers to the old calls are not whole. Run: frontrunner prepare --again"
            )
        self.queue = queue or EventQueue()
        self._documents = {"/config": config, "/info": info}
        known = msgspec.json.decode(types.identity, type=dict[str, NamedTypes])
        self._functions = Functions(known)
        self._fixed = {
            "/app_id": b'{"app_id":%d}' % _app_id(config.identity),
            "/startup-events": b"false",
            "/login_check": b"null",
            "/user": b"null",
            "/token": b'{"token":null,"user":null}',
        }

    async def answer(self, scope: Scope, receive: Receive, send: Send, policy: Policy) -> None:
        """Answer one request."""
        request = Request(scope)
        try:
            if request.method == "OPTIONS":
                await respond(send, 204, b"", _preflight(policy))
            elif request.method in ("GET", "HEAD"):
                await self._get(request, send, policy)
            elif request.method == "POST":
                await self._post(request, receive, send, policy)
            else:
                raise HttpError(405, {"detail": "Method Not Allowed"})
        except HttpError as error:
            await respond(send, error.status, error.body, _json(policy, error.media_type))

    # --- reading ------------------------------------------------------------------------------

    async def _get(self, request: Request, send: Send, policy: Policy) -> None:
        path = request.path
        if path in self._documents:
            await self._document(Reply(self._documents[path], policy), request, send)
        elif path in self._fixed:
            await respond(send, 200, self._fixed[path], _json(policy))
        elif path == "/queue/status":
            await respond(send, 200, self._status(), _json(policy))
        elif path == "/queue/data":
            await self._session(request, send, policy)
        elif found := re.fullmatch(r"/call/[^/]+/([^/]+)", path):
            await self._result(found[1], send, policy)
        else:
            raise _not_served(path)

    async def _document(self, reply: Reply, request: Request, send: Send) -> None:
        form = reply.form(request.encodings)
        if request.if_none_match and reply.is_fresh(form, request.if_none_match, None):
            await respond(send, 304, b"", form.not_modified)
        else:
            await respond(send, 200, b"" if request.method == "HEAD" else form.body, form.headers)

    def _status(self) -> bytes:
        return msgspec.json.encode(
            {
                "msg": "estimation",
                "event_id": None,
                "rank": None,
                "queue_size": len(self.queue),
                "rank_eta": None,
            }
        )

    async def _session(self, request: Request, send: Send, policy: Policy) -> None:
        session = request.query.get("session_hash", "")
        if self.queue.next_of(session) is None:
            raise HttpError(404, {"detail": "Session not found."})
        await stream(send, self._messages(session), _events(policy))

    async def _messages(self, session: str) -> AsyncIterator[bytes]:
        """Every event of a session, also those that join meanwhile; then the stream ends."""
        while (event := self.queue.next_of(session)) is not None:
            eta = self.queue.average
            waiting = {"rank": 0, "queue_size": len(self.queue), "rank_eta": eta}
            yield _message("estimation", event, **waiting)
            yield _message("process_starts", event, eta=eta)
            outcome = await event.outcome
            done = outcome.data is not None
            output = self._output(outcome) if done else {"error": None}
            self.queue.leave(event)
            yield _message("process_completed", event, output=output, success=done)

    async def _result(self, name: str, send: Send, policy: Policy) -> None:
        event = self.queue.find(name)
        if event is None:
            raise HttpError(404, {"detail": "Event not found."})
        await stream(send, self._one(event), _events(policy))

    async def _one(self, event: Event) -> AsyncIterator[bytes]:
        outcome = await event.outcome
        self.queue.leave(event)
        kind = "error" if outcome.data is None else "complete"
        yield b"event: %s\ndata: %s\n\n" % (kind.encode(), outcome.data or b"null")

    # --- calling ------------------------------------------------------------------------------

    async def _post(self, request: Request, receive: Receive, send: Send, policy: Policy) -> None:
        """Read and answer a call, once there is room for what it sends."""
        if request.size > LARGEST:
            raise too_large()
        try:
            await self.queue.room.take(request.size, _PATIENCE)
        except NoRoomError as error:
            raise HttpError(503, {"detail": str(error)}) from None
        held = _Held(self.queue.room, request.size)
        try:
            answer = await self._called(request, await read_body(receive), held)
        finally:
            held.give_unless_lent()
        await respond(send, 200, answer, _json(policy))

    async def _called(self, request: Request, content: bytes, held: _Held) -> bytes:
        path = request.path
        if path == "/reset":
            return b'{"success":true}'
        # Not here where everybody waits: a body with NaN takes a tenth of a second.
        body = await asyncio.to_thread(_decoded, content)
        if path == "/queue/join":
            if not body.session_hash:
                raise HttpError(400, {"detail": "Session hash not found."})
            return self._join(body.session_hash, self._work(None, body, request), held)
        if found := re.fullmatch(r"/call/([^/]+)", path):
            return self._join("", self._work(unquote(found[1]), body, request), held)
        if found := re.fullmatch(r"/(?:api|run)/([^/]+)", path):
            return await self._at_once(self._work(unquote(found[1]), body, request))
        raise _not_served(path)

    def _work(self, name: str | None, body: Body, request: Request) -> Callable[[], list[Any]]:
        """What runs the function that a request asks for, by name or by number."""
        by_number = name is None or name == _PREDICT
        found = self._functions.find(body.fn_index if by_number else name)
        if found is None:
            raise HttpError(500, "Internal Server Error")  # as the old board said it
        return lambda: self._functions.call(found, body.data, request.query)

    def _join(self, session: str, work: Callable[[], list[Any]], held: _Held) -> bytes:
        try:
            event = self.queue.join(session, work, held.give)
            held.lent = True
        except QueueFullError as error:
            raise HttpError(503, {"detail": str(error)}) from None
        return msgspec.json.encode({"event_id": event.id})

    async def _at_once(self, work: Callable[[], list[Any]]) -> bytes:
        outcome = await self.queue.run(work)
        if outcome.data is None:
            raise HttpError(500, {"error": None})
        return msgspec.json.encode(self._output(outcome))

    def _output(self, outcome: Outcome) -> dict[str, Any]:
        return {
            "data": msgspec.Raw(outcome.data or b"null"),
            "is_generating": False,
            "duration": outcome.seconds,
            "average_duration": self.queue.average,
        }


def _decoded(content: bytes) -> Body:
    try:
        return msgspec.json.decode(content, type=Body)
    except (msgspec.DecodeError, RecursionError):
        pass  # perhaps for its NaN, which programs send and strict JSON does not have
    try:
        return msgspec.json.decode(msgspec.json.encode(json.loads(content)), type=Body)
    except (ValueError, TypeError, RecursionError, msgspec.MsgspecError) as error:
        raise HttpError(422, {"detail": f"The body of the call cannot be read: {error}"}) from None


def _app_id(config: bytes) -> int:
    class Head(msgspec.Struct):
        app_id: int

    return msgspec.json.decode(config, type=Head).app_id


def _message(kind: str, event: Event, **told: object) -> bytes:
    content = {"msg": kind, "event_id": event.id} | told
    return b"data: %s\n\n" % msgspec.json.encode(content)


def _not_served(path: str) -> HttpError:
    if path.startswith("/file="):
        return HttpError(403, {"detail": f"File not allowed: {path.removeprefix('/file=')}."})
    if path.startswith("/proxy="):
        return HttpError(400, {"detail": "This URL cannot be proxied."})
    return HttpError(404, {"detail": "Not Found"})


def _json(policy: Policy, media_type: str = "application/json") -> Headers:
    common = [pair for pair in policy.common if pair[0].startswith((b"access", b"x-"))]
    return [
        (b"content-type", media_type.encode()),
        (b"cache-control", b"no-store"),
        *common,
    ]


def _events(policy: Policy) -> Headers:
    return _json(policy, "text/event-stream; charset=utf-8")


def _preflight(policy: Policy) -> Headers:
    return [
        (b"access-control-allow-methods", b"GET, HEAD, POST, OPTIONS"),
        (b"access-control-allow-headers", b"*"),
        (b"access-control-max-age", b"86400"),
        *(pair for pair in policy.common if pair[0] == b"access-control-allow-origin"),
    ]
