"""Paths that belong to one board, for each kind of old board."""

from __future__ import annotations

import pytest

from frontrunner.base.config import GatewaySettings
from frontrunner.base.errors import GatewayError
from frontrunner.gateway.owned import owned_paths

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
OF_NOBODY = [
    "/", "/boards", "/benchmark/MTEB(eng, v2)", "/models/a/b", "/configuration", "/querying",
    "/apiary", "/filed", "/runs", "/resolve/main/boards_data/en/x",
]  # fmt: skip
CASES = [(kind, path) for kind, paths in BY_KIND.items() for path in [*paths, *OF_ALL]]


@pytest.mark.parametrize(("kind", "path"), CASES)
def test_what_an_open_page_talks_to(kind: str, path: str) -> None:
    for one in (kind, "gradio"):
        assert owned_paths(GatewaySettings(old_kind=one)).owner(path) == "old"  # type: ignore[arg-type]


@pytest.mark.parametrize("path", OF_NOBODY)
def test_pages_and_links_follow_the_bucket(path: str) -> None:
    assert owned_paths(GatewaySettings()).owner(path) is None


def test_the_new_boards_own() -> None:
    owned = owned_paths(GatewaySettings())
    assert [owned.owner(path) for path in ("/_assets/a.js", "/v1/rank", "/v1", "/v10")] == [
        "new", "new", "new", None,
    ]  # fmt: skip
    assert owned_paths(GatewaySettings(old_kind="mteb")).owner("/v1/rank") is None


def test_more_by_the_settings() -> None:
    owned = owned_paths(GatewaySettings(old_paths=("/a.b", "/pre*"), new_paths=("/n*",)))
    assert [owned.owner(path) for path in ("/a.b", "/aXb", "/prefix", "/pre", "/n/1")] == [
        "old", None, "old", "old", "new",
    ]  # fmt: skip


@pytest.mark.parametrize("path", ["x", "", "/a b", "/a\n", "/a|b", "/(", "/*/x"])
def test_a_path_that_cannot_be_one_is_refused(path: str) -> None:
    with pytest.raises(GatewayError, match="old_paths"):
        owned_paths(GatewaySettings(old_paths=(path,)))
