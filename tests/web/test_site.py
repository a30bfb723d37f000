"""From a request to a page: which addresses there are, and how often a page is made."""

from __future__ import annotations

import threading
import time
from concurrent.futures import ThreadPoolExecutor

import pytest

from frontrunner.answers.service import Service
from frontrunner.base.errors import UsageError
from frontrunner.http.app import Application
from frontrunner.http.pages import PageRequest
from frontrunner.snapshot.reader import Snapshot
from frontrunner.web import view_table
from frontrunner.web.site import MAX_SEARCH, MAX_TERMS, Site
from frontrunner.web.visit import Shown, Visit
from tests.http.conftest import call
from tests.web.conftest import NAME

HTML = {"accept": "text/html"}


def test_concurrent_first_visitors_get_one_page(
    service: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = []
    real = view_table.VIEWS["boards"]

    def slow(visit: Visit) -> Shown:
        made.append(threading.get_ident())
        time.sleep(0.1)
        return real(visit)

    monkeypatch.setitem(view_table.VIEWS, "boards", slow)
    site, request = Site(), PageRequest("/boards", b"", "en", True)
    with ThreadPoolExecutor(8) as pool:
        pages = list(pool.map(lambda _: site.find(service, request), range(8)))
    assert len(made) == 1
    assert all(page is pages[0] for page in pages)
    assert pages[0] is not None
    weight = sum(len(body or b"") for body in pages[0].answer[2:])
    assert weight <= site._cache.weight <= weight + 1_000


@pytest.mark.parametrize(
    "path",
    [
        "/boards/xyz", "/data/zzz", "/changes/x", "/search/x", "/compare/org/small", "/moved/x",
        "/zh/boards/xyz", "/zh/data/zzz", "/en/nothing", "/benchmark", "/old",
    ],
)  # fmt: skip
def test_below_a_page_without_names_there_is_nothing(snapshot: Snapshot, path: str) -> None:
    application = Application(snapshot, pages=Site())
    answer = call(application, "GET", path, headers=HTML)
    # `/benchmark` leads to the list of boards.
    assert answer.status_code == (301 if path == "/benchmark" else 404)
    assert call(application, "GET", path).status_code in (301, 404)


@pytest.mark.parametrize(
    ("path", "target"),
    [
        ("/zh//boards", "/zh/boards"),
        ("//boards", "/boards"),
        ("//example.org/boards", "/example.org/boards"),
        ("/boards/", "/boards"),
        ("/zh/boards//", "/zh/boards"),
        ("/models//org/small", "/models/org/small"),
        ("/zh//", "/zh"),
        ("/boards/?embed=1", "/boards?embed=1"),
        ("/tasks//Bücher", "/tasks/B%C3%BCcher"),
    ],
)
def test_slashes_too_many_lead_to_the_one_address(
    snapshot: Snapshot, path: str, target: str
) -> None:
    request = PageRequest(*path.partition("?")[::2], "", True)  # type: ignore[arg-type]
    page = Site().find(Service(snapshot), request._replace(query=path.partition("?")[2].encode()))
    assert page is not None
    assert page.status == 301
    assert dict(page.headers)[b"location"].decode() == target


@pytest.mark.parametrize(
    ("path", "status"),
    [("/nope", 404), ("/models/org/nope", 404), ("/?benchmark_name=Never", 404), ("/boards", 200)],
)
def test_what_depends_on_accept_says_so(snapshot: Snapshot, path: str, status: int) -> None:
    application = Application(snapshot, pages=Site())
    for headers in (HTML, {"accept": "application/json"}):
        answer = call(application, "GET", path, headers=headers)
        assert answer.status_code == status
        varies = {one.strip() for one in answer.headers["vary"].split(",")}
        assert ("accept" in varies) == (status != 200)


def searches(text: str) -> list[str]:
    return [f"{path}?q={text}" for path in ("/search", "/models", "/tasks", "/zh/search")]


@pytest.mark.parametrize(
    "text", ["x" * (MAX_SEARCH + 1), ";".join("a" * (MAX_TERMS + 1)), "a;" * 5_000]
)
def test_a_search_that_is_too_long_is_refused_with_a_page(snapshot: Snapshot, text: str) -> None:
    application = Application(snapshot, pages=Site())
    for path in searches(text):
        answer = call(application, "GET", path, headers=HTML)
        assert answer.status_code == 422
        assert str(MAX_SEARCH) in answer.text
        assert 'lang="zh"' in answer.text if path.startswith("/zh") else True
    for path in searches("x" * 20_000):
        answer = call(application, "GET", path, headers=HTML)
        assert answer.status_code == 414
        assert "<h1>" in answer.text


def test_a_long_search_that_people_type_is_answered(snapshot: Snapshot) -> None:
    application = Application(snapshot, pages=Site())
    for path in searches(";".join("abcdefghi"[:MAX_TERMS])):
        assert call(application, "GET", path, headers=HTML).status_code == 200


def test_a_name_is_a_part_of_a_path(snapshot: Snapshot) -> None:
    application = Application(snapshot, pages=Site())
    for path in (f"/benchmark/{NAME}", "/models/org/small", "/tasks/Search", "/zh/", "/zh", "/"):
        assert call(application, "GET", path, headers=HTML).status_code == 200


def test_a_query_that_cannot_be_answered_is_the_readers_mistake(
    snapshot: Snapshot, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(visit: Visit) -> Shown:
        raise UsageError("No such policy: kind.")

    monkeypatch.setitem(view_table.VIEWS, "boards", refuse)
    answer = call(Application(snapshot, pages=Site()), "GET", "/boards", headers=HTML)
    assert answer.status_code == 422
    assert "No such policy: kind." in answer.text


@pytest.mark.parametrize(
    ("path", "words"),
    [
        ("/boards", "up to date as of 2027-01-15 08:00 UTC"),
        ("/zh/boards", "数据核对于 2027-01-15 08:00 UTC"),
    ],
)
def test_the_footer_says_until_when_the_board_is_up_to_date(
    snapshot: Snapshot, path: str, words: str
) -> None:
    application = Application(snapshot, pages=Site())
    assert words not in call(application, "GET", path, headers=HTML).text
    application.use(snapshot, 1_800_000_000)
    assert words in call(application, "GET", path, headers=HTML).text
