"""Icons of a snapshot: kept by URL, and never a reason to refuse it."""

from __future__ import annotations

import errno
import os
from pathlib import Path

import pytest

from frontrunner.base.errors import SnapshotError
from frontrunner.snapshot import icons as module
from frontrunner.snapshot.answers import AnswerPack, body_tag
from frontrunner.snapshot.icons import Icon, keep_icons, read_icons

PNG, SVG = Icon("image/png", b"\x89PNG"), Icon("image/svg+xml", b"<svg/>")


def test_icons_are_read_as_they_were_kept(tmp_path: Path) -> None:
    assert read_icons(tmp_path) == {}
    keep_icons(tmp_path, {"http://b/": SVG, "http://a/": PNG})
    assert list(read_icons(tmp_path).items()) == [("http://a/", PNG), ("http://b/", SVG)]
    keep_icons(tmp_path, {"http://c/": PNG})
    assert read_icons(tmp_path) == {"http://c/": PNG}
    keep_icons(tmp_path, {})
    assert read_icons(tmp_path) == {}


def test_an_icon_has_the_tag_of_its_body(tmp_path: Path) -> None:
    keep_icons(tmp_path, {"http://a/": PNG})
    kept = AnswerPack(tmp_path / "icons", "icons").get("http://a/")
    assert kept is not None
    assert kept.tag == body_tag(PNG.body)


def test_icons_that_cannot_be_read_are_none(tmp_path: Path) -> None:
    keep_icons(tmp_path, {"http://a/": PNG})
    (tmp_path / "icons/icons.index").write_bytes(b"\xc1")
    assert read_icons(tmp_path) == {}


def test_icons_that_cannot_be_written_are_an_error(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    keep_icons(tmp_path, {"http://a/": PNG})
    monkeypatch.setattr(module, "write_pack", full)
    with pytest.raises(SnapshotError) as caught:
        keep_icons(tmp_path, {"http://b/": SVG})
    assert str(caught.value) == (
        f"The icons of {tmp_path.name} could not be written: No space left on device."
    )
    assert read_icons(tmp_path) == {"http://a/": PNG}
