"""Pictures for links in chats."""

from __future__ import annotations

import io
import re
from pathlib import Path

import pytest

from frontrunner.answers.service import Service
from frontrunner.base.errors import MissingExtraError
from frontrunner.web import cards
from frontrunner.web.views.cards import Card, board_card, model_card, site_card
from frontrunner.web.words import words
from tests.web.conftest import HOSTILE, NAME, Browser

Image = pytest.importorskip("PIL.Image")
VARIABLES = Path(__file__).parents[2] / "frontend/src/variables.css"


def _meta(html: str, name: str) -> str:
    found = re.search(rf'(?:property|name)="{name}" content="([^"]*)"', html)
    assert found, name
    return found[1]


@pytest.mark.parametrize(
    "path", ["/", f"/benchmark/{NAME}", "/models/org/small", "/models", f"/models/{HOSTILE}"]
)
def test_a_link_to_a_page_shows_a_picture_that_is_there(browser: Browser, path: str) -> None:
    from urllib.parse import unquote

    html = browser.text(path)
    address = _meta(html, "og:image")
    assert address.startswith("http://board.example/og/")
    assert _meta(html, "twitter:card") == "summary_large_image"
    assert _meta(html, "og:image:alt").startswith(_meta(html, "og:title"))
    page = browser.page(unquote(address.removeprefix("http://board.example")))
    assert page.answer.media_type == "image/png"
    image = Image.open(io.BytesIO(page.answer.identity))
    assert image.format == "PNG"
    size = (int(_meta(html, "og:image:width")), int(_meta(html, "og:image:height")))
    assert image.size == size == cards.SIZE


def test_what_is_not_there_has_no_picture(browser: Browser) -> None:
    assert "og:image" not in browser.text("/nowhere")
    for path in ("/og/boards/None.png", "/og/site", "/og/boards/Old.svg"):
        assert cards.find(browser.service, path.removeprefix("/og/")) is None


def test_a_picture_is_drawn_once_and_the_same_everywhere(browser: Browser) -> None:
    first = browser.page(f"/og/boards/{NAME}.png")
    assert browser.page(f"/og/boards/{NAME}.png") is first
    again = Browser(browser.service).page(f"/og/boards/{NAME}.png")
    assert again.answer.tag == first.answer.tag
    assert first.answer.gzip is None


def test_a_board_says_what_is_missing(service: Service) -> None:
    card = board_card(service, service.find_benchmark(NAME))
    assert card.facts == f"{NAME} · 2 tasks · 3 models · 2 complete"
    lines = {line.name: line for line in card.lines}
    assert lines["large"].detail == "1 of 2 tasks"
    assert lines["large"].score == "70.00"
    assert lines["small"].detail == ""
    assert lines["small"].score == "58.12"


def test_a_model_says_where_it_stands(service: Service) -> None:
    card = model_card(service, service.find_model("org/large"))
    assert card.titles == ("large",)
    assert "7B parameters" in card.facts
    # The current board comes before the one that it superseded.
    assert [line.name for line in card.lines] == ["Mix & match", "Old"]
    assert card.lines[0].detail == "1 of 2 tasks"


def test_the_site_counts_what_it_has(service: Service) -> None:
    assert "2 boards" in site_card(service, words("en")).facts


def test_the_font_holds_what_is_said_to_be_drawable() -> None:
    font = cards._font(32)
    gap = bytes(font.getmask("\uffff"))
    signs = [chr(code) for code in range(33, 127)] + list(cards.SIGNS)
    assert all(cards.is_drawable(sign) for sign in signs)
    assert [sign for sign in signs if bytes(font.getmask(sign)) == gap] == []


@pytest.mark.parametrize(
    ("titles", "shown"),
    [
        (("Français", "MTEB(fra)"), "Francais"),
        (("中文", "MTEB(cmn, v1)"), "MTEB(cmn, v1)"),
        (("中文 board", "中文 v1"), "v1"),
        (("≥ 4B \u2013 big",), ">= 4B - big"),
    ],
)
def test_a_title_that_the_font_cannot_write_gives_way(titles: tuple[str, ...], shown: str) -> None:
    assert cards.title(Card(titles, "", ())) == shown


def test_long_names_and_hostile_ones_are_drawn(service: Service) -> None:
    long = "a very long name " * 20
    for titles in ((long,), ("<script>",), ("中",), ("",)):
        lines = board_card(service, service.find_benchmark(NAME)).lines
        drawn = cards.draw(Card(titles, long, (*lines, lines[0]._replace(name=long))))
        assert Image.open(io.BytesIO(drawn)).size == cards.SIZE
    assert cards._cut(long, cards._font(32), 300).endswith("…")
    assert cards._font(32).getlength(cards._cut(long, cards._font(32), 300)) <= 300


def test_a_card_has_the_mark_and_the_accent_of_the_pages(service: Service) -> None:
    drawn = cards.draw(board_card(service, service.find_benchmark(NAME)))
    image = Image.open(io.BytesIO(drawn)).convert("RGB")
    dark = re.findall(r"--accent: (#\w{6})", VARIABLES.read_text())[1]
    wanted = tuple(bytes.fromhex(dark[1:]))
    shown = image.getpixel((98, 78))
    assert max(abs(one - other) for one, other in zip(shown, wanted, strict=True)) < 12


def test_cards_are_written_in_the_font_of_the_pages(monkeypatch: pytest.MonkeyPatch) -> None:
    assert cards._font(40).getname()[0] == "Instrument Sans"
    monkeypatch.setattr(cards, "read", lambda name: None)
    assert cards._font(992).getname()[0] != "Instrument Sans"


def test_a_server_starts_without_the_library_that_draws() -> None:
    import subprocess
    import sys

    code = "import sys, frontrunner.web.site; sys.exit('PIL' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_a_pillow_without_freetype_is_reported(monkeypatch: pytest.MonkeyPatch) -> None:
    from PIL import ImageFont

    monkeypatch.setattr(cards, "read", lambda name: None)
    monkeypatch.setattr(ImageFont, "load_default", lambda size: ImageFont.ImageFont())
    with pytest.raises(MissingExtraError, match="FreeType"):
        cards._font(991)
