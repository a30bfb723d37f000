"""The web board in a real browser: what a reader waits for, and how many bytes it takes.

Every figure is the median of 7 runs. `cold` is a browser context of its own: no cache, no
connection. Run it alone: `python -m bench.web [--json] [HOME]`.
"""

from __future__ import annotations

import argparse
import json
import os
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

TIMES = 7
CHROMIUM = os.environ.get("FRONTRUNNER_CHROMIUM", "/usr/bin/chromium")
BOARDS = {"English": "MTEB(eng, v2)", "multilingual": "MTEB(Multilingual, v2)"}
LANGUAGES = ("German", "French", "Polish", "Hindi", "Swahili", "Korean", "Finnish", "Thai")
DESIGN = "figures of the first board and its successor are in the design: 7.3 s and 1.0 s"

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
SORT = "document.querySelector('#board th[data-k=\"params\"] button').click()"
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
RERANK = """
(language) => new Promise((resolve) => {
  const line = document.querySelector('#asked');
  const form = document.querySelector('#rerank form');
  form.querySelector('input[name="languages"]').value = language;
  const began = performance.now();
  new MutationObserver((_, watcher) => {
    if (!line.textContent.includes(language)) return;
    watcher.disconnect();
    requestAnimationFrame(() => {
      const channel = new MessageChannel();
      channel.port1.onmessage = () => resolve(performance.now() - began);
      channel.port2.postMessage(0);
    });
  }).observe(line, { childList: true, characterData: true, subtree: true });
  form.requestSubmit();
})
"""


class Opened(NamedTuple):
    """One cold visit."""

    visible_ms: float
    kilobytes: float
    script_kilobytes: float
    moved: float


class Bytes:
    """Adds up what comes over the wire, headers included, as gzip."""

    def __init__(self, session: CDPSession) -> None:
        self.kinds: dict[str, str] = {}
        self.sizes: dict[str, float] = {}
        session.on("Network.responseReceived", self._began)
        session.on("Network.loadingFinished", self._ended)
        session.send("Network.enable")
        session.send("Network.setExtraHTTPHeaders", {"headers": {"Accept-Encoding": "gzip"}})

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
    """A page with an empty cache."""
    context = browser.new_context(viewport={"width": 1440, "height": 900}, locale="en-US")
    context.add_init_script(WATCH)
    try:
        yield context.new_page()
    finally:
        context.close()


def ready(page: Page, address: str) -> None:
    """Open a board, and wait until its scripts have dressed it."""
    page.goto(address)
    page.wait_for_selector("#tools:not([hidden])")
    page.wait_for_timeout(300)


def opened(browser: Browser, address: str) -> Opened:
    """One cold visit, counted until nothing more is loaded."""
    with fresh_page(browser) as page:
        bytes_ = Bytes(page.context.new_cdp_session(page))
        page.goto(address)
        visible = page.evaluate("seen.then((at) => at - performance.timeOrigin)")
        page.wait_for_load_state("networkidle")
        moved = page.evaluate("moved")
        return Opened(visible, bytes_.total(), bytes_.total("Script"), moved)


def acted(browser: Browser, address: str, act: str) -> float:
    """Median milliseconds from an action to the next paint, on a page that is ready."""
    with fresh_page(browser) as page:
        ready(page, address)
        page.evaluate(ACT, act)  # the first one fixes the widths of columns
        seen = []
        for _ in range(TIMES):
            page.wait_for_timeout(150)
            seen.append(page.evaluate(ACT, act))
        return median(seen)


def reranked(browser: Browser, address: str) -> float:
    """Median milliseconds from picking a language, never asked for, to the board in it."""
    with fresh_page(browser) as page:
        ready(page, address)
        page.click("#rerank summary")
        page.wait_for_selector("#rerank datalist option", state="attached")
        seen = [page.evaluate(RERANK, language) for language in LANGUAGES]
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
    shown = f"{value:,.3f}" if unit == "" else f"{value:,.0f} {unit}"
    budget = f"{limit:,.2f}" if unit == "" else f"{limit:,.0f} {unit}"
    return Row(what, "", shown, f"<= {budget}", value <= limit, note)


def board_rows(browser: Browser, base: str, kind: str, name: str) -> Iterator[Row]:
    """All rows about one board."""
    address = address_of(base, name)
    say(f"{name}: cold visits")
    visits = [opened(browser, address) for _ in range(TIMES)]

    def middle(of: Callable[[Opened], float]) -> float:
        return median([of(visit) for visit in visits])

    yield at_most(f"{kind}: table visible, cold", middle(lambda v: v.visible_ms), 300, "ms", DESIGN)
    if kind == "English":
        yield at_most(f"{kind}: all bytes, gzip", middle(lambda v: v.kilobytes), 120, "KB")
    yield at_most(f"{kind}: scripts, gzip", middle(lambda v: v.script_kilobytes), 60, "KB")
    yield at_most(f"{kind}: layout shift", max(v.moved for v in visits), 0, "")
    say(f"{name}: sort, search, filter, rank again")
    for what, act in (("sort", SORT), ("search", SEARCH), ("filter", FILTER)):
        yield at_most(f"{kind}: {what} to next paint", acted(browser, address, act), 50, "ms")
    if kind != "English":
        yield at_most(f"{kind}: rank by a language", reranked(browser, address), 100, "ms")


def rows(home: Path) -> list[Row]:
    """All rows of this script."""
    if not Path(CHROMIUM).exists():
        sys.exit(f"{CHROMIUM} is not there. Run: make setup-browser")
    Store(home).current()  # raises where there is none that this version reads
    port = 18_400
    base = f"http://127.0.0.1:{port}"
    found: list[Row] = []
    with server(ours(home, port)), sync_playwright() as started:
        for name in BOARDS.values():
            first_answer(port, f"/benchmark/{quote(name)}")
        browser = started.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        for kind, name in BOARDS.items():
            found += board_rows(browser, base, kind, name)
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
