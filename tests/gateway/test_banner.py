"""The banner between two boards."""

from __future__ import annotations

import re
from importlib.resources import files
from pathlib import Path

import pytest

from frontrunner.gateway.banner import banner_style
from frontrunner.hub.banner_wrap import banner_html

VARIABLES = Path(__file__).parents[2] / "frontend/src/variables.css"


def accents() -> list[str]:
    """The accent of the pages, light and dark."""
    return re.findall(r"--accent: (#\w{6})", VARIABLES.read_text("utf-8"))[:2]


@pytest.mark.parametrize("name", ["banner.css", "transition.css", "unavailable.html.j2"])
def test_what_a_gateway_shows_has_the_accent_of_the_pages(name: str) -> None:
    style = files("frontrunner.gateway").joinpath("templates", name).read_text("utf-8")
    assert all(accent in style for accent in accents())


def test_the_banner_of_a_space_looks_like_that_of_a_gateway() -> None:
    wrapped = banner_html("https://new.example/")
    light = banner_style().partition("@media")[0]
    assert accents()[0] in wrapped
    assert set(re.findall(r"#[0-9a-f]{6}", wrapped)) <= set(re.findall(r"#[0-9a-f]{6}", light))
