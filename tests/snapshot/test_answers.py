"""Answers in packs: every form of a body, read back as it was written."""

from __future__ import annotations

import gzip
import hashlib
import os
from pathlib import Path

import brotli
import deflate
import pytest
import zstandard
from hypothesis import given
from hypothesis import strategies as st

from frontrunner.base.errors import CorruptSnapshotError
from frontrunner.snapshot.answers import (
    DENSEST,
    Answer,
    AnswerPack,
    Encoded,
    body_tag,
    compressed_only,
    encode,
    write_pack,
)

BODY = b"".join(b"%d: %d\n" % (number, number * number % 977) for number in range(2000))


def pack_of(folder: Path, *answers: tuple[str, Encoded]) -> AnswerPack:
    write_pack(folder, "p", answers)
    return AnswerPack(folder, "p")


def test_every_form_unpacks_to_the_body() -> None:
    found = encode(Answer("k", BODY, "text/csv"))
    assert (found.media_type, found.identity) == ("text/csv", BODY)
    assert gzip.decompress(found.gzip or b"") == BODY
    assert brotli.decompress(found.brotli or b"") == BODY
    assert zstandard.decompress(found.zstd or b"") == BODY
    assert encode(Answer("k", BODY)).media_type == "application/json"


def test_replicas_compress_at_the_same_levels() -> None:
    found = encode(Answer("k", BODY))
    assert found.gzip == bytes(deflate.gzip_compress(BODY, 6))
    assert found.brotli == brotli.compress(BODY, quality=5)
    assert found.zstd == zstandard.ZstdCompressor(level=3).compress(BODY)
    others = {
        found.gzip: [bytes(deflate.gzip_compress(BODY, level)) for level in (5, 7)],
        found.brotli: [brotli.compress(BODY, quality=level) for level in (4, 6, 11)],
        found.zstd: [zstandard.ZstdCompressor(level=level).compress(BODY) for level in (2, 4)],
    }
    for chosen, rest in others.items():  # so that the levels above are told apart
        assert chosen not in rest


def test_files_that_are_sent_for_long_are_compressed_as_far_as_it_goes() -> None:
    body = b"".join(b"<td>%d<td>%d" % (n, n * n % 997) for n in range(2_000))
    dense = encode(Answer("a", body), DENSEST)
    assert dense.gzip == bytes(deflate.gzip_compress(body, 12))
    assert dense.brotli == brotli.compress(body, quality=11)
    assert dense.zstd == zstandard.ZstdCompressor(level=19).compress(body)
    assert dense.tag == encode(Answer("a", body)).tag


@pytest.mark.parametrize(("length", "compressed"), [(0, False), (255, False), (256, True)])
def test_bodies_from_256_bytes_on_are_compressed(length: int, compressed: bool) -> None:
    found = encode(Answer("k", b"a" * length, "text/plain"))
    assert (found.media_type, found.identity) == ("text/plain", b"a" * length)
    assert found.tag == body_tag(b"a" * length)
    assert [form is not None for form in found[3:]] == [compressed] * 3


def test_a_tag_is_the_beginning_of_the_checksum_of_the_body() -> None:
    assert body_tag(BODY) == hashlib.sha256(BODY).hexdigest()[:24]
    assert encode(Answer("k", BODY)).tag == body_tag(BODY)


FORM = st.none() | st.binary(min_size=1, max_size=40)


@given(
    st.dictionaries(
        st.text(st.characters(exclude_categories=["Cs"])),
        st.builds(Encoded, st.just("a/b"), st.just("tag"), st.binary(min_size=1), FORM, FORM, FORM),
        max_size=5,
    )
)
def test_what_is_written_is_read(
    tmp_path_factory: pytest.TempPathFactory, answers: dict[str, Encoded]
) -> None:
    pack = pack_of(tmp_path_factory.mktemp("pack"), *answers.items())
    assert list(pack.keys()) == list(answers)
    assert {key: pack.get(key) for key in answers} == answers
    assert all(key in pack for key in answers)
    pack.close()


def test_nothing_is_written_for_a_form_that_is_left_out(tmp_path: Path) -> None:
    small = encode(Answer("k", b"1234567"))
    pack_of(tmp_path, ("a", small), ("b", small)).close()
    assert (tmp_path / "p.bin").read_bytes() == b"1234567" * 2


def test_a_key_that_is_not_there(tmp_path: Path) -> None:
    for pack in (pack_of(tmp_path / "one", ("k", encode(Answer("k", b"1")))), pack_of(tmp_path)):
        assert "other" not in pack
        assert pack.get("other") is None
        pack.close()


def test_a_body_that_is_kept_compressed_alone_is_unpacked(tmp_path: Path) -> None:
    zstd = zstandard.compress(BODY)
    packed = compressed_only("text/plain", zstd)
    assert packed == Encoded("text/plain", body_tag(zstd), b"", None, None, zstd)
    found = pack_of(tmp_path, ("k", packed)).get("k")
    assert found == Encoded("text/plain", body_tag(zstd), BODY, None, None, zstd)


def test_a_closed_pack_reads_no_more(tmp_path: Path) -> None:
    pack = pack_of(tmp_path, ("k", encode(Answer("k", BODY))))
    file = pack._file
    pack.close()
    with pytest.raises(OSError, match="Bad file descriptor"):
        os.fstat(file)
    with pytest.raises(OSError, match="Bad file descriptor"):
        pack.get("k")


@pytest.mark.parametrize("length", [0, 1, len(BODY)])
def test_a_pack_cut_off_while_it_is_open_has_no_answer(tmp_path: Path, length: int) -> None:
    pack = pack_of(tmp_path, ("k", encode(Answer("k", BODY))))
    os.truncate(tmp_path / "p.bin", length)
    assert pack.get("k") is None
    assert pack.body("k") == (BODY if length == len(BODY) else None)


@pytest.mark.parametrize("harm", ["no index", "no content", "not msgpack", "another shape", "deep"])
def test_a_pack_that_cannot_be_read_is_named(tmp_path: Path, harm: str) -> None:
    pack_of(tmp_path, ("k", encode(Answer("k", BODY)))).close()
    index, content = tmp_path / "p.index", tmp_path / "p.bin"
    (content if harm == "no content" else index).unlink()
    if harm == "not msgpack":
        index.write_bytes(b"\xc1")
    elif harm == "another shape":
        index.write_bytes(b"\x90")
    elif harm == "deep":
        index.write_bytes(b"\x91" * 100_000)
    with pytest.raises(CorruptSnapshotError, match=r"p\.index cannot be read: .*verify") as caught:
        AnswerPack(tmp_path, "p")
    assert str(caught.value).startswith(f"{index} ")
