"""Which pictures from other sites may be served under our own address.

The content decides, not what the other site says of it. An SVG is a document that can run scripts
and load files, so only one that does neither is accepted.
"""

from __future__ import annotations

import re
from xml.parsers import expat

_MAGIC = (
    (b"\x89PNG\r\n\x1a\n", "image/png"),
    (b"\xff\xd8\xff", "image/jpeg"),
    (b"GIF87a", "image/gif"),
    (b"GIF89a", "image/gif"),
    (b"\x00\x00\x01\x00", "image/x-icon"),
)
_SVG = "image/svg+xml"
_ACTIVE = frozenset(
    {"script", "foreignobject", "iframe", "embed", "object", "audio", "video", "handler", "link"}
)
"""Elements that run or load something."""
_INSIDE = re.compile(r"#|data:image/(png|jpeg|gif|webp)[;,]", re.IGNORECASE)
"""What a reference may begin with."""
_OUTSIDE_STYLE = re.compile(
    r"@import|javascript:|expression\(|url\(\s*[\"']?(?!#|data:image/)", re.IGNORECASE
)


def media_type_of(body: bytes) -> str | None:
    """The media type of a picture that may be served; None for anything else."""
    for magic, media_type in _MAGIC:
        if body.startswith(magic):
            return media_type
    if body[:4] == b"RIFF" and body[8:12] == b"WEBP":
        return "image/webp"
    return _SVG if _is_harmless_svg(body) else None


class _RefusedError(Exception):
    """An SVG does what an icon must not do."""


def _is_harmless_svg(body: bytes) -> bool:
    reader = _Reader()
    parser = expat.ParserCreate()
    parser.buffer_text = True  # so that no word is split between two calls
    parser.StartElementHandler = reader.element
    parser.CharacterDataHandler = reader.text
    parser.EntityDeclHandler = reader.refuse
    parser.ProcessingInstructionHandler = reader.refuse
    try:
        parser.Parse(body, True)
    except (expat.ExpatError, _RefusedError, ValueError, LookupError):
        return False
    return reader.is_svg


class _Reader:
    """Looks at the parts of an SVG."""

    def __init__(self) -> None:
        self.is_svg = False
        self._depth_is_root = True

    def element(self, name: str, attributes: dict[str, str]) -> None:
        """Refuse what is active, and references that lead out of the file."""
        local = _local(name)
        if self._depth_is_root:
            self.is_svg, self._depth_is_root = local == "svg", False
        if local in _ACTIVE:
            raise _RefusedError(local)
        for key, value in attributes.items():
            self._attribute(_local(key), value.strip())

    def _attribute(self, name: str, value: str) -> None:
        leads_out = name in ("href", "src") and not _INSIDE.match(value)
        animates = name == "attributename" and _local(value) in ("href", "src")
        if name.startswith("on") or leads_out or animates or _OUTSIDE_STYLE.search(value):
            raise _RefusedError(name)

    def text(self, text: str) -> None:
        """Refuse style sheets that load something; in other text these words do no harm."""
        if _OUTSIDE_STYLE.search(text):
            raise _RefusedError(text)

    def refuse(self, *_: object) -> None:
        """Refuse entities, which can grow without end, and instructions."""
        raise _RefusedError


def _local(name: str) -> str:
    return name.rpartition(":")[2].lower()
