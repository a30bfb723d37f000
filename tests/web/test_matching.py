"""How searches match names."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from frontrunner.web.matching import LONGEST, alternatives, matcher, plain


@pytest.mark.parametrize(
    ("search", "name"),
    [
        ("e5 small", "intfloat/multilingual-e5-small"),
        ("small e5", "intfloat/e5-small"),
        ("e5_small", "intfloat/e5-small"),
        ("en-vision", "NovaSearch/jasper_en_vision"),
        ("BGE; gte", "thenlper/gte-base"),
        ("nothing \uff1b gte", "thenlper/gte-base"),
        ("  ", "anything"),
        (";;", "anything"),
    ],
)
def test_all_words_of_one_alternative_occur(search: str, name: str) -> None:
    assert matcher(search)(plain(name))


@pytest.mark.parametrize("search", ["e5 large", "e5;x", "x e5 small"])
def test_one_missing_word_is_enough_to_fail(search: str) -> None:
    assert not matcher(search)(plain("intfloat/f5-small"))


def test_a_long_search_is_cut() -> None:
    assert sum(len(word) for words in alternatives("a;" * 100_000) for word in words) <= LONGEST


@given(st.text(alphabet="aB_-; ", max_size=20), st.text(alphabet="aB_- ", max_size=20))
def test_capitals_and_signs_do_not_count(search: str, name: str) -> None:
    other = search.swapcase().replace("_", "-")
    assert matcher(search)(plain(name)) == matcher(other)(plain(name))
