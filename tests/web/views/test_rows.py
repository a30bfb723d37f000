"""Names and cells of rows."""

from __future__ import annotations

import pytest

from frontrunner.web.views.rows import ModelName, bracketed, breakable, jointed, twins, unbroken


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
        ("ViDoRe v3.1", ["Vi", "Do", "Re v3.1"]),
    ],
)
def test_a_name_breaks_between_its_words(name: str, parts: list[str]) -> None:
    assert breakable(name).split("<wbr>") == parts


@pytest.mark.parametrize(
    ("name", "parts"),
    [
        ("Qwen3-Reranker-0.6B", ["Qwen3-Reranker-", "0.6B"]),
        ("model.v2.1-large", ["model.", "v2.1-large"]),
        ("a_b.c", ["a_", "b.", "c"]),
    ],
)
def test_a_model_s_name_does_not_break_within_a_number(name: str, parts: list[str]) -> None:
    assert jointed(name).split("<wbr>") == parts


@pytest.mark.parametrize(
    ("name", "parts"),
    [
        ("MTEB(Scandinavian, v1)", ["MTEB(", "Scandinavian, v1)"]),
        ("VN-MTEB (vie, v1)", ["VN-MTEB (", "vie, v1)"]),
        ("BEIR", ["BEIR"]),
        ("<b>(x)", ["&lt;b&gt;(", "x)"]),
    ],
)
def test_a_board_s_name_breaks_after_its_bracket(name: str, parts: list[str]) -> None:
    assert bracketed(name).split("<wbr>") == parts


@pytest.mark.parametrize(
    ("said", "shown"),
    [
        ("from 2025-01-31 on", 'from <span class="nobr">2025-01-31</span> on'),
        (
            "mteb run -m a--b --co2 <x>",
            'mteb run <span class="nobr">-m</span> a--b <span class="nobr">--co2</span> &lt;x&gt;',
        ),
        ("", ""),
    ],
)
def test_days_and_options_stay_on_one_line(said: str, shown: str) -> None:
    assert str(unbroken(said)) == shown
