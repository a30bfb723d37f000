"""What readers come for takes few actions: by mouse, by keyboard alone and without scripts."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from tests.browser.waits import expect
from tests.web.conftest import NAME

jobs = pytest.importorskip("bench.jobs")
pytestmark = [
    pytest.mark.browser,
    pytest.mark.parametrize("snapshot", ["small"], indirect=True, scope="session"),
]
SMALL = jobs.World(
    sentence="best open model under 500M for german retrieval with commercial use",
    language="German",
    kind="Retrieval",
    max="500M",
    pair=("org/small", "org/large"),
    versus="small vs large on retrieval",
    versus_kind="Retrieval",
    board=NAME,
    weighed="Retrieval",
)
KEYBOARD = {"desk": 60, "phone": 60}
"""Keys that a job takes at most."""


@pytest.fixture(params=["desk", "phone"])
def size(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture(params=["mouse", "keyboard"])
def hand(request: pytest.FixtureRequest) -> str:
    return str(request.param)


def _page(chromium: Any, size: str, *, scripts: bool) -> Iterator[Any]:
    width, height = jobs.SIZES[size]
    context = chromium.new_context(
        viewport={"width": width, "height": height}, locale="en-US", java_script_enabled=scripts
    )
    yield context.new_page()
    context.close()


@pytest.fixture
def opened(chromium: Any, size: str) -> Iterator[Any]:
    yield from _page(chromium, size, scripts=True)


@pytest.fixture
def bare(chromium: Any, size: str) -> Iterator[Any]:
    yield from _page(chromium, size, scripts=False)


@pytest.mark.parametrize("job", jobs.JOBS, ids=lambda job: job.name)
def test_a_job_takes_few_actions(opened: Any, address: str, size: str, hand: str, job: Any) -> None:
    actions, keys, _ = jobs.do(opened, address, job, hand, SMALL)
    assert actions <= job.most
    assert keys <= KEYBOARD[size]


@pytest.mark.parametrize("job", [j for j in jobs.JOBS if not j.scripts], ids=lambda job: job.name)
def test_a_job_is_done_without_scripts(bare: Any, address: str, job: Any) -> None:
    actions, _, _ = jobs.do(bare, address, job, "mouse", SMALL)
    assert actions <= job.most


def test_the_headings_are_one_tab_stop(opened: Any, address: str) -> None:
    opened.goto(f"{address}{jobs._tasks(SMALL)}")
    opened.wait_for_selector("#tools:not([hidden])")
    stops = "[...document.querySelectorAll('thead a, thead button')].filter(e => e.tabIndex >= 0)"
    assert opened.evaluate(f"{stops}.length") == 1
    opened.locator("thead .sort").first.focus()
    opened.keyboard.press("End")
    expect(opened.locator("thead .sort").last).to_be_focused()
    assert opened.evaluate(f"{stops}[0] === document.activeElement")
    opened.keyboard.press("ArrowDown")
    expect(opened.locator("tbody th a").first).to_be_focused()
