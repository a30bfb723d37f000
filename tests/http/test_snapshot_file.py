"""All scores as one file, whole and in parts; and parts of other files."""

from __future__ import annotations

import io
from pathlib import Path

import polars as pl
import pytest

from frontrunner.http.app import Application
from frontrunner.http.snapshot_file import _CHUNK
from frontrunner.snapshot.manifest import SCORES_PARQUET, FileEntry
from tests.factories import small_snapshot
from tests.http.conftest import call

PATH = "/v1/snapshot/scores.parquet"


@pytest.fixture
def whole(application: Application) -> bytes:
    folder = application.served.service.snapshot.folder
    return (folder / SCORES_PARQUET).read_bytes()


def test_it_is_the_file_of_the_snapshot(application: Application, whole: bytes) -> None:
    got = call(application, "GET", PATH, headers={"accept-encoding": "gzip, br"})
    assert got.content == whole
    assert got.headers["content-length"] == str(len(whole))
    assert got.headers["accept-ranges"] == "bytes"
    assert got.headers["content-type"] == "application/vnd.apache.parquet"
    assert "content-encoding" not in got.headers
    scores = pl.read_parquet(io.BytesIO(got.content))
    assert {"model", "task", "score"} <= set(scores.columns)


def test_its_tag_is_the_checksum_of_the_manifest(application: Application) -> None:
    got = call(application, "GET", PATH)
    entry = application.served.service.snapshot.manifest.files[SCORES_PARQUET]
    assert got.headers["etag"].strip('"') == entry.sha256[:32]
    for name in ("if-none-match", "if-modified-since"):
        value = got.headers["etag" if name == "if-none-match" else "last-modified"]
        same = call(application, "GET", PATH, headers={name: value})
        assert (same.status_code, same.content) == (304, b"")
        assert same.headers["etag"] == got.headers["etag"]


def test_head_says_how_long_it_is(application: Application, whole: bytes) -> None:
    got = call(application, "HEAD", PATH)
    assert (got.status_code, got.content) == (200, b"")
    assert got.headers["content-length"] == str(len(whole))


def test_parts(application: Application, whole: bytes) -> None:
    tag = call(application, "GET", PATH).headers["etag"]
    size = len(whole)
    for header, part in (
        ("bytes=0-3", whole[:4]),
        ("bytes=-8", whole[-8:]),
        (f"bytes={size - 2}-", whole[-2:]),
    ):
        got = call(application, "GET", PATH, headers={"range": header, "if-range": tag})
        assert (got.status_code, got.content) == (206, part)
        assert got.headers["content-range"].endswith(f"/{size}")
        assert got.headers["content-length"] == str(len(part))
        assert got.headers["etag"] == tag
    changed = call(application, "GET", PATH, headers={"range": "bytes=0-3", "if-range": '"old"'})
    assert (changed.status_code, changed.content) == (200, whole)
    beyond = call(application, "GET", PATH, headers={"range": f"bytes={size}-"})
    assert beyond.status_code == 416
    assert beyond.headers["content-range"] == f"bytes */{size}"


@pytest.mark.parametrize(
    "path",
    ["/v1/benchmarks/All/scores.csv", "/v1/benchmarks/All/scores.parquet", "/v1/models"],
)
def test_other_files_have_parts_if_they_are_not_compressed(
    application: Application, path: str
) -> None:
    whole = call(application, "GET", path, headers={"accept-encoding": "identity"})
    assert whole.headers["accept-ranges"] == "bytes"
    for _ in range(2):  # also once the reply is ready to be sent
        asked = {"range": "bytes=3-9", "accept-encoding": "identity"}
        got = call(application, "GET", path, headers=asked)
        assert (got.status_code, got.content) == (206, whole.content[3:10])
    packed = call(application, "GET", path, headers={"accept-encoding": "br", "range": "bytes=3-9"})
    if "content-encoding" in packed.headers:
        assert packed.status_code == 200
        assert "accept-ranges" not in packed.headers
        assert packed.content == whole.content
    same = call(
        application, "GET", path,
        headers={"range": "bytes=3-9", "if-none-match": whole.headers["etag"]},
    )  # fmt: skip
    assert same.status_code == 304


def test_another_snapshot_than_the_served_one_is_not_sent(application: Application) -> None:
    assert call(application, "GET", f"{PATH}?snapshot=0123456789abcdef").status_code == 410
    current = application.served.service.snapshot.id
    assert call(application, "GET", f"{PATH}?snapshot={current}").status_code == 200


@pytest.fixture
def own(tmp_path: Path) -> Application:
    """A server over a snapshot that a test may change."""
    return Application(small_snapshot(tmp_path))


def test_a_file_that_is_not_that_of_the_manifest_is_not_sent(own: Application) -> None:
    path = own.served.service.snapshot.folder / SCORES_PARQUET
    path.write_bytes(path.read_bytes()[:-1])
    assert call(own, "GET", PATH).status_code == 500
    path.unlink()
    got = call(own, "GET", PATH)
    assert got.status_code == 500
    assert "damaged" in got.json()["detail"]


def test_a_large_file_is_sent_in_pieces(own: Application) -> None:
    snapshot = own.served.service.snapshot
    path = snapshot.folder / SCORES_PARQUET
    large = path.read_bytes() + bytes(3 * _CHUNK)
    path.write_bytes(large)
    files = snapshot.manifest.files
    files[SCORES_PARQUET] = FileEntry(len(large), files[SCORES_PARQUET].sha256)
    assert call(own, "GET", PATH).content == large
    middle = call(own, "GET", PATH, headers={"range": f"bytes=1-{2 * _CHUNK}"})
    assert middle.content == large[1 : 2 * _CHUNK + 1]


def test_pages_of_other_origins_may_read_where_a_part_is(application: Application) -> None:
    got = call(
        application, "GET", PATH, headers={"origin": "https://a.example", "range": "bytes=0-1"}
    )
    assert "Content-Range" in got.headers["access-control-expose-headers"]
