"""Paths that are never asked, because a GET of them could do harm."""

from __future__ import annotations

from urllib.parse import quote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from frontrunner.checks.contract.askable import why_not_asked


@pytest.mark.parametrize(
    "path",
    [
        "/logout",
        "/LOGOUT/",
        "/logOut",
        "/log-out?next=/",
        "/user/sign_out",
        "/%6cogout",
        "/a%2flogout",
        "//logout",
        "/x/../logout",
        "/logout.php",
        "/logout;jsessionid=1",
        "/wp-login.php?action=logout",
        "/?logout=1",
        "/?_method=DELETE",
        "/items/1/delete",
        "/deleteAll",
        "/DeleteAccount",
        "/v1/rollback",
        "/roll-back",
        "/shut_down",
        "/api/restart",
        "/x?delete",
        "/vote/3",
    ],
)
def test_a_path_that_may_change_something(path: str) -> None:
    assert why_not_asked(path) == "it may change data"


@pytest.mark.parametrize(
    "path",
    ["/x?token=1", "/x?a=1&api_key=2", "/?__sign=abc", "/x?Access_Token=1", "/?session_hash=a"],
)
def test_a_path_that_holds_a_secret(path: str) -> None:
    assert why_not_asked(path) == "it holds a secret"


@pytest.mark.parametrize(
    "path",
    [
        "/queue/data?x=1",
        "/queue/join",
        "/gradio_api/queue/data",
        "/call/filter_data/0a1b",
        "/gradio_api/heartbeat/abc",
        "/proxy=https://example.org",
        "/gradio_api/dev/reload",
    ],
)
def test_a_path_of_a_gradio_session(path: str) -> None:
    assert why_not_asked(path) == "it belongs to a Gradio session"


@pytest.mark.parametrize(
    "path",
    [
        "/",
        "/?task=sts&language=english",
        "/login",
        "/v1/benchmarks/MTEB(eng%2C%20v2)/scores?languages=deu",
        "/models/org/deleted-weights",
        "/tasks/ToxicConversationsClassification",
        "/compare?model=a&model=b",
        "/queue/status",
        "/gradio_api/info",
        "/x?" + "&".join(f"a{n}=1" for n in range(2000)),
        "/updates-2025",
    ],
)
def test_a_path_that_may_be_asked(path: str) -> None:
    assert why_not_asked(path) == ""


@given(st.text(max_size=60))
def test_any_path_has_an_answer(text: str) -> None:
    why_not_asked("/" + text)


@given(st.sampled_from(["logout", "delete", "signOut"]), st.text("abc/", max_size=9), st.text())
def test_an_action_is_found_wherever_it_stands(action: str, before: str, query: str) -> None:
    assert why_not_asked(f"/{before}/{action}?{quote(query)}")
