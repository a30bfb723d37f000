"""Until when a board is known to be up to date."""

from __future__ import annotations

from pathlib import Path

import pytest

from frontrunner.base.home import Home
from frontrunner.snapshot.freshness import read_checked_at, write_checked_at


def test_it_is_known_of_the_snapshot_that_the_sources_gave_and_of_no_other(tmp_path: Path) -> None:
    home = Home(tmp_path)
    home.refresh.mkdir()
    assert read_checked_at(home, "a") is None
    write_checked_at(home, "a", 12.5)
    assert read_checked_at(home, "a") == 12.5
    assert read_checked_at(home, "b") is None


@pytest.mark.parametrize("content", [b"", b"{}", b'{"snapshot":"a","at":1e300}', b"\xff"])
def test_what_cannot_be_read_is_not_known(tmp_path: Path, content: bytes) -> None:
    home = Home(tmp_path)
    home.refresh.mkdir()
    home.checked.write_bytes(content)
    assert read_checked_at(home, "a") is None
