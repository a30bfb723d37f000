"""Two models in a sentence."""

from __future__ import annotations

import pytest

from frontrunner.web.against import Against, ModelNames, against, is_against

NAMES = ModelNames(["BAAI/bge-m3", "intfloat/e5-large", "intfloat/e5-large-v2", "a/b"])
M3, E5 = "BAAI/bge-m3", "intfloat/e5-large"


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("bge-m3 vs e5-large", Against(M3, E5, "")),
        ("compare BGE M3 versus intfloat/e5-large on reranking", Against(M3, E5, "on reranking")),
        ("e5 large v2 vs. bge", Against("intfloat/e5-large-v2", M3, "")),
        ("e5 against bge m3 for search", Against(E5, M3, "for search")),
        ("bge-m3\u5bf9\u6bd4e5-large", Against(M3, E5, "")),
        ("bge-m3 vs bge-m3", None),
        ("bge-m3 vs unheard-of", None),
        ("bge-m3 vs b", None),
        (" vs ", None),
        ("vs bge-m3", None),
        ("", None),
        ("german retrieval", None),
    ],
)
def test_two_names_are_found(text: str, found: Against | None) -> None:
    assert against(text, NAMES) == found
    assert found is None or is_against(text)


def test_a_word_for_something_else_names_no_model_that_only_begins_so() -> None:
    names = ["x/german-sts", "x/english-code", "x/text"]
    assert against("german vs english", ModelNames(names)) is not None
    known = ModelNames(names, ["German", "English", "Text"])
    assert against("german retrieval vs english", known) is None
    assert against("german-sts vs english code", known) == Against(names[0], names[1], "")
    assert against("german sts vs text", known) == Against(names[0], names[2], "")
