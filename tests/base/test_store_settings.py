"""Addresses of object storage, and how often it is asked."""

from __future__ import annotations

from pathlib import Path

import pytest

from frontrunner.base.config import load_settings
from frontrunner.base.errors import UsageError


@pytest.mark.parametrize(
    "address",
    ["", "s3://bucket", "s3://bucket/a/b", "az://box/x", "gs://bucket/x", "file:///srv/board"],
)
def test_addresses(tmp_path: Path, address: str) -> None:
    settings = load_settings(tmp_path, {"FRONTRUNNER_STORE_PUBLISH": address})
    assert settings.store.publish == address


@pytest.mark.parametrize(
    ("key", "value", "says"),
    [
        ("PUBLISH", "ftp://bucket", "must be s3://"),
        ("FOLLOW", "s3://key:hidden@bucket/x", "without keys"),
        ("FOLLOW", "az://box/x?sig=hidden", "without keys"),
        ("EVERY", "100ms", "at least 1s"),
        ("GRACE", "soon", "duration"),
        ("KEEP", "0", "from 1 to 1000"),
    ],
)
def test_mistakes_are_named_and_never_repeat_a_key(
    tmp_path: Path, key: str, value: str, says: str
) -> None:
    with pytest.raises(UsageError) as caught:
        load_settings(tmp_path, {f"FRONTRUNNER_STORE_{key}": value})
    assert says in str(caught.value)
    assert "hidden" not in str(caught.value)
