"""The mark inside a page is the one of the file."""

from __future__ import annotations

from urllib.parse import unquote

from frontrunner.base.mark import ICON, INLINE


def test_the_mark_in_a_page_is_the_whole_one() -> None:
    head, _, body = INLINE.partition(",")
    assert head == "data:image/svg+xml"
    assert unquote(body) == ICON
    assert not set('"<>#&') & set(body)
