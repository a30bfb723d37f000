"""Take the pictures of the README and the documentation: boards of a home.

Run it alone: `python -m bench.board_pictures HOME`. HOME has the public results.
"""

from __future__ import annotations

import argparse
import io
from pathlib import Path
from typing import NamedTuple
from urllib.parse import quote

from PIL import Image
from playwright.sync_api import Browser, sync_playwright

from bench.harness import first_answer, ours, say, server
from bench.web import CHROMIUM

FOLDER = Path(__file__).parents[1] / "docs" / "pictures"
PORT = 8911
QUALITY = 82
MOST = 150_000
"""Bytes that a picture may have: everybody who reads the README loads one."""
ENGLISH = quote("MTEB(eng, v2)")


class Picture(NamedTuple):
    """One picture: a page, and what must be seen on it."""

    name: str
    path: str
    seen: str
    width: int = 1280
    height: int = 720
    themes: tuple[str, ...] = ("light",)


PICTURES = (
    Picture("board", f"/benchmark/{ENGLISH}", "#tools:not([hidden])", themes=("light", "dark")),
    Picture("size", f"/benchmark/{ENGLISH}/size", "figure circle"),
    Picture("frame", f"/benchmark/{ENGLISH}?embed=1", "#board[data-by]", 640, 420),
)


def main() -> None:
    """Take all pictures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("home", type=Path, help="a home with the public results")
    home = parser.parse_args().home
    FOLDER.mkdir(exist_ok=True)
    with server(ours(home, PORT)), sync_playwright() as started:
        first_answer(PORT, "/models")
        browser = started.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        for picture in PICTURES:
            for theme in picture.themes:
                take(browser, picture, theme)
        browser.close()


def take(browser: Browser, picture: Picture, theme: str) -> None:
    """One picture in one theme. Raises ValueError if it is too large."""
    page = browser.new_page(
        viewport={"width": picture.width, "height": picture.height},
        color_scheme="dark" if theme == "dark" else "light",
    )
    page.goto(f"http://127.0.0.1:{PORT}{picture.path}", wait_until="networkidle")
    page.wait_for_selector(picture.seen)
    page.evaluate("document.fonts.ready")
    image = Image.open(io.BytesIO(page.screenshot()))
    path = FOLDER / f"{picture.name}-{theme}.webp"
    image.save(path, "WEBP", quality=QUALITY, method=6)
    size = path.stat().st_size
    say(f"{path.name}: {size:,} bytes")
    if size > MOST:
        raise ValueError(f"{path.name} has more than {MOST:,} bytes")
    page.close()


if __name__ == "__main__":
    main()
