"""A file of the snapshot, sent from the disk: never all of it is in memory."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator
from io import FileIO
from pathlib import Path

from frontrunner.http.negotiation import IDENTITY, entity_tag, is_match, not_modified_since
from frontrunner.http.plain import problem
from frontrunner.http.ranges import cut
from frontrunner.http.request import Request, Response
from frontrunner.http.served import Served

log = logging.getLogger("frontrunner.server")
_CHUNK = 256 * 1024
_TAG_LENGTH = 32


async def send_file(
    served: Served, name: str, media_type: str, request: Request, group: str
) -> Response:
    """A file of the snapshot, or the part that the client asks for.

    Its tag is the checksum of the manifest, so that it is the same on every replica.
    """
    snapshot, policy = served.service.snapshot, served.policy
    entry = snapshot.manifest.files[name]
    tag = entity_tag(entry.sha256[:_TAG_LENGTH], IDENTITY)
    kept = [(b"etag", tag.encode()), *policy.common]
    if _is_fresh(request, tag, policy.last_modified):
        return Response(304, kept, b"", group)
    headers = [
        (b"content-type", media_type.encode()),
        (b"content-length", b"%d" % entry.bytes),
        (b"accept-ranges", b"bytes"),
        *kept,
    ]
    status, headers, part, refusal = cut(request, headers, entry.bytes, tag, policy.last_modified)
    if refusal or request.method == "HEAD":
        return Response(status, headers, refusal, group)
    try:
        file = await asyncio.to_thread(_opened, snapshot.folder / name, entry.bytes)
    except OSError as error:
        log.error("%s cannot be sent: %s", name, error)
        detail = "The snapshot is damaged. The server's log has the details."
        return Response(*problem(500, detail), group)
    return Response(status, headers, b"", group, _parts(file, part))


def _is_fresh(request: Request, tag: str, last_modified: float) -> bool:
    if request.if_none_match is not None:
        return is_match(request.if_none_match, (tag,))
    since = request.if_modified_since
    return since is not None and not_modified_since(since, last_modified)


def _opened(path: Path, size: int) -> FileIO:
    """Raises OSError if it is not the file of the manifest."""
    file = path.open("rb", buffering=0)
    found = file.seek(0, 2)
    if found != size:
        file.close()
        raise OSError(f"{path} has {found:,} bytes, and its manifest says {size:,}")
    return file


async def _parts(file: FileIO, part: range) -> AsyncIterator[bytes]:
    try:
        file.seek(part.start)
        left = len(part)
        while left:
            read = await asyncio.to_thread(file.read, min(_CHUNK, left))
            if not read:
                raise OSError("the file was cut off while it was sent")
            left -= len(read)
            yield read
    finally:
        file.close()
