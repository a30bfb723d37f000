"""The jobs that readers come for, done in a real browser: how many actions and how long they take.

Each job is done with a mouse, by keyboard alone and where possible without scripts, on a desk and
on a phone. A click, a typed text with Enter and a choice in a list are one action each. Times are
those of the browser and the server; they include no thinking. Run it alone:
`python -m bench.jobs [--json] [HOME]`, where HOME has the public results.
"""

from __future__ import annotations

import argparse
import json
import re
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import NamedTuple
from urllib.parse import quote

from playwright.sync_api import Browser, Locator, Page, expect, sync_playwright

from bench.hands import Hand, Keyboard, Mouse
from bench.harness import first_answer, ours, say, server
from bench.reading import HOME
from bench.web import CHROMIUM

PORT = 8913
SIZES = {"desk": (1440, 900), "phone": (390, 844)}
SECONDS = 10.0
"""Any job is done in fewer."""


class World(NamedTuple):
    """What a board's readers ask for."""

    sentence: str
    language: str
    kind: str
    max: str
    pair: tuple[str, str]
    """Models to compare."""
    versus: str
    versus_kind: str
    board: str
    weighed: str
    """A kind of task of the board, to count more."""


REAL = World(
    "best open model under 500M for German retrieval, commercial use",
    "German",
    "Retrieval",
    "500M",
    ("Qwen/Qwen3-Embedding-8B", "Qwen/Qwen3-Embedding-4B"),
    "qwen3 embedding 8b vs qwen3 embedding 4b on reranking",
    "Reranking",
    "MTEB(Multilingual, v2)",
    "Retrieval",
)


class Job(NamedTuple):
    """Something that readers come for."""

    name: str
    start: Callable[[World], str]
    """The path where it begins."""
    do: Callable[[Page, Hand, World], None]
    most: int
    """Actions that it may take."""
    scripts: bool = True
    """Whether it needs scripts."""


expect.set_options(timeout=20_000)


def _home(_: World) -> str:
    return "/"


def _board(world: World) -> str:
    return f"/benchmark/{quote(world.board)}"


def _tasks(world: World) -> str:
    return f"/benchmark/{quote(world.board)}/tasks"


def _ranked_by_need(page: Page, world: World) -> None:
    expect(
        page.locator("#asked, h1").filter(has_text=re.compile(f"{world.language}"))
    ).to_be_visible()
    expect(page.locator("#chips .chip")).to_have_count(3)
    expect(page.locator("#board tbody tr:visible").first).to_be_visible()


def by_sentence(page: Page, hand: Hand, world: World) -> None:
    """The best open model for a need, asked in words."""
    hand.write(page.locator('input[name="say"]'), world.sentence)
    _ranked_by_need(page, world)


def by_fields(page: Page, hand: Hand, world: World) -> None:
    """The same, asked by the fields."""
    hand.pick(page.locator('.need select[name="max"]'), world.max)
    hand.write(page.locator('.need input[name="language"]'), world.language)
    _ranked_by_need(page, world)


def versus(page: Page, hand: Hand, world: World) -> None:
    """X against Y on a kind of task, asked in the search."""
    hand.write(page.locator("[data-find]"), world.versus)
    hand.press(page.locator("a.button.main"))
    expect(page.locator("p.gap b")).to_be_visible()
    expect(page.locator("select[name=type]")).to_have_value(world.versus_kind)


def pinned(page: Page, hand: Hand, world: World) -> None:
    """X against Y from a board: two pins and a button."""
    for name in world.pair:
        row = page.locator(f'#board tbody tr:visible:has(a[href$="/models/{name}"])').first
        hand.press(row.locator(".pin"))
    hand.press(page.locator("#compare"))
    kind = page.locator("tr", has=page.locator(f'a[href$="type={world.versus_kind}"]'))
    expect(kind.locator("td.means")).not_to_be_empty()


def source_of_a_score(page: Page, hand: Hand, world: World) -> None:
    """The raw file and the command behind a score."""
    hand.press(_first_score(page))
    _has_source(page)


def source_of_a_mean(page: Page, hand: Hand, world: World) -> None:
    """The raw files and the command behind a mean."""
    hand.press(_first_score(page))
    _has_source(page)


_FIRST_SCORE = r"""() => {
  const row = document.querySelector('#board tbody tr:not([hidden])');
  const found = [...row.cells].findIndex((one) => /^\d+\.\d\d/.test(one.textContent.trim()));
  return [row.rowIndex, found + 1];
}"""


def _first_score(page: Page) -> Locator:
    """The first score of the first row, by its place: a board has thousands of cells."""
    row, place = page.evaluate(_FIRST_SCORE)
    return page.locator(f"#board > tbody > tr:nth-child({row}) > :nth-child({place})").first


def _has_source(page: Page) -> None:
    expect(page.locator("#source-title, .source h1")).to_contain_text(re.compile(r"\d\.\d\d"))
    expect(page.locator(".source")).to_contain_text(".json")
    expect(page.locator(".source pre").last).to_contain_text("mteb run")


