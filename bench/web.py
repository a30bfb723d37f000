"""The web board in a real browser: what a reader waits for, and how many bytes it takes.

Every figure is the median of 5 runs. `cold` is a browser context of its own: no cache, no
connection. It begins when the window is ready: Chromium loads some hundred files of its own
interface for each new one, which takes both cores for a second. On a busy machine compare the CPU
time, which waits for nobody.
`python -m bench.web [--json] [HOME]` takes about a minute.
"""

from __future__ import annotations

import argparse
import json
import os
import socket
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import quote

from playwright.sync_api import Browser, CDPSession, Page, sync_playwright

from bench.harness import Row, first_answer, median, ours, say, server
from bench.reading import HOME
from frontrunner.snapshot.store import Store

TIMES = 5
CHROMIUM = os.environ.get("FRONTRUNNER_CHROMIUM", "/usr/bin/chromium")
BOARDS = {"English": "MTEB(eng, v2)", "Multilingual": "MTEB(Multilingual, v2)"}
LANGUAGES = ("German", "French", "Polish", "Hindi", "Finnish", "Korean")
DESIGN = "figures of the first board and its successor are in the design: 7.3 s and 1.0 s"
VISIBLE_MS, KILOBYTES, ACT_MS = 250, 60, 50
"""What a reader may wait for a board, what it may weigh, and what an action may take."""

# The first row of the table has been painted: it is in the page, has a height, and a frame has
# passed since. Layout shifts are added up from the start.
WATCH = """
window.moved = 0;
new PerformanceObserver((list) => {
  for (const one of list.getEntries()) window.moved += one.value;
}).observe({ type: "layout-shift", buffered: true });
window.seen = new Promise((resolve) => {
  const painted = () => requestAnimationFrame(() => {
    const channel = new MessageChannel();
    channel.port1.onmessage = () => resolve(performance.timeOrigin + performance.now());
    channel.port2.postMessage(0);
  });
  const look = () => {
    const row = document.querySelector("#board tbody tr");
    row && row.getBoundingClientRect().height ? painted() : requestAnimationFrame(look);
  };
  requestAnimationFrame(look);
});
"""
# From an action to the frame after it: what Interaction to Next Paint counts.
ACT = """
(act) => new Promise((resolve) => {
  const began = performance.now();
  new Function(act)();
  requestAnimationFrame(() => {
    const channel = new MessageChannel();
    channel.port1.onmessage = () => resolve(performance.now() - began);
    channel.port2.postMessage(0);
  });
})
"""
SORT = "document.querySelector('#board th[data-k=\"params\"] .sort').click()"
SEARCH = """
const box = document.querySelector('#q');
box.value = box.value ? '' : 'a';
box.dispatchEvent(new Event('input', { bubbles: true }));
"""
FILTER = """
const choice = document.querySelector('select[name="weights"]');
choice.value = choice.value ? '' : 'open';
choice.dispatchEvent(new Event('change', { bubbles: true }));
"""


SETTLED_MS = 1500
"""After which Chromium has loaded its own interface for a new window."""
THREAD_TIME = {"timeDomain": "threadTicks"}
"""Chromium then counts CPU time of its threads; by default, time that passed."""


class Opened(NamedTuple):
    """One cold visit."""

    visible_ms: float
    cpu_ms: float
    """Of the page's main thread, until nothing more is loaded."""
    kilobytes: float
    script_kilobytes: float
    moved: float


