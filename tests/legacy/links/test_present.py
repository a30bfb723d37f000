"""Links to the present board, as people have published them."""

from __future__ import annotations

from urllib.parse import parse_qsl

import pytest
from hypothesis import given
from hypothesis import strategies as st

from frontrunner.legacy.links.present import compared, shown, shown_list


@pytest.mark.parametrize(
    ("query", "tab", "ours"),
    [
        ("types=Retrieval&s.summary=meanTask&d.summary=desc", "",
         {"types": "Retrieval", "sort": "-mean_task"}),
        ("s.summary=tt%3ABitextMining&d.summary=asc", "", {"sort": "BitextMining"}),
        ("mmods=text&minSize=1&maxSize=1000&openreq=license", "",
         {"max": "1", "modality": "text", "facets": "1"}),
        ("s.lang=lang%3AIndonesian&d.lang=desc&st=1&openreq=weights&tab=perf_language&minSize=1"
         "&maxSize=1995.262314968881", "languages", {"st": "yes", "max": "1.995", "facets": "0"}),
        ("types=STS,Retrieval", "", {"types": "STS~Retrieval"}),
        ("tab=perf_task&tt=STS&lang=English,deu-Latn&dom=Legal&tks=STS17&mtypes=dense,sparse",
         "tasks",
         {"types": "STS", "languages": "English~deu-Latn", "domains": "Legal", "tasks": "STS17",
          "kind": "dense~sparse"}),
        ("tks=A%252C%20b,C", "", {"tasks": "A, b~C"}),
        ("zs=remove_unknown&avail=both&inst=only_non_instruction", "",
         {"zero": "known", "instructions": "no"}),
        ("lang=%20&dom=,&mods=,", "", {}),
        ("tab=never&minSize=x&maxSize=inf&openreq=x", "", {}),
    ],
)  # fmt: skip
def test_what_a_link_asks_for_is_asked_of_ours(query: str, tab: str, ours: dict[str, str]) -> None:
    found = shown(dict(parse_qsl(query)))
    assert found is not None
    assert (found.tab, dict(found.query)) == (tab, ours)


def test_links_of_our_own_are_left_alone() -> None:
    assert shown(dict(parse_qsl("types=STS~Retrieval&q=bge&st=yes&min=1&sort=-mean_task"))) is None


@given(
    st.dictionaries(
        st.sampled_from(
            ["tab", "types", "s.summary", "maxSize", "q", "pin", "st", "lang", "mtypes", "zs"]
        ),
        st.text(),
    )
)
def test_what_was_led_here_is_led_no_further(query: dict[str, str]) -> None:
    found = shown(query)
    if found is not None:
        assert shown(dict(found.query)) is None


@given(
    st.sampled_from(["models", "tasks"]),
    st.dictionaries(st.sampled_from(["types", "mods", "mtypes", "avail", "q", "kind"]), st.text()),
)
def test_a_list_that_was_led_here_is_led_no_further(page: str, query: dict[str, str]) -> None:
    found = shown_list(page, query)
    if found is not None:
        assert shown_list(page, dict(found.query)) is None


def test_a_comparison_names_its_models_in_two_ways() -> None:
    assert compared([("model", "a/b,c%2Fd"), ("model", "e/f")]) == (["a/b", "c/d", "e/f"], [])
    assert compared([("benchmark", "MTEB(eng, v2)")]) == ([], ["MTEB(eng, v2)"])
    assert compared([("models", "a/b"), ("board", "X")]) is None
