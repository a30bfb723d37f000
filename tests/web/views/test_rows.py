"""Names and cells of rows."""

from __future__ import annotations

import pytest

from frontrunner.web.views.rows import ModelName, breakable, twins


def test_rows_of_one_name_show_their_owners() -> None:
    names = [ModelName.of(one) for one in ("a/x", "b/x", "a/y", "x")]
    assert twins(names) == [True, True, False, True]
    runs = [ModelName.of("a/x", {"k": 1}), ModelName.of("a/x")]
    assert twins(runs) == [False, False]


@pytest.mark.parametrize(
    ("name", "parts"),
    [
        ("SwednClusteringP2P", ["Swedn", "Clustering", "P2P"]),
        ("BiorxivClusteringS2S.v2", ["Biorxiv", "Clustering", "S2S.", "v2"]),
        ("IN22GenBitextMining", ["IN22", "Gen", "Bitext", "Mining"]),
        ("BibleNLPBitextMining", ["Bible", "NLP", "Bitext", "Mining"]),
    ],
)
def test_a_name_breaks_between_its_words(name: str, parts: list[str]) -> None:
    assert breakable(name).split("<wbr>") == parts
