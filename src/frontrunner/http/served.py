"""One snapshot being served, with the replies that are ready to be sent."""

from __future__ import annotations

from typing import NamedTuple

from frontrunner.answers.bodies import Bodies
from frontrunner.answers.cache import Cache
from frontrunner.answers.service import Service
from frontrunner.http.earlier import Earlier
from frontrunner.http.pages import Page, PagePolicy
from frontrunner.http.ranges import cut
from frontrunner.http.reply import Policy, Reply
from frontrunner.http.request import Request, Response
from frontrunner.snapshot.answers import Encoded

_CACHE_BYTES = 64 * 1024 * 1024
"""Bytes of replies in all their encodings; a whole board is one or two MB."""


class Ready(NamedTuple):
    """The reply to a path without a query, and what its requests are counted as."""

    reply: Reply
    group: str


class Served:
    """One snapshot being served: its service, and the replies that are ready."""

    def __init__(self, service: Service, policy: Policy) -> None:
        snapshot = service.snapshot
        self.service = service
        self.bodies = Bodies(self.service)
        self.prepared = snapshot.prepared is not None
        """Whether its answers were prepared when serving began."""
        self.policy = policy
        self.earlier = Earlier(snapshot)
        self.ready: Cache[Ready] = Cache(_CACHE_BYTES, lambda one: one.reply.weight)
        """By path: what answers a request without a query."""
        self.replies: Cache[Reply] = Cache(_CACHE_BYTES, lambda one: one.weight)
        """By digest: the replies to requests with a query, so that each is compressed once."""

    def page(self, page: Page) -> Reply:
        """The reply that sends `page`; its encodings were made with it, so this is cheap."""
        return Reply(page.answer, PagePolicy(self.policy.last_modified, page.headers))

    def reply(self, answer: Encoded) -> Reply:
        """The reply that sends `answer`."""
        key = (answer.media_type, answer.tag)
        return self.replies.get(key, lambda: Reply(answer, self.policy))


def respond(reply: Reply, request: Request, group: str) -> Response:
    """Send a reply, or the part that the client asks for, or say that the client has it.

    Encodes the body if it is not yet.
    """
    form = reply.chosen(request.encodings) or reply.form(request.encodings)
    if (request.if_none_match or request.if_modified_since) and reply.is_fresh(
        form, request.if_none_match, request.if_modified_since
    ):
        return Response(304, form.not_modified, b"", group)
    if request.range is not None and form.has_parts:
        made = cut(request, form.headers, len(form.body), form.tag, reply.last_modified)
        body = made.problem or form.body[made.part.start : made.part.stop]
        return Response(made.status, made.headers, body, group)
    return Response(200, form.headers, form.body, group)
