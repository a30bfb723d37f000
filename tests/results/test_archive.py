"""Tar archives, header by header: names, sizes, kinds and limits."""

from __future__ import annotations

import gzip
import io
import tarfile
from pathlib import Path

import pytest
import zstandard

from frontrunner.base.errors import SourceError
from frontrunner.results import archive
from frontrunner.results.archive import Member, is_archive, walk_archive

BLOCK, END = 512, b"\0" * 1024


def header(name: bytes, size: bytes, kind: bytes = b"0", prefix: bytes = b"") -> bytes:
    """A tar header with a true checksum."""
    block = bytearray(BLOCK)
    block[: len(name)], block[124 : 124 + len(size)], block[156:157] = name, size, kind
    block[345 : 345 + len(prefix)] = prefix
    block[148:156], block[257:263] = b" " * 8, b"ustar\0"
    block[148:156] = b"%06o\0 " % sum(block)
    return bytes(block)


def member(name: bytes, data: bytes, kind: bytes = b"0", prefix: bytes = b"") -> bytes:
    padding = b"\0" * (-len(data) % BLOCK)
    return header(name, b"%011o\0" % len(data), kind, prefix) + data + padding


def record(key: bytes, value: bytes) -> bytes:
    """One record of a pax header, shorter than 100 bytes."""
    body = b" %s=%s\n" % (key, value)
    length = len(body) + (1 if len(body) < 9 else 2)
    return b"%d%s" % (length, body)


def members(folder: Path, *parts: bytes) -> list[Member]:
    path = folder / "x.tar"
    path.write_bytes(b"".join(parts) + END)
    return list(walk_archive(path))


LAST = member(b"last", b"end")
END_MEMBER = Member("last", True, 3, b"end")


