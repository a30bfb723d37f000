"""Two models in a sentence."""

from __future__ import annotations

import pytest

from frontrunner.web.against import Against, ModelNames, against

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
