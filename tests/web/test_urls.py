from __future__ import annotations

from urllib.parse import unquote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from frontrunner.web.urls import Links, segment


def test_addresses_are_those_of_the_present_board() -> None:
    links = Links()
    assert links.board("MTEB(eng, v2)") == "/benchmark/MTEB(eng%2C%20v2)"
    assert links.model("BAAI/bge-m3") == "/models/BAAI/bge-m3"
    assert links.task("STS17") == "/tasks/STS17"
    assert links.compare(["a/b", "c/d"]) == "/compare?models=a/b,c/d"


def test_a_language_goes_into_every_page_but_not_into_files() -> None:
    links = Links("zh")
    assert links.page() == "/zh"
    assert links.board("B", "tasks") == "/zh/benchmark/B/tasks"
    assert links.asset("a.js") == "/_assets/a.js"
    assert links.in_language("en", "tasks") == "/en/tasks"


def test_a_copy_has_relative_addresses() -> None:
    links = Links(root="../../", suffix="/")
    assert links.page("models") == "../../models/"
    assert links.page() == "../../"
    assert Links(root="").page() == "./"
    assert links.board_data("B") == "../../v1/benchmarks/B/scores.json"


@given(st.text(min_size=1))
def test_a_segment_never_leaves_its_place(name: str) -> None:
    made = segment(name)
    assert unquote(made) == name
    assert not set(made) & set('/?#"<>&;')


@pytest.mark.parametrize("tab", ["tasks", "about"])
def test_tabs_have_addresses_of_their_own(tab: str) -> None:
    assert Links().model("o/m", tab) == f"/models/o/m/{tab}"