@pytest.mark.parametrize("length", [0, 1, 511, 512, 513, 1024, 3 << 20])
def test_content_of_every_length_is_read_to_its_end(tmp_path: Path, length: int) -> None:
    data = bytes(n % 251 for n in range(min(length, 2000))) * max(1, length // 2000)
    found = members(tmp_path, member(b"a", data), LAST)
    assert found == [Member("a", True, len(data), data), END_MEMBER]


@pytest.mark.parametrize("kind", [b"0", b"\0", b"7"])
def test_plain_files_of_every_kind(tmp_path: Path, kind: bytes) -> None:
    assert members(tmp_path, member(b"a", b"1", kind), LAST) == [
        Member("a", True, 1, b"1"), END_MEMBER,
    ]  # fmt: skip


@pytest.mark.parametrize("kind", [b"1", b"2", b"3", b"4", b"6"])
def test_links_and_devices_have_no_content_whatever_size_they_name(
    tmp_path: Path, kind: bytes
) -> None:
    found = members(tmp_path, header(b"a", b"%011o\0" % 600, kind), LAST)
    assert found == [Member("a", False, 600, None), END_MEMBER]


def test_the_content_of_an_unknown_kind_is_skipped(tmp_path: Path) -> None:
    found = members(tmp_path, member(b"a", b"x" * 600, b"Z"), member(b"d", b"y", b"5"), LAST)
    assert found == [Member("a", False, 600, None), END_MEMBER]


@pytest.mark.parametrize(
    ("size", "length"),
    [
        (b"00000000003\0", 3),
        (b"       3 \0", 3),
        (b"3", 3),
        (b"\x80" + b"\0" * 9 + b"\x02\x01", 513),
        (b"", 0),
    ],
)
def test_sizes_in_every_spelling(tmp_path: Path, size: bytes, length: int) -> None:
    data = b"x" * length
    content = header(b"a", size) + data + b"\0" * (-length % BLOCK)
    assert members(tmp_path, content, LAST) == [Member("a", True, length, data), END_MEMBER]


@pytest.mark.parametrize("size", [b"9", b"X1", b"1X", b"-1", b"+1", b"0x1", b"1 1", b"1_0"])
def test_a_size_that_is_no_number_is_refused(tmp_path: Path, size: bytes) -> None:
    with pytest.raises(SourceError, match="a header has an invalid number"):
        members(tmp_path, header(b"a", size), LAST)


def test_names_of_every_length(tmp_path: Path) -> None:
    found = members(
        tmp_path,
        member(b"n" * 100, b"1"),
        member(b"n", b"2", prefix=b"p" * 155),
        member(b"././@LongLink", b"long" * 60 + b"\0", b"L") + member(b"long", b"3"),
        member(b"x", record(b"path", b"a\nb\nc\xff/d"), b"x") + member(b"short", b"4"),
        member(b"g", record(b"path", b"global"), b"g") + member(b"own", b"5"),
        member(b"k", b"target\0", b"K") + member(b"linked", b"", b"2"),
        LAST,
    )  # fmt: skip
    assert [(one.name, one.data) for one in found] == [
        ("n" * 100, b"1"),
        ("p" * 155 + "/n", b"2"),
        ("long" * 60, b"3"),
        ("a\nb\nc\udcff/d", b"4"),
        ("own", b"5"),
        ("linked", None),
        ("last", b"end"),
    ]


def test_a_pax_header_may_have_other_records_before_the_path(tmp_path: Path) -> None:
    extra = record(b"size", b"333") + record(b"path", b"b") + record(b"path", b"c")
    found = members(tmp_path, member(b"x", extra, b"x") + member(b"a", b"1"), LAST)
    assert [one.name for one in found] == ["b", "last"]


@pytest.mark.parametrize("extra", [b"0 path=a\n", b"-1 path=a\n", b"path=a\n", b"x path=a\n"])
def test_a_pax_header_without_lengths_is_refused(tmp_path: Path, extra: bytes) -> None:
    with pytest.raises(SourceError, match="is not a readable archive"):
        members(tmp_path, member(b"x", extra, b"x") + member(b"a", b"1"), LAST)


def test_a_pax_record_of_no_length_is_named(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match="a pax header has a record without length"):
        members(tmp_path, member(b"x", b"0 path=a\n", b"x") + member(b"a", b"1"), LAST)


@pytest.mark.parametrize(("length", "fits"), [(1 << 20, True), ((1 << 20) + 1, False)])
def test_a_header_has_a_limit(tmp_path: Path, length: int, fits: bool) -> None:
    parts = (member(b"l", b"n" * length, b"L") + member(b"a", b"1"), LAST)
    if fits:
        assert [len(one.name) for one in members(tmp_path, *parts)] == [1 << 20, 4]
    else:
        with pytest.raises(SourceError, match="a header is larger than 1 MiB"):
            members(tmp_path, *parts)


def test_a_file_beyond_the_limit_is_skipped(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(archive, "MAX_FILE_BYTES", 1000)
    found = members(tmp_path, member(b"a", b"x" * 1000), member(b"b", b"x" * 1001), LAST)
    assert [(one.size, one.data is None) for one in found] == [
        (1000, False), (1001, True), (3, False),
    ]  # fmt: skip
    assert [one.regular for one in found] == [True] * 3


def test_an_archive_may_unpack_to_so_much_and_no_more(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    content = member(b"a", b"1") + END
    path = tmp_path / "x.tar"
    path.write_bytes(content)
    monkeypatch.setattr(archive, "_MAX_RATIO", 0)
    monkeypatch.setattr(archive, "_FREE_BYTES", len(content))
    assert len(list(walk_archive(path))) == 1
    monkeypatch.setattr(archive, "_FREE_BYTES", len(content) - 1)
    with pytest.raises(SourceError, match="it unpacks to more than 0 times its size"):
        list(walk_archive(path))


def test_archives_in_every_packing(tmp_path: Path) -> None:
    content = member(b"a", b"1") + END
    packed = {
        "x.tar": content,
        "x.tar.gz": gzip.compress(content),
        "x.tgz": gzip.compress(content),
        "x.tar.zst": zstandard.compress(content),
    }
    for name, data in packed.items():
        (tmp_path / name).write_bytes(data)
        assert is_archive(tmp_path / name)
        assert list(walk_archive(tmp_path / name)) == [Member("a", True, 1, b"1")]
    for name in ("x.zst", "x.gz", "x.zip", "tar", "x.TAR"):
        assert not is_archive(Path(name))


def test_what_is_wrong_with_an_archive_is_said(tmp_path: Path) -> None:
    path = tmp_path / "x.tar"
    for content, said in (
        (LAST[:-1], "is cut off. Fetch it again."),
        (LAST, "is cut off. Fetch it again."),
        (b"x" * 600, "is not a readable archive: a header is damaged. Fetch it again."),
    ):
        path.write_bytes(content)
        with pytest.raises(SourceError) as caught:
            list(walk_archive(path))
        assert str(caught.value) == f"{path} {said}"
    with pytest.raises(SourceError) as caught:
        list(walk_archive(tmp_path / "none.tar"))
    assert str(caught.value) == f"{tmp_path}/none.tar cannot be read: No such file or directory."


def test_what_follows_the_end_is_not_read(tmp_path: Path) -> None:
    path = tmp_path / "x.tar"
    path.write_bytes(LAST + END + b"not a header" * 100 + LAST + END)
    assert list(walk_archive(path)) == [END_MEMBER]


def test_names_and_sizes_that_python_writes(tmp_path: Path) -> None:
    path = tmp_path / "x.tar"
    for form in (tarfile.GNU_FORMAT, tarfile.PAX_FORMAT, tarfile.USTAR_FORMAT):
        with tarfile.open(path, "w", format=form) as tar:
            for name in ("a" * 90 + "/" + "b" * 90, "c"):
                info = tarfile.TarInfo(name)
                info.size = len(name)
                tar.addfile(info, io.BytesIO(name.encode()))
        assert [(one.name, one.data) for one in walk_archive(path)] == [
            (name, name.encode()) for name in ("a" * 90 + "/" + "b" * 90, "c")
        ]
