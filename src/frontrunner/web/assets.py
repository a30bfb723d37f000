"""The files that pages use: built from `frontend/`, named by their content, never changing."""

from __future__ import annotations

from functools import cache
from importlib import resources

from frontrunner.base.json import read_as
from frontrunner.snapshot.answers import DENSEST, Answer, Encoded, body_tag, encode

_TYPES = {
    "css": "text/css; charset=utf-8",
    "js": "text/javascript; charset=utf-8",
    "svg": "image/svg+xml",
    "txt": "text/plain; charset=utf-8",
    "woff2": "font/woff2",
}
MANIFEST = "manifest.json"


@cache
def manifest() -> dict[str, str]:
    """Plain name -> name with the hash, such as `board.js` -> `board.4F2A.js`."""
    with resources.as_file(resources.files(__package__).joinpath("static", MANIFEST)) as path:
        return read_as(path, dict[str, str])


def hashed(name: str) -> str:
    """The name with the hash of a file's content."""
    return manifest()[name]


@cache
def read(name: str) -> Encoded | None:
    """A file by its hashed name, in all encodings; None if it does not exist."""
    if name not in manifest().values():
        return None
    body = resources.files(__package__).joinpath("static", name).read_bytes()
    kind = _TYPES[name.rsplit(".", 1)[-1]]
    if kind == "font/woff2":  # is compressed
        return Encoded(kind, body_tag(body), body)
    return encode(Answer(name, body, kind), DENSEST)
