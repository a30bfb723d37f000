from __future__ import annotations

import pytest

from frontrunner.answers.service import Service
from frontrunner.http.pages import PageRequest
from frontrunner.web import site
from frontrunner.web.drawn import ANYWHERE
from frontrunner.web.visit import Shown, Visit
from tests.web.conftest import NAME

PATH = f"/benchmark/{NAME}"


def test_a_page_is_made_once_for_all_the_hosts_that_clients_make_up(
    service: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    made: list[str] = []
    draw = site.to_bytes

    def counted(visit: Visit, path: str, shown: Shown) -> bytes:
        made.append(path)
        return draw(visit, path, shown)

    monkeypatch.setattr(site, "to_bytes", counted)
    board = site.Site()
    for number in range(12):
        origin = f"http://h{number}.example"
        page = board.find(service, PageRequest(PATH, b"", "", True, origin))
        assert page
        html = page.answer.identity.decode()
        assert f'<link rel="canonical" href="{origin}/benchmark/' in html
        assert ANYWHERE not in html
    assert len(made) == 1


@pytest.mark.parametrize("origin", ["", "http://a b", "http://x/<script>"])
def test_what_is_no_host_is_not_named(service: Service, origin: str) -> None:
    page = site.Site().find(service, PageRequest(PATH, b"", "", True, origin))
    assert page
    html = page.answer.identity.decode()
    assert "canonical" not in html
    assert ANYWHERE not in html


def test_equal_hosts_get_equal_pages_from_every_replica(service: Service) -> None:
    request = PageRequest(PATH, b"", "", True, "http://a.example")
    found = [site.Site().find(service, request) for _ in range(2)]
    assert len({one.answer.tag for one in found if one}) == 1
