from __future__ import annotations

import re

from frontrunner.web import assets
from tests.web.conftest import Browser


def test_every_file_is_named_by_its_content_and_may_be_kept_for_ever(browser: Browser) -> None:
    for plain, hashed in assets.manifest().items():
        assert plain.split(".")[0] == hashed.split(".")[0]
        page = browser.page(f"/_assets/{hashed}")
        assert b"immutable" in dict(page.headers)[b"cache-control"]
        assert page.answer.identity


def test_scripts_are_within_their_budget() -> None:
    scripts = [assets.read(name) for name in assets.manifest().values() if name.endswith(".js")]
    assert sum(len(one.gzip or one.identity) for one in scripts if one) < 60_000


def test_the_font_is_small_not_compressed_twice_and_has_its_licence_beside_it() -> None:
    font = assets.read(assets.hashed("instrument-sans.woff2"))
    assert font
    assert font.media_type == "font/woff2"
    assert font.gzip is None
    assert len(font.identity) < 13_000
    licence = assets.read(assets.hashed("OFL.txt"))
    assert licence
    assert b"SIL OPEN FONT LICENSE" in licence.identity


def test_nothing_else_can_be_read() -> None:
    assert assets.read("manifest.json") is None
    assert assets.read("../words.py") is None


def test_letters_with_accents_are_in_a_font_of_their_own() -> None:
    """It is named for its letters alone: no board fetches it, nor for \u00d7."""
    name = assets.hashed("instrument-sans-accents.woff2")
    style = assets.read(assets.hashed("style.css"))
    assert style
    assert re.search(
        rf"{re.escape(name)}[^}}]*unicode-range:[^}}]*U\+C0-D6, ?U\+D8-FF", style.identity.decode()
    )
