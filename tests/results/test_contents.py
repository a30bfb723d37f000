"""Files that are not JSON are named for what they are."""

from __future__ import annotations

import json

import pytest

from frontrunner.base.json import loads
from frontrunner.results.contents import what_it_is
from frontrunner.results.formats import TaskIndex, UnusableFileError, parse
from frontrunner.results.rejects import Reason
from tests.factories import catalog, result

INDEX = TaskIndex.of(catalog())
GOOD = json.dumps(result("T1", 0.5), indent=1)
LFS = b"version https://git-lfs.github.com/spec/v1\noid sha256:4d7a\nsize 12345\n"
CONFLICT = GOOD.replace(' "mteb_version"', '<<<<<<< HEAD\n "mteb_version"', 1).encode()

KINDS = [
    (b"", "empty"),
    (b" \n\t", "3 bytes of white space"),
    (b"\0" * 4096, "4,096 bytes of NUL bytes"),
    (LFS, "a Git LFS pointer"),
    (b"../../.git/annex/objects/Xx/MD5E-s12--a.json", "a git-annex pointer"),
    (b"/annex/objects/MD5E-s12--a.json\n", "a git-annex pointer"),
    (CONFLICT, "a merge conflict on line 4"),
    (CONFLICT.replace(b"\n", b"\r\n"), "a merge conflict on line 4"),
    (GOOD.encode() + b"\n>>>>>>> theirs\n", "a merge conflict on line"),
    (b"<!DOCTYPE html>\n<html><body>404</body></html>", "an HTML page"),
    (b"\n <html lang='en'>", "an HTML page"),
    (b"<?xml version='1.0'?><Error/>", "an XML document"),
    (GOOD.encode("utf-16"), "UTF-16 text"),
    (GOOD.encode("utf-16-be"), "UTF-16 text"),
    (GOOD.encode("utf-16-le"), "UTF-16 text"),
    (GOOD.encode("utf-32"), "UTF-32 text"),
    (GOOD.encode()[:40], "cut off: the JSON ends too early, after 40 bytes"),
    (GOOD.encode()[:-1], "cut off"),
    (GOOD.encode()[:-30], "cut off"),
    (b"{", "cut off"),
    (GOOD.encode() * 2, "more than one JSON value"),
    (str(result("T1", 0.5)).encode(), "a Python literal"),
    (b"\x1f\x8b\x08\x00", "compressed with gzip"),
    (b"\x28\xb5\x2f\xfd\x04", "compressed with zstd"),
    (b"PK\x03\x04\x14", "a zip archive"),
    (b"PAR1\x15", "a Parquet file"),
    (b"\x80\x04\x95", "a Python pickle"),
    (b"404: Not Found", "text that begins with '404: Not Found'"),
    (b"Too many requests\nwait", "text that begins with 'Too many requests'"),
    (b"model,score\na,0.5\n", "text that begins with 'model,score'"),
    (b'{"a": 1,}', "Expecting property name enclosed in double quotes on line 1, column 9"),
    (b'{"a": "\xff"}', "not UTF-8 text: byte 7 is 0xff"),
    (b'{"a": "\\ud800"}', "half a surrogate pair"),
]


def fault(data: bytes) -> ValueError:
    """What the JSON reader says of `data`."""
    try:
        return ValueError(loads(data))
    except ValueError as error:
        return error


@pytest.mark.parametrize(("data", "said"), KINDS, ids=[said for _, said in KINDS])
def test_what_is_not_json_is_named(data: bytes, said: str) -> None:
    assert said in what_it_is(data, fault(data))
    with pytest.raises(UnusableFileError) as refused:
        parse(data, INDEX)
    assert refused.value.reason is Reason.NOT_JSON
    assert said in refused.value.detail
    assert "Expecting value" not in refused.value.detail
    assert len(refused.value.detail) < 200


def test_a_byte_order_mark_is_no_fault() -> None:
    assert parse(b"\xef\xbb\xbf" + GOOD.encode(), INDEX).task == "T1"


def test_marks_of_a_conflict_inside_a_text_are_no_fault() -> None:
    content = result("T1", 0.5) | {"x": "\n<<<<<<< HEAD\n", "y": float("inf")}
    assert parse(json.dumps(content).encode(), INDEX).task == "T1"
