"""A folder and a real S3 server as the store."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from pathlib import Path

import pytest

from frontrunner.remote.bucket import Bucket
from frontrunner.remote.plan import Policy
from tests.s3 import S3, program, running

POLICY = Policy(keep=3, grace=86400.0)
_numbers = itertools.count()


@pytest.fixture(scope="session")
def s3(tmp_path_factory: pytest.TempPathFactory) -> Iterator[S3]:
    if program() is None:
        pytest.skip("no S3 server is installed: make setup-dev")
    with running(tmp_path_factory.mktemp("s3")) as server:
        yield server


@pytest.fixture(params=["file", "s3"])
def bucket(
    request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Bucket:
    """An empty place in each kind of store."""
    if request.param == "file":
        return Bucket(f"file://{tmp_path / 'store'}")
    for name, value in request.getfixturevalue("s3").environment.items():
        monkeypatch.setenv(name, value)
    place = Bucket(f"s3://boards/{next(_numbers)}")
    place.write("bucket", b"")  # the server makes the bucket with the first object
    return place
