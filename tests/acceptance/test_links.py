"""Every link that is known of the older boards, on the real board."""

from __future__ import annotations

import io
import json
import tarfile
from itertools import pairwise
from typing import Any
from urllib.parse import parse_qsl, quote, quote_plus

import pytest
import zstandard

from frontrunner.answers.service import Service
from frontrunner.legacy.boardmap import load_board_map
from frontrunner.legacy.links.meaning import ToBoard, meaning
from frontrunner.snapshot.reader import Snapshot
from frontrunner.web.urls import Links
from tests.acceptance.conftest import shared
from tests.web.conftest import Browser
from tests.web.test_old_links import get, led

pytestmark = pytest.mark.acceptance


@pytest.fixture(scope="module")
def browser(real_snapshot: Snapshot) -> Browser:
    return Browser(Service(real_snapshot))


def vocabulary() -> Any:
    """The links that the first board knew, as recorded."""
    packed = shared("contract/legacy-gradio.tar.zst").read_bytes()
    stream = zstandard.ZstdDecompressor().stream_reader(io.BytesIO(packed))
    with tarfile.open(fileobj=stream, mode="r|") as tar:
        for member in tar:
            if member.name.endswith("urls.json"):
                file = tar.extractfile(member)
                assert file is not None
                return json.loads(file.read())
    raise AssertionError("no urls.json in the recording")


def test_every_recorded_link_leads_to_a_page(browser: Browser) -> None:
    pairs = vocabulary()["pairs"]
    assert len(pairs) == 57
    for pair in pairs:
        for spell in (str, str.upper):
            query = f"task={spell(pair['task'])}&language={quote(spell(pair['language']))}"
            target = led(get(browser, f"/?{query}"))
            assert target.split("?")[0] != "/"
            assert get(browser, target).status == 200, target


def test_no_link_leads_to_a_board_without_tasks(browser: Browser) -> None:
    catalog = browser.service.snapshot.catalog
    for row in load_board_map().values():
        for name in row.tasks:
            assert name in catalog.task_by_name, row
        found = meaning({"task": row.task, "language": row.language}, catalog)
        if isinstance(found, ToBoard) and found.types:
            scopes = catalog.benchmark_by_name[found.benchmark].scopes
            assert found.types[0] in {catalog.task_by_name[one.task].type for one in scopes}, row


def test_aliases_and_links_seen_in_the_wild(browser: Browser) -> None:
    known = vocabulary()
    for alias in known["historic_aliases"]["task"]:
        assert led(get(browser, f"/?task={alias}"))
    for one in known["links_seen_in_the_wild"]:
        page = get(browser, f"/{one['url']}")
        assert page.status in (301, 404)
        if page.status == 404:  # explains itself, and offers links that work
            assert b"<li><a href=" in page.answer.identity


def test_every_benchmark_of_the_second_and_the_present_board(browser: Browser) -> None:
    catalog = browser.service.snapshot.catalog
    links = Links()
    for bench in catalog.benchmarks:
        want = links.board(bench.name)
        for name in (bench.name, *bench.aliases):
            for value in (quote(name), quote_plus(name), quote(quote(name)), quote(name.lower())):
                assert led(get(browser, f"/?benchmark_name={value}")) == want, (name, value)
        assert get(browser, want).status == 200


def test_models_and_tasks_in_small_letters(browser: Browser) -> None:
    catalog = browser.service.snapshot.catalog
    links = Links()
    for name in [model.name for model in catalog.models][::10]:
        page = get(browser, links.model(name.lower()))
        assert page.status == 200 or led(page) == links.model(name)
    for name in [task.name for task in catalog.tasks][::25]:
        page = get(browser, links.task(name.upper()))
        assert page.status == 200 or led(page) == links.task(name)
    for old, new in catalog.old_task_names.items():
        page = get(browser, links.task(old))
        assert page.status == 200 or led(page) == links.task(new)


TABS = {
    "perf_language": "languages",
    "perf_task": "tasks",
    "perf_size": "size",
    "perf_time": "time",
    "task_info": "list",
}


def test_every_tab_of_the_present_board_leads_to_that_tab(browser: Browser) -> None:
    links = Links()
    for bench in browser.service.snapshot.catalog.benchmarks:
        board = links.board(bench.name)
        for theirs, ours in TABS.items():
            target = led(get(browser, f"{board}?tab={theirs}"))
            assert target in (f"{board}/{ours}", board), (bench.name, theirs, target)
            assert target != board or ours == "languages", (bench.name, theirs)
            assert get(browser, target).status in (200, 301), target


def test_every_model_of_the_present_board_can_be_compared_by_its_link(browser: Browser) -> None:
    names = [model.name for model in browser.service.snapshot.catalog.models][::50]
    for first, second in pairwise(names):
        target = led(get(browser, f"/compare?model={quote(first)},{quote(second)}"))
        assert parse_qsl(target.partition("?")[2]) == [("models", f"{first},{second}")]
        assert get(browser, target).status == 200
