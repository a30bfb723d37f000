"""The routes of Gradio 4.20, protocol `sse_v2`, as clients of 0.11 to 2.7 use them."""

from __future__ import annotations

import asyncio
import json
import re
from collections.abc import AsyncIterator, Callable
from contextlib import ExitStack
from typing import Any
from urllib.parse import parse_qsl, unquote

import msgspec

from frontrunner.base.errors import CorruptSnapshotError
from frontrunner.calls.functions import Functions
from frontrunner.calls.pack import CONFIG, INFO, MODEL_TYPES
from frontrunner.calls.queue import Dated, Event, EventQueue, Outcome, QueueFullError
from frontrunner.calls.wire import PATIENCE, HttpError, Loan, body_of, cost, too_large
from frontrunner.http.plain import plain
from frontrunner.http.reply import Headers, Policy, Reply
from frontrunner.http.request import Request, Response
from frontrunner.http.served import respond
from frontrunner.legacy.gradio.model_types import NamedTypes
from frontrunner.snapshot.answers import AnswerPack

GROUP = "<old calls>"
_PREDICT = "predict"
_LONGEST_SESSION = 256
"""Characters of a session's name; clients send 11. It is kept as long as the result."""
_JSON = "application/json"


class Body(msgspec.Struct):
    """What a call sends."""

    data: list[msgspec.Raw] = []
    fn_index: int | None = None
    session_hash: str | None = None


class Gradio:
    """Answers from one pack."""

    def __init__(self, pack: AnswerPack, queue: EventQueue | None = None) -> None:
        """Raises CorruptSnapshotError where the pack lacks a part."""
        config, info, types = (pack.get(name) for name in (CONFIG, INFO, MODEL_TYPES))
        if config is None or info is None or types is None:
            raise CorruptSnapshotError(
                "The answers to the old calls are incomplete. Run: frontrunner prepare --again"
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

    async def answer(self, request: Request, policy: Policy, dated: Dated = ()) -> Response:
        """Answer one request; what a snapshot decides has the header `dated`."""
        path = request.path.removesuffix("/") or "/"
        try:
            if request.method in ("GET", "HEAD"):
                return await self._get(path, request, policy, dated)
            if request.method == "POST":
                return await self._post(path, request, dated)
        except HttpError as error:
            return _whole(error.body, error.status, error.media_type)
        return _whole(b'{"detail":"Method Not Allowed"}', 405)

    # --- reading ------------------------------------------------------------------------------

    async def _get(self, path: str, request: Request, policy: Policy, dated: Dated) -> Response:
        if path in self._documents:
            reply = Reply(self._documents[path], policy)
            return await asyncio.to_thread(respond, reply, request, GROUP)
        if path in self._fixed:
            return _whole(self._fixed[path], dated=dated if path == "/app_id" else ())
        if path == "/queue/status":
            return _whole(self._status())
        if path == "/queue/data":
            return self._session(_query(request).get("session_hash", ""))
        if found := re.fullmatch(r"/call/[^/]+/([^/]+)", path):
            return self._result(found[1])
        raise _not_served(path)

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

    def _session(self, session: str) -> Response:
        # Calls without a session have events, too: those are fetched by their names.
        first = self.queue.next_of(session) if session else None
        if first is None:
            raise HttpError(404, {"detail": "Session not found."})
        return _stream(self._messages(session), first.dated)

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

    def _result(self, name: str) -> Response:
        event = self.queue.find(name)
        if event is None:
            raise HttpError(404, {"detail": "Event not found."})
        return _stream(self._one(event), event.dated)

    async def _one(self, event: Event) -> AsyncIterator[bytes]:
        outcome = await event.outcome
        self.queue.leave(event)
        kind = "error" if outcome.data is None else "complete"
        yield b"event: %s\ndata: %s\n\n" % (kind.encode(), outcome.data or b"null")

    # --- calling ------------------------------------------------------------------------------

    async def _post(self, path: str, request: Request, dated: Dated) -> Response:
        """Read and answer a call, with memory for what it sends and for what that becomes."""
        if path == "/reset":
            return _whole(b'{"success":true}')
        async with body_of(request.receive, self.queue.bodies, request.length) as content:
            needed = cost(content)
            if needed > self.queue.work.size:
                raise too_large()
            loan = Loan(self.queue.work)
            with ExitStack() as held:
                held.callback(loan.give)
                await loan.take(needed, PATIENCE)
                answer = await self._called(path, content, request, held, dated)
        return _whole(answer, dated=dated)

    async def _called(
        self, path: str, content: bytes, request: Request, held: ExitStack, dated: Dated
    ) -> bytes:
        """The answer to a call; the queue takes over what is `held` until the work is done."""
        # In a thread: a body with NaN takes a tenth of a second.
        body = await asyncio.to_thread(_decoded, content)
        if path == "/queue/join":
            if not body.session_hash:
                raise HttpError(400, {"detail": "Session hash not found."})
            if len(body.session_hash) > _LONGEST_SESSION:
                raise HttpError(422, {"detail": "The session hash is too long."})
            return self._join(body.session_hash, self._work(None, body, request), held, dated)
        if found := re.fullmatch(r"/call/([^/]+)", path):
            return self._join("", self._work(unquote(found[1]), body, request), held, dated)
        if found := re.fullmatch(r"/(?:api|run)/([^/]+)", path):
            return await self._at_once(self._work(unquote(found[1]), body, request))
        raise _not_served(path)

    def _work(self, name: str | None, body: Body, request: Request) -> Callable[[], list[Any]]:
        """What runs the function that a request asks for, by name or by number."""
        by_number = name is None or name == _PREDICT
        found = self._functions.find(body.fn_index if by_number else name)
        if found is None:
            raise HttpError(500, "Internal Server Error")  # in the old board's words
        query = _query(request)
        return lambda: self._functions.call(found, body.data, query)

    def _join(
        self, session: str, work: Callable[[], list[Any]], held: ExitStack, dated: Dated
    ) -> bytes:
        taken = held.pop_all()
        try:
            event = self.queue.join(session, work, taken.close, dated)
        except QueueFullError as error:
            taken.close()
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
        pass  # perhaps because of NaN, which programs send and strict JSON does not have
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


def _query(request: Request) -> dict[str, str]:
    return dict(parse_qsl(request.query.decode("latin-1"), keep_blank_values=True))


def _whole(
    body: bytes, status: int = 200, media_type: str = _JSON, *, dated: Dated = ()
) -> Response:
    return Response(status, [*plain(media_type, body), *dated], body, GROUP)


def _stream(parts: AsyncIterator[bytes], dated: Dated) -> Response:
    headers: Headers = [
        (b"content-type", b"text/event-stream; charset=utf-8"),
        (b"cache-control", b"no-store"),
        *dated,
    ]
    return Response(200, headers, b"", GROUP, parts)