class Bytes:
    """Adds up what comes over the wire, headers included; `encoding` is what is asked for."""

    def __init__(self, session: CDPSession, encoding: str = "") -> None:
        self.kinds: dict[str, str] = {}
        self.sizes: dict[str, float] = {}
        session.on("Network.responseReceived", self._began)
        session.on("Network.loadingFinished", self._ended)
        session.send("Network.enable")
        if encoding:
            headers = {"headers": {"Accept-Encoding": encoding}}
            session.send("Network.setExtraHTTPHeaders", headers)

    def _began(self, event: dict[str, Any]) -> None:
        self.kinds[event["requestId"]] = event["type"]

    def _ended(self, event: dict[str, Any]) -> None:
        self.sizes[event["requestId"]] = event["encodedDataLength"]

    def total(self, kind: str = "") -> float:
        """Kilobytes of all requests, or of those of one kind."""
        wanted = (one for one in self.sizes if not kind or self.kinds.get(one) == kind)
        return sum(self.sizes[one] for one in wanted) / 1024


@contextmanager
def fresh_page(browser: Browser) -> Iterator[Page]:
    """A page with an empty cache, in a window that is ready for its reader."""
    context = browser.new_context(viewport={"width": 1440, "height": 900}, locale="en-US")
    context.add_init_script(WATCH)
    try:
        page = context.new_page()
        page.wait_for_timeout(SETTLED_MS)
        yield page
    finally:
        context.close()


def ready(page: Page, address: str) -> None:
    """Open a board, and wait until its scripts have dressed it."""
    page.goto(address)
    page.wait_for_selector("#tools:not([hidden])")
    page.wait_for_timeout(300)


def cpu_ms(session: CDPSession) -> float:
    """Milliseconds that the page's main thread has worked."""
    metrics = session.send("Performance.getMetrics")["metrics"]
    return next(float(one["value"]) for one in metrics if one["name"] == "TaskDuration") * 1000


def opened(browser: Browser, address: str, encoding: str = "") -> Opened:
    """One cold visit, counted until nothing more is loaded."""
    with fresh_page(browser) as page:
        session = page.context.new_cdp_session(page)
        session.send("Performance.enable", THREAD_TIME)
        bytes_ = Bytes(session, encoding)
        page.goto(address)
        visible = page.evaluate("seen.then((at) => at - performance.timeOrigin)")
        page.wait_for_load_state("networkidle")
        moved = page.evaluate("moved")
        return Opened(visible, cpu_ms(session), bytes_.total(), bytes_.total("Script"), moved)


class Acted(NamedTuple):
    """Medians of one action."""

    paint_ms: float
    cpu_ms: float


def acted(browser: Browser, address: str, act: str) -> Acted:
    """From an action to the next paint, on a page that is ready, and all work that it made."""
    with fresh_page(browser) as page:
        session = page.context.new_cdp_session(page)
        session.send("Performance.enable", THREAD_TIME)
        ready(page, address)
        page.evaluate(ACT, act)  # the first one fixes the widths of columns
        waited, worked = [], []
        for _ in range(TIMES):
            page.wait_for_timeout(150)
            before = cpu_ms(session)
            waited.append(page.evaluate(ACT, act))
            page.wait_for_timeout(150)
            worked.append(cpu_ms(session) - before)
        return Acted(median(waited), median(worked))


def reranked(browser: Browser, address: str) -> float:
    """Median milliseconds to the board in a language that nobody asked for, by its address."""
    with fresh_page(browser) as page:
        ready(page, address)
        seen = []
        for language in LANGUAGES:
            page.goto(f"{address}?languages={language}")
            page.wait_for_selector("#board tbody tr")  # fails where there is no board
            seen.append(page.evaluate("seen.then((at) => at - performance.timeOrigin)"))
        return median(seen[1:])  # the server loads what ranking needs on the first


def went(browser: Browser, base: str) -> float:
    """Median milliseconds from one board to another by a link, with the pages' files cached."""
    names = list(BOARDS.values())
    with fresh_page(browser) as page:
        ready(page, address_of(base, names[0]))
        seen = []
        for number in range(1, TIMES + 1):
            there = address_of(base, names[number % 2]) + f"?visit={number}"
            began = page.evaluate(
                """(there) => {
                  const link = document.createElement('a');
                  link.href = there;
                  document.body.append(link);
                  const began = performance.timeOrigin + performance.now();
                  link.click();
                  return began;
                }""",
                there,
            )
            page.wait_for_url(there, wait_until="commit")
            seen.append(page.evaluate("seen") - began)
        return median(seen)


