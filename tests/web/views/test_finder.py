"""Search and filters of the lists of models and of tasks, as the server applies them."""

from __future__ import annotations

import re

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from frontrunner.web.views import finder, models, tasks
from frontrunner.web.views.finder import Facts
from tests.web.conftest import HOSTILE, Browser

ROWS = [
    Facts("org/small dense", {"kind": ("dense",), "modality": ("text",)}, 0.033),
    Facts("org/large dense", {"kind": ("dense",), "modality": ("text", "image")}, 7.0),
    Facts("other/one sparse", {"kind": ("sparse",), "modality": ()}, None, "was/Two"),
]


def _left(query: dict[str, str]) -> list[int]:
    names = ("kind", "modality")
    found = finder.find(query, names, ROWS, lambda _, value: value, sized=True)
    return [place for place, shown in enumerate(found.shown) if shown]


@pytest.mark.parametrize(
    ("query", "left"),
    [
        ({}, [0, 1, 2]),
        ({"q": "SMALL; one"}, [0, 2]),
        ({"q": " ; "}, [0, 1, 2]),
        ({"q": "dense small"}, [0]),
        ({"q": "small sparse"}, []),
        ({"q": "sparse one ; org large"}, [1, 2]),
        ({"q": "was/two"}, [2]),
        ({"q": "dense \uff1b one"}, [0, 1, 2]),
        ({"kind": "dense~sparse"}, [0, 1, 2]),
        ({"max": "100M"}, [0]),
        ({"min": "33000K", "max": "0.033"}, [0]),
        ({"kind": "dense"}, [0, 1]),
        ({"kind": "dense", "modality": "image"}, [1]),
        ({"kind": "nothing"}, []),
        ({"min": "0.1"}, [1]),
        ({"max": "0.1"}, [0]),
        ({"min": "one"}, [0, 1, 2]),
        ({"unknown": "x"}, [0, 1, 2]),
    ],
)
def test_what_a_query_leaves(query: dict[str, str], left: list[int]) -> None:
    assert _left(query) == left


@given(st.dictionaries(st.sampled_from(["q", "kind", "modality", "min", "max"]), st.text()))
def test_no_query_is_an_error(query: dict[str, str]) -> None:
    _left(query)


def test_a_script_is_told_the_same() -> None:
    found = finder.find({}, ("kind", "modality"), ROWS, lambda _, value: value)
    facts = msgspec.json.decode(found.facts)
    for place, row in enumerate(ROWS):
        for name, values in row.values.items():
            told = [facts["names"][number] for number in facts["columns"][name][place]]
            assert tuple(told) == values
    assert facts["size"] == [0.033, 7.0, None]
    assert facts["also"] == {"2": "was/Two"}


def test_choices_are_counted_and_the_most_frequent_comes_first() -> None:
    found = finder.find({"kind": "sparse"}, ("kind",), ROWS, lambda _, value: value.upper())
    [choice] = found.choices
    assert choice.options == (("dense", "DENSE", 2), ("sparse", "SPARSE", 1))
    assert (choice.chosen, found.active, found.left) == ("sparse", 1, 1)


def _names(html: str, what: str) -> set[str]:
    shown = re.findall(rf'<tr><th scope="row"[^>]*><a href="/{what}/([^"]+)"', html)
    return set(shown)


def test_models_are_filtered_without_scripts(browser: Browser) -> None:
    everything = _names(browser.text("/models"), "models")
    assert len(everything) == 4
    assert _names(browser.text("/models", "weights=open"), "models") == {"org/small"}
    assert _names(browser.text("/models", "results=no"), "models") == {"org/unrun"}
    assert _names(browser.text("/models", "min=1"), "models") == {"org/large"}
    html = browser.text("/models", "licence=mit&q=small")
    assert '<option value="mit" selected>' in html
    assert 'value="small"' in html
    assert "1 of 4 shown" in html


@pytest.mark.parametrize("word", ["open", "dense", "mit"])
def test_a_search_of_models_does_not_look_at_their_facts(browser: Browser, word: str) -> None:
    """Each row says "open" or "closed", so that a search for it left everything or nothing."""
    assert word in browser.text("/models")
    assert not _names(browser.text("/models", f"q={word}"), "models")
    assert _names(browser.text("/models", "q=ORG"), "models") == {
        "org/small",
        "org/large",
        "org/unrun",
    }


def test_tasks_are_filtered_without_scripts(browser: Browser) -> None:
    assert _names(browser.text("/tasks", "type=Retrieval"), "tasks") == {"Search"}
    assert _names(browser.text("/tasks", "language=German"), "tasks") == {"Search"}
    assert _names(browser.text("/tasks", "language=English"), "tasks") == {"Search", "Pairs"}
    assert _names(browser.text("/tasks", "domain=Legal"), "tasks") == {"Search"}


def test_every_filter_has_a_control(browser: Browser) -> None:
    for path, names in (("/models", models.FILTERS), ("/tasks", tasks.FILTERS)):
        html = browser.text(path)
        for name in (*names, "q"):
            assert f'name="{name}"' in html


def test_filters_cannot_break_out_of_the_page(browser: Browser) -> None:
    html = browser.text("/models", 'q="><script>alert(1)</script>&licence=</script><b>')
    assert "<script>alert" not in html
    assert HOSTILE not in html.partition('id="facts"')[2].partition("</script>")[0]


def test_a_filter_of_one_page_is_nothing_to_another(browser: Browser) -> None:
    assert browser.page("/boards", "kind=dense") is browser.page("/boards")
    assert browser.page("/models", "kind=dense") is not browser.page("/models")
