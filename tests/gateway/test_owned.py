"""Paths that belong to one board, for each kind of old board."""

from __future__ import annotations

import pytest

from frontrunner.base.errors import GatewayError
from frontrunner.base.gateway_settings import GatewaySettings
from frontrunner.gateway.owned import owned_paths
from frontrunner.web.change_feeds import PREFIX
from frontrunner.web.feeds import FEED
from frontrunner.web.view_table import DEVELOPMENT, NAMED, VIEWS
from frontrunner.web.words import DEFAULT, languages

OF_ALL = ["/config", "/assets/index.js", "/static/x.css", "/theme.css", "/login", "/logout"]
BY_KIND = {
    "gradio3": ["/queue/join", "/queue/data", "/run/predict", "/api/predict", "/file=/tmp/a",
                "/file/x", "/upload", "/reset", "/startup-events", "/info", "/app_id"],
    "gradio4": ["/queue/join", "/queue/data", "/call/f", "/call/f/abc", "/run/f", "/file=/a",
                "/upload", "/upload_progress", "/heartbeat/s", "/component_server", "/proxy=http"],
    "gradio5": ["/gradio_api/queue/join", "/gradio_api/info", "/gradio_api/file=/a", "/svelte/x",
                "/gradio_api/heartbeat/s", "/gradio_api/upload", "/_app/x.js", "/manifest.json"],
    "gradio6": ["/gradio_api/queue/data", "/gradio_api/call/f", "/gradio_api/mcp/sse"],
}  # fmt: skip
OF_BOTH = [
    "/", "/configuration", "/querying", "/apiary", "/filed", "/runs",
    "/resolve/main/boards_data/en/x",
    "/openapi.json", "/sitemap.xml", "/health", "/metrics", "/boardsx", "/data/x", "/zhx",
    "/compared", "/model/a", "/benchmarks", "/v10",
]  # fmt: skip
PAGES = [
    "/boards", "/benchmark/MTEB(eng, v2)", "/benchmark/x/tasks", "/models", "/models/a/b",
    "/tasks/x",
    "/compare", "/docs", "/zh", "/zh/benchmark/x", "/old/x/en", "/og/site.png", "/changes.atom",
    "/search",
]  # fmt: skip
CASES = [(kind, path) for kind, paths in BY_KIND.items() for path in [*paths, *OF_ALL]]


@pytest.mark.parametrize(("kind", "path"), CASES)
def test_what_an_open_page_talks_to(kind: str, path: str) -> None:
    for one in (kind, "gradio"):
        assert owned_paths(GatewaySettings(old_kind=one)).owner(path) == "old"  # type: ignore[arg-type]


@pytest.mark.parametrize("path", OF_BOTH)
def test_what_both_boards_may_have_follows_the_bucket(path: str) -> None:
    assert owned_paths(GatewaySettings()).owner(path) is None


@pytest.mark.parametrize("path", ["/_assets/a.js", "/v1/rank", "/v1", *PAGES])
@pytest.mark.parametrize("kind", ["gradio", "gradio3", "gradio4", "gradio5", "gradio6"])
def test_the_new_boards_own(kind: str, path: str) -> None:
    assert owned_paths(GatewaySettings(old_kind=kind)).owner(path) == "new"  # type: ignore[arg-type]


def test_the_present_board_of_mteb_has_pages_of_these_names_itself() -> None:
    owned = owned_paths(GatewaySettings(old_kind="mteb"))
    assert {owned.owner(path) for path in ["/v1/rank", *PAGES]} == {None}
    assert owned.owner("/_assets/a.js") == "new"


def test_every_page_of_the_new_board_is_its_own() -> None:
    owned = owned_paths(GatewaySettings())
    pages = [f"/{name}" for name in VIEWS if name and name not in DEVELOPMENT]
    pages += [f"/{name}/x" for name in NAMED]
    pages += [f"/{one}/boards" for one in languages() if one != DEFAULT]
    pages += [FEED, f"{PREFIX}boards/x.atom"]
    assert {path: owned.owner(path) for path in pages} == dict.fromkeys(pages, "new")


def test_a_page_of_the_old_board_is_given_back_to_it() -> None:
    owned = owned_paths(GatewaySettings(old_paths=("/compare", "/models*")))
    assert [owned.owner(path) for path in ("/compare", "/models/a/b", "/tasks")] == [
        "old", "old", "new",
    ]  # fmt: skip


def test_more_by_the_settings() -> None:
    owned = owned_paths(GatewaySettings(old_paths=("/a.b", "/pre*"), new_paths=("/n*",)))
    assert [owned.owner(path) for path in ("/a.b", "/aXb", "/prefix", "/pre", "/n/1")] == [
        "old", None, "old", "old", "new",
    ]  # fmt: skip


@pytest.mark.parametrize("path", ["x", "", "/a b", "/a\n", "/a|b", "/(", "/*/x"])
def test_a_path_that_cannot_be_one_is_refused(path: str) -> None:
    with pytest.raises(GatewayError, match="old_paths"):
        owned_paths(GatewaySettings(old_paths=(path,)))