def source_of_a_row(page: Page, hand: Hand, world: World) -> None:
    """The raw files and the command behind all scores of a row."""
    hand.press(page.locator("#board tbody tr:visible a.src").first)
    expect(page.locator(".source")).to_contain_text(".json")
    expect(page.locator(".source pre").last).to_contain_text("mteb run")


def incomplete(page: Page, hand: Hand, world: World) -> None:
    """Why a row is incomplete, and how to complete it."""
    hand.press(page.locator("#board tbody tr:visible td.part a.src").first)
    expect(page.locator(".source .missing")).to_be_visible()
    expect(page.locator(".source .missing")).to_contain_text(re.compile("mteb run|private|data"))


def weights(page: Page, hand: Hand, world: World) -> None:
    """Weights by own importance; the address is the link to share."""
    _open_weights(page, hand)
    hand.write(page.locator(f'[name="weigh.{world.weighed}"][type="number"]'), "3")
    _weighs(page, world)


def _open_weights(page: Page, hand: Hand) -> None:
    panel = page.locator("#rerank summary")
    if panel.is_visible():
        hand.press(panel)
    else:
        hand.press(page.locator('noscript a[href*="/customize"]').first)


def _weighs(page: Page, world: World) -> None:
    expect(page.locator("#asked")).to_contain_text("\u00d73")
    expect(page).to_have_url(re.compile("weigh="))
    here, first = page.url, page.locator("#board tbody .m a").first.inner_text()
    page.goto("about:blank")
    page.goto(here)
    expect(page.locator("#asked")).to_contain_text("\u00d73")
    expect(page.locator("#board tbody .m a").first).to_have_text(first, use_inner_text=True)


JOBS = (
    Job("best model for a need, in words", _home, by_sentence, 3, scripts=False),
    Job("best model for a need, by fields", _home, by_fields, 3, scripts=False),
    Job("X against Y, in the search", _home, versus, 3, scripts=False),
    Job("X against Y, by pins", _board, pinned, 3),
    Job("source of a score", _tasks, source_of_a_score, 1),
    Job("source of a mean", _board, source_of_a_mean, 1),
    Job("sources of a row", _board, source_of_a_row, 1, scripts=False),
    Job("why a row is incomplete", _board, incomplete, 1, scripts=False),
    Job("weights, shared by link", _board, weights, 3, scripts=False),
)
HANDS: dict[str, Callable[[Page], Hand]] = {"mouse": Mouse, "keyboard": Keyboard}


class Done(NamedTuple):
    """How a job went."""

    job: str
    size: str
    hand: str
    actions: int
    most: int
    keys: int
    seconds: float


def do(page: Page, address: str, job: Job, hand: str, world: World) -> tuple[int, int, float]:
    """Do a job: its actions, its keys and its seconds. Raises AssertionError if it fails."""
    page.goto(address + job.start(world))
    if page.evaluate("document.querySelector('#tools') !== null") and job.scripts:
        page.wait_for_selector("#tools:not([hidden])")
        page.wait_for_load_state("networkidle")
    doer = HANDS[hand](page)
    began = time.perf_counter()
    job.do(page, doer, world)
    return doer.actions, doer.keys, time.perf_counter() - began


def every(browser: Browser, address: str, world: World, jobs: Sequence[Job] = JOBS) -> list[Done]:
    """All jobs, on a desk and on a phone, by mouse, by keyboard and without scripts."""
    found = []
    for size, (width, height) in SIZES.items():
        for job in jobs:
            for hand, scripts in (("mouse", True), ("keyboard", True), ("mouse", False)):
                if not scripts and job.scripts:
                    continue
                context = browser.new_context(
                    viewport={"width": width, "height": height},
                    locale="en-US",
                    java_script_enabled=scripts,
                )
                page = context.new_page()
                done = do(page, address, job, hand, world)
                found.append(
                    Done(job.name, size, hand if scripts else "no scripts", *_order(done, job))
                )
                say(f"{found[-1]}")
                context.close()
    return found


def _order(done: tuple[int, int, float], job: Job) -> tuple[int, int, int, float]:
    actions, keys, seconds = done
    return actions, job.most, keys, round(seconds, 2)


def main() -> None:
    """Do all jobs and print a table; ends with 1 if a job takes too many actions or too long."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("home", type=Path, nargs="?", default=HOME)
    parser.add_argument("--json", action="store_true")
    given = parser.parse_args()
    with server(ours(given.home, PORT)), sync_playwright() as started:
        first_answer(PORT, "/models")
        browser = started.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        found = every(browser, f"http://127.0.0.1:{PORT}", REAL)
        browser.close()
    print(json.dumps([one._asdict() for one in found]) if given.json else table(found))
    if any(one.actions > one.most or one.seconds > SECONDS for one in found):
        raise SystemExit(1)


def table(found: Sequence[Done]) -> str:
    """The results as Markdown."""
    head = "| job | where | actions (limit) | keys | seconds |\n|---|---|---|---|---|"
    lines = [
        f"| {one.job} | {one.size}, {one.hand} | {one.actions} ({one.most}) | {one.keys or ''} |"
        f" {one.seconds:.1f} |"
        for one in found
    ]
    return "\n".join([head, *lines])


if __name__ == "__main__":
    main()
