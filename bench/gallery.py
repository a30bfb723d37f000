"""A gallery of the pages: every kind of page, three widths, light and dark, every language.

Writes PNGs and an index.html to look through. Run it alone: `python -m bench.gallery HOME FOLDER`.
The pages are those of the browser tests, so a new kind of page is in both. `--only board,home`
takes a few kinds, and `--whole` the whole page, not the first screen.
"""

from __future__ import annotations

import argparse
import os
from collections.abc import Collection, Iterator
from html import escape
from pathlib import Path
from typing import NamedTuple
from urllib.parse import quote

from playwright.sync_api import Browser, sync_playwright
from tests.browser.test_every_page import paths

from bench.harness import first_answer, ours, say, server
from bench.reading import HOME
from frontrunner.snapshot.store import Store

CHROMIUM = os.environ.get("FRONTRUNNER_CHROMIUM", "/usr/bin/chromium")
FOLDER = Path("gallery")
SIZES = {1440: 900, 768: 1024, 390: 844}
THEMES = ("light", "dark")
LANGUAGES = {"en": "en-US", "zh": "zh-CN"}
PORT = 18_460
_AT_REST = """async () => {
  await document.fonts.ready;
  const frame = () => new Promise(requestAnimationFrame);
  await frame();
  await frame();
  await new Promise((done) => setTimeout(done, 100));
}"""
_STYLE = """
body { font: 15px/1.5 sans-serif; margin: 1rem; background: #777; color: #fff; }
section { display: flex; gap: 8px; overflow-x: auto; align-items: start; }
img { height: 22rem; border: 1px solid #000; }
"""


class Look(NamedTuple):
    """One way to look at a page."""

    width: int
    theme: str
    language: str

    def file(self, kind: str) -> str:
        """The name of the picture of a kind of page."""
        return f"{kind}-{self.width}-{self.theme}-{self.language}.png"


class Into(NamedTuple):
    """Where pictures go, and whether they show the whole page."""

    folder: Path
    whole: bool


LOOKS = [Look(*one) for one in ((w, t, n) for n in LANGUAGES for t in THEMES for w in SIZES)]


def take(browser: Browser, base: str, look: Look, pages: dict[str, str], into: Into) -> None:
    """Take the pictures of all pages in one look."""
    context = browser.new_context(
        viewport={"width": look.width, "height": SIZES[look.width]},
        color_scheme="dark" if look.theme == "dark" else "light",
        locale=LANGUAGES[look.language],
    )
    page = context.new_page()
    for kind, path in pages.items():
        page.goto(base + path)
        page.evaluate(_AT_REST)
        page.screenshot(path=into.folder / look.file(kind), full_page=into.whole)
    context.close()


def index(pages: Collection[str]) -> str:
    """The page to look through."""
    parts = [f"<!doctype html><meta charset=utf-8><title>Gallery</title><style>{_STYLE}</style>"]
    for kind in pages:
        pictures = "".join(
            f'<a href="{escape(quote(look.file(kind)))}"><img loading=lazy alt="{escape(kind)}, '
            f'{look.width} px, {look.theme}, {look.language}" '
            f'src="{escape(quote(look.file(kind)))}"></a>'
            for look in LOOKS
        )
        parts.append(f"<h2>{escape(kind)}</h2><section>{pictures}</section>")
    return "\n".join(parts)


def chosen(home: Path, only: str) -> Iterator[tuple[str, str]]:
    """The kinds of pages to look at, with their paths."""
    wanted = set(only.split(",")) if only else set()
    every = dict(paths(Store(home).current()))
    every.pop("_styleguide", None)
    for kind, path in every.items():
        if not wanted or kind in wanted:
            yield kind, path


def main() -> None:
    """Take all pictures, and write the index."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("home", nargs="?", type=Path, default=HOME, help="a home with boards")
    parser.add_argument("folder", nargs="?", type=Path, default=FOLDER, help="where to write")
    parser.add_argument("--only", default="", help="kinds of pages, separated by commas")
    parser.add_argument("--whole", action="store_true", help="whole pages, not first screens")
    asked = parser.parse_args()
    pages = dict(chosen(asked.home, asked.only))
    asked.folder.mkdir(parents=True, exist_ok=True)
    with server(ours(asked.home, PORT)), sync_playwright() as started:
        first_answer(PORT, "/models")
        browser = started.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        for look in LOOKS:
            say(f"{look.width} px, {look.theme}, {look.language}: {len(pages)} pages")
            take(browser, f"http://127.0.0.1:{PORT}", look, pages, Into(asked.folder, asked.whole))
        browser.close()
    (asked.folder / "index.html").write_text(index(pages), encoding="utf-8")
    say(f"Open {asked.folder / 'index.html'}")


if __name__ == "__main__":
    main()
