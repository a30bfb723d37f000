from __future__ import annotations

from pathlib import Path

import pytest

from frontrunner.calls.entry import Calls
from frontrunner.http.routes import ROUTES
from frontrunner.web.view_table import VIEWS

CALLS = Calls(Path("nowhere"))


@pytest.mark.parametrize("path", [*VIEWS, "docs", "openapi.json", "favicon.ico", "_assets", "og"])
def test_no_page_of_ours_is_taken(path: str) -> None:
    for whole in (f"/{path}", f"/{path}/x", f"/zh/{path}"):
        assert not CALLS.takes(whole)


def test_no_route_of_ours_is_taken() -> None:
    assert ROUTES
    assert not [route.path for route in ROUTES if CALLS.takes(route.path)]
