"""The page about the API describes every route, and each of its examples works."""

from __future__ import annotations

import html
import re

import pytest

from frontrunner.http.app import Application
from frontrunner.http.routes import ROUTES
from frontrunner.snapshot.reader import Snapshot
from frontrunner.web.site import Site
from frontrunner.web.words import words
from tests.http.conftest import call


@pytest.mark.parametrize("prefix", ["", "/zh"])
def test_every_route_is_there_with_an_example_that_works(snapshot: Snapshot, prefix: str) -> None:
    board = Application(snapshot, pages=Site())
    page = call(board, "GET", f"{prefix}/docs").text
    for route in ROUTES:
        assert f"<b>GET</b> {route.path}</code>" in page
    examples = [html.unescape(one) for one in re.findall(r'<a href="(/v1/[^"]*)">', page)]
    assert len(examples) == len(ROUTES)
    for example in examples:
        assert f"curl -s 'http://board{example}'" in html.unescape(page)
        if "descriptive_statistics" not in example:  # of which few tasks have any
            assert call(board, "GET", example).status_code == 200, example


def test_every_text_of_a_route_is_in_chinese_too() -> None:
    known = words("zh").below("api_words")
    of_routes = {route.summary for route in ROUTES}
    of_params = {text for route in ROUTES for one in route.params for text in (one.kind, one.about)}
    assert {*of_routes, *of_params} - set(known) == set()
    assert set(known) - {*of_routes, *of_params} == set()
