"""What users get if no board answers: a small page, or JSON, and never the other board's 404."""

from __future__ import annotations

from collections.abc import Iterator

import httpx
import pytest

from frontrunner.gateway.unavailable import unavailable_pages
from tests.gateway.conftest import Running, ask, until

PAGE = {"accept": "text/html,*/*"}
OF_NEW = "/benchmark/MTEB(eng%2C%20v2)"


@pytest.fixture
def without_new(gateway: Running) -> Iterator[Running]:
    """A gateway whose new board is gone."""
    gateway.new.refuse()
    yield gateway
    gateway.new.listen_again()
    gateway.wait_until_healthy()


@pytest.mark.parametrize("share", [0, 100])
def test_a_page_that_only_the_new_board_has(without_new: Running, share: int) -> None:
    without_new.share(share)
    answer = without_new.get(OF_NEW, headers=PAGE)
    assert answer.status_code == 503
    assert answer.headers["content-type"] == "text/html; charset=utf-8"
    assert answer.headers["cache-control"] == "no-store"
    assert answer.headers["retry-after"] == "5"
    assert "default-src 'none'" in answer.headers["content-security-policy"]
    assert "This page is not available right now" in answer.text
    assert 'href="/"' in answer.text
    assert "upstream" not in answer.text
    assert not without_new.old.asked
    front = without_new.get("/", headers=PAGE)
    assert (front.status_code, front.headers["x-frontrunner-side"]) == (200, "old")


def test_it_speaks_chinese(without_new: Running) -> None:
    answer = without_new.get(OF_NEW, headers={**PAGE, "accept-language": "zh-CN,en;q=0.5"})
    assert "页面暂时无法访问" in answer.text
    english = without_new.get(OF_NEW, headers={**PAGE, "accept-language": "de,zh;q=0.5"})
    assert 'lang="en"' in english.text


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_programs_get_json(without_new: Running, method: str) -> None:
    answer = ask(method, f"{without_new.url}/v1/benchmarks")
    assert answer.status_code == 503
    assert answer.headers["content-type"] == "application/json"
    assert answer.json() == {
        "detail": "No board answers this path right now. Try again in a minute."
    }
    assert ask("HEAD", f"{without_new.url}/v1/benchmarks").status_code == 503
    assert not without_new.old.asked


def test_the_new_boards_own_errors_are_its_answers(gateway: Running) -> None:
    gateway.new.mode = "500"
    for _ in range(12):  # one address is never left out: no other has these pages
        answer = gateway.get(OF_NEW, headers=PAGE)
        assert answer.status_code == 500
        assert answer.text.startswith("<html><head><title>new")
    gateway.new.mode = "ok"
    assert gateway.get(OF_NEW).status_code == 200
    assert not gateway.old.asked


def test_a_page_of_its_own_may_take_as_long_as_any_answer(gateway: Running) -> None:
    gateway.hurry()
    gateway.new.mode = "slow"  # longer than an attempt may take before the old board is asked
    answer = gateway.get(OF_NEW)
    assert (answer.status_code, answer.json()["board"]) == (200, "new")
    assert not gateway.old.asked


@pytest.mark.acceptance  # 12 s: three health checks must fail first
def test_a_board_that_hangs_is_not_waited_for_once_it_is_known(gateway: Running) -> None:
    gateway.new.mode, gateway.new.is_well = "hang", False
    until(lambda: not all(host.healthy for host in gateway.control.admin().hosts()))
    until(lambda: _is_refused_at_once(f"{gateway.url}/v1/x"))
    gateway.new.mode = "ok"
    until(lambda: gateway.get("/v1/x").status_code == 200)


def _is_refused_at_once(url: str) -> bool:
    """Pages of the new board have health checks of their own: a request before they fail waits."""
    try:
        return ask("GET", url, timeout=2).status_code == 503
    except httpx.TimeoutException:
        return False


def test_without_the_old_board_its_visitors_get_the_page_too(gateway: Running) -> None:
    gateway.old.refuse()
    try:
        answer = gateway.get("/", headers=PAGE)
        assert (answer.status_code, answer.headers["retry-after"]) == (503, "5")
        assert "This page is not available right now" in answer.text
        assert gateway.get("/queue/data").json()["detail"].startswith("No board answers")
        assert gateway.get(OF_NEW, headers=PAGE).status_code == 200
    finally:
        gateway.old.listen_again()
        gateway.wait_until_healthy()


def test_the_page_is_whole_in_each_language() -> None:
    for language, page in unavailable_pages().items():
        assert f'<html lang="{language}">' in page
        assert page.rstrip().endswith("</html>")
        assert page.count("%") == 2 * page.count("%%")
