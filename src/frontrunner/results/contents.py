"""Say what a file is that is not JSON, because "Expecting value" does not help."""

from __future__ import annotations

import json
import re

_STARTS = (
    (b"version https://git-lfs.github.com/spec/", "a Git LFS pointer; run `git lfs pull`"),
    (b"\x1f\x8b", "compressed with gzip; unpack it"),
    (b"\x28\xb5\x2f\xfd", "compressed with zstd; unpack it"),
    (b"BZh", "compressed with bzip2; unpack it"),
    (b"\xfd7zXZ\x00", "compressed with xz; unpack it"),
    (b"PK\x03\x04", "a zip archive; unpack it"),
    (b"PAR1", "a Parquet file"),
    (b"%PDF", "a PDF document"),
    (b"\x80\x04", "a Python pickle"),
    (b"\x80\x05", "a Python pickle"),
    (b"SQLite format 3", "an SQLite database"),
    (b"\xff\xfe\x00\x00", "UTF-32 text; save it as UTF-8"),
    (b"\x00\x00\xfe\xff", "UTF-32 text; save it as UTF-8"),
    (b"\xff\xfe", "UTF-16 text; save it as UTF-8"),
    (b"\xfe\xff", "UTF-16 text; save it as UTF-8"),
)
_ANNEX = re.compile(rb"\A(\.\./)*(\.git/annex/objects/|/annex/objects/)")
_CONFLICT = re.compile(rb"^(<{7}|={7}|>{7}|\|{7})( |\r?$)", re.MULTILINE)
_MARKUP = re.compile(rb"\A<(!doctype html|html|head|body|!--)", re.IGNORECASE)
_PYTHON = re.compile(rb"\A[\[{(]\s*'")
_HEAD = 4096
_QUOTED = 40


def what_it_is(data: bytes, error: ValueError | None = None) -> str:
    """What `data` is, which is not JSON, in words for a report.

    `error` is what the JSON reader said.
    """
    if not data.strip(b" \t\r\n\0"):
        return _empty(data)
    head = data[:_HEAD].removeprefix(b"\xef\xbb\xbf").lstrip()
    for start, name in _STARTS:
        if head.startswith(start):
            return name
    return _by_pattern(data, head) or _by_encoding(data) or _by_error(data, error)


def _empty(data: bytes) -> str:
    if not data:
        return "empty"
    filled = "NUL bytes" if b"\0" in data else "white space"
    return f"{len(data):,} bytes of {filled}; the file was not written to its end"


def _by_pattern(data: bytes, head: bytes) -> str | None:
    if _ANNEX.search(head):
        return "a git-annex pointer; run `git annex get`"
    # Inside a JSON text, a line break is escaped: no line of a string begins with such a mark.
    if conflict := _CONFLICT.search(data):
        line = data.count(b"\n", 0, conflict.start()) + 1
        return f"a merge conflict on line {line}; resolve it"
    if _MARKUP.search(head):
        return (
            "an HTML page, such as an error that was saved in place of the file; download it again"
        )
    if head.startswith(b"<?xml"):
        return "an XML document"
    if _PYTHON.search(head):
        return "a Python literal, not JSON; write it with json.dump"
    return None


def _by_encoding(data: bytes) -> str | None:
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as wrong:
        return f"not UTF-8 text: byte {wrong.start:,} is {data[wrong.start]:#04x}"
    if "\0" not in text:
        return None
    wide = text[1:2] == "\0" or text[:1] == "\0"
    return "UTF-16 text; save it as UTF-8" if wide else "binary data"


def _by_error(data: bytes, error: ValueError | None) -> str:
    if not isinstance(error, json.JSONDecodeError):
        surrogate = isinstance(error, UnicodeEncodeError)
        return "half a surrogate pair, which is not valid text" if surrogate else "not JSON"
    text = error.doc.lstrip()
    if text[:1] not in "{[":
        return f"not JSON: text that begins with {text[:_QUOTED].splitlines()[0]!r}"
    text = error.doc
    if error.msg.startswith("Extra data"):
        return f"more than one JSON value; the second begins on line {error.lineno}"
    if error.msg.startswith("Unterminated string") or not text[error.pos :].strip():
        return f"cut off: the JSON ends too early, after {len(data):,} bytes"
    return f"not JSON: {error.msg} on line {error.lineno}, column {error.colno}"
