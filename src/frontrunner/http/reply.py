"""A body ready to be sent: each encoding with its headers, made once and sent many times."""

from __future__ import annotations

import threading
from collections.abc import Callable

import brotli
import zstandard
from isal import isal_zlib

from frontrunner.http.negotiation import (
    IDENTITY,
    PREFERRED,
    choose,
    entity_tag,
    http_date,
    is_match,
    not_modified_since,
)
from frontrunner.snapshot.answers import Encoded

Headers = list[tuple[bytes, bytes]]
_WORTH_COMPRESSING = 256
_HEADERS_KEPT = 16
"""Accept-Encoding headers for which a reply remembers the encoding."""
_LONGEST_KEPT = 128
"""Bytes of such a header. Browsers send 30; longer ones would fill the memory, unweighed."""
_HAS_PARTS = (b"accept-ranges", b"bytes")
_GZIP_WINDOW = 31
"""How zlib's interface asks for a gzip stream with the largest window."""
# Faster than at build time: a client is waiting. gzip by ISA-L takes less than half the time of
# libdeflate's fastest level, for 7% more bytes.
_ON_DEMAND: dict[str, Callable[[bytes], bytes]] = {
    "br": lambda body: brotli.compress(body, quality=3),
    "zstd": lambda body: zstandard.ZstdCompressor(level=3).compress(body),
    "gzip": lambda body: isal_zlib.compress(body, 2, _GZIP_WINDOW),
}


class Policy:
    """The headers that every response from one snapshot has."""

    def __init__(self, built_at: float, max_age: int) -> None:
        self.last_modified = float(int(built_at))
        cache = f"public, max-age={max_age}" if max_age > 0 else "no-cache"
        self.dated: Headers = [(b"last-modified", http_date(built_at).encode())]
        self.common: Headers = [
            *self.dated,
            (b"cache-control", cache.encode()),
            (b"vary", b"accept-encoding"),
        ]


class Form:
    """One encoding of a body, with its headers."""

    __slots__ = ("body", "headers", "not_modified", "tag")

    def __init__(self, answer: Encoded, encoding: str, body: bytes, policy: Policy) -> None:
        self.tag = entity_tag(answer.tag, encoding)
        self.body = body
        self.not_modified = [(b"etag", self.tag.encode()), *policy.common]
        self.headers = [
            (b"content-type", answer.media_type.encode()),
            (b"content-length", b"%d" % len(body)),
            *self.not_modified,
        ]
        if encoding != IDENTITY:
            self.headers.append((b"content-encoding", encoding.encode()))
        else:
            self.headers.append(_HAS_PARTS)

    @property
    def has_parts(self) -> bool:
        """Whether a client may ask for a part of it."""
        return self.headers[-1] is _HAS_PARTS


class Reply:
    """All encodings of one answer. Those that were not prepared are made on first use."""

    def __init__(self, answer: Encoded, policy: Policy) -> None:
        self._answer = answer
        self._policy = policy
        small = len(answer.identity) < _WORTH_COMPRESSING
        text = not answer.media_type.startswith(("application/vnd", "image/"))
        self._available = (*PREFERRED, IDENTITY) if text and not small else (IDENTITY,)
        self._forms: dict[str, Form] = {}
        self._chosen: dict[bytes, Form] = {}
        self._making = threading.Lock()

    @property
    def last_modified(self) -> float:
        """The date that every form says, in seconds since the epoch."""
        return self._policy.last_modified

    @property
    def weight(self) -> int:
        """Bytes of all encodings, those included that are still to be made."""
        sizes = [len(body or b"") for body in self._answer[2:]]
        return sum(size or sizes[0] for size in sizes) if len(self._available) > 1 else sizes[0]

    def chosen(self, accept_encoding: bytes) -> Form | None:
        """The encoding that a client with this header was sent before; None if there was none."""
        return self._chosen.get(accept_encoding)

    def form(self, accept_encoding: bytes) -> Form:
        """The form for a client with this Accept-Encoding header."""
        encoding = choose(accept_encoding.decode("latin-1"), self._available)
        found = self._forms.get(encoding)
        if found is None:
            with self._making:
                found = self._forms.get(encoding) or self._make(encoding)
                self._forms[encoding] = found
        if len(self._chosen) < _HEADERS_KEPT and len(accept_encoding) <= _LONGEST_KEPT:
            self._chosen[accept_encoding] = found
        return found

    def _prepared(self, encoding: str) -> bytes | None:
        answer = self._answer
        return {
            IDENTITY: answer.identity,
            "gzip": answer.gzip,
            "br": answer.brotli,
            "zstd": answer.zstd,
        }[encoding]

    def _make(self, encoding: str) -> Form:
        body = self._prepared(encoding)
        if body is None:
            body = _ON_DEMAND[encoding](self._answer.identity)
        return Form(self._answer, encoding, body, self._policy)

    def is_fresh(
        self, form: Form, if_none_match: str | None, if_modified_since: str | None
    ) -> bool:
        """Whether the client has this encoding of the answer; If-None-Match counts before a date.

        A client that has another encoding is sent this one: it does not know the tag of a 304.
        """
        if if_none_match is not None:
            return is_match(if_none_match, (form.tag,))
        if if_modified_since is not None:
            return not_modified_since(if_modified_since, self._policy.last_modified)
        return False
