from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from frontrunner.legacy.files.markup import Anchor, anchor, parse_anchor

_TEXT = st.text(
    st.characters(blacklist_categories=("Cc", "Cs", "Zs", "Zl", "Zp")), min_size=1, max_size=20
)


@pytest.mark.parametrize(
    ("cell", "name", "link"),
    [
        ("<a href='https://x/y'>y</a>", "y", "https://x/y"),
        ('<A HREF="https://x/y" target=_blank>y</A>', "y", "https://x/y"),
        ('<a class=m href="https://x/?a=1&amp;b=2"><b>y</b> z</a>', "y z", "https://x/?a=1&b=2"),
        ("plain-name", "plain-name", None),
        ("  spaced \n name ", "spaced name", None),
        ('<a href="">y</a>', "y", None),
        (
            '<a target="_blank" style="text-decoration: underline" href="https://x/y">y',
            "y",
            "https://x/y",
        ),
        ("a &lt; b", "a < b", None),
        ("", "", None),
    ],
)
def test_every_way_of_writing_a_model_is_read(cell: str, name: str, link: str | None) -> None:
    assert parse_anchor(cell) == Anchor(name, link)


@given(name=_TEXT, link=_TEXT)
def test_what_is_written_is_read_back(name: str, link: str) -> None:
    assert parse_anchor(anchor(name, link)) == Anchor(name, link)