def address_of(base: str, board: str) -> str:
    """The address of a board's page."""
    return f"{base}/benchmark/{quote(board)}"


def at_most(what: str, value: float, limit: float, unit: str, note: str = "") -> Row:
    """A row whose budget is an upper limit."""
    digits = {"": 3, "KB": 1}.get(unit, 0)
    shown = f"{value:,.{digits}f} {unit}".rstrip()
    budget = f"{limit:,.2f}" if unit == "" else f"{limit:,.0f} {unit}"
    return Row(what, "", shown, f"<= {budget}", value <= limit, note)


def board_rows(browser: Browser, base: str, kind: str, name: str) -> Iterator[Row]:
    """All rows about one board."""
    address = address_of(base, name)
    say(f"{name}: {TIMES} cold visits")
    visits = [opened(browser, address) for _ in range(TIMES)]
    plainest = opened(browser, address, "gzip")

    def middle(of: Callable[[Opened], float]) -> float:
        return median([of(visit) for visit in visits])

    visible = middle(lambda visit: visit.visible_ms)
    note = f"CPU {middle(lambda visit: visit.cpu_ms):.0f} ms; {DESIGN}"
    yield at_most(f"{kind}: table visible, cold", visible, VISIBLE_MS, "ms", note)
    kilobytes = middle(lambda visit: visit.kilobytes)
    yield at_most(f"{kind}: all bytes", kilobytes, KILOBYTES, "KB", "as Chromium asks")
    yield at_most(f"{kind}: all bytes by gzip", plainest.kilobytes, KILOBYTES, "KB")
    scripts = middle(lambda visit: visit.script_kilobytes)
    yield at_most(f"{kind}: scripts", scripts, 15, "KB")
    yield at_most(f"{kind}: layout shift", max(visit.moved for visit in visits), 0, "")
    for what, act in (("sort", SORT), ("search", SEARCH), ("filter", FILTER)):
        say(f"{name}: {what}")
        found = acted(browser, address, act)
        note = f"CPU {found.cpu_ms:.0f} ms in all"
        yield at_most(f"{kind}: {what} to next paint", found.paint_ms, ACT_MS, "ms", note)
    if kind != "English":
        say(f"{name}: rank by a language")
        yield at_most(f"{kind}: rank by a language", reranked(browser, address), VISIBLE_MS, "ms")


def free_port() -> int:
    """A port that nobody uses."""
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return int(one.getsockname()[1])


def rows(home: Path) -> list[Row]:
    """All rows of this script."""
    if not Path(CHROMIUM).exists():
        sys.exit(f"{CHROMIUM} is not there. Run: make setup-browser")
    Store(home).current()  # raises where there is none that this version reads
    port = free_port()
    base = f"http://127.0.0.1:{port}"
    found: list[Row] = []
    with server(ours(home, port)), sync_playwright() as started:
        say("The server starts")
        for name in BOARDS.values():
            first_answer(port, f"/benchmark/{quote(name)}")
        browser = started.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        for kind, name in BOARDS.items():
            found += board_rows(browser, base, kind, name)
        say("from board to board")
        found.append(at_most("board to board, by a link", went(browser, base), 150, "ms"))
        browser.close()
    return found


def main() -> None:
    """Measure, and print as a table or as JSON."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--json", action="store_true", help="print JSON")
    parser.add_argument("home", nargs="?", type=Path, default=HOME, help="a home with real boards")
    asked = parser.parse_args()
    measured = rows(asked.home)
    if asked.json:
        print(json.dumps([row._asdict() for row in measured], indent=2))
        return
    from bench.table import show

    show(measured)


if __name__ == "__main__":
    main()
