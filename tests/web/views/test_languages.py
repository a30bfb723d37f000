"""A board by language: which columns are shown."""

from __future__ import annotations

import pytest

from frontrunner.answers.service import Service
from frontrunner.web.views import languages
from frontrunner.web.words import words
from tests.web.conftest import NAME, Browser

PATH = f"/benchmark/{NAME}/languages"


def _shown(service: Service, picked: str = "") -> languages.ByLanguage:
    return languages.by_language(service, service.find_benchmark(NAME), words("en"), picked)


def test_the_languages_that_most_models_were_run_on_are_shown(
    service: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert _shown(service).shown == ["English", "German"]
    monkeypatch.setattr(languages, "MOST", 1)
    found = _shown(service)
    assert found.shown == ["English"]
    assert found.languages == ["English", "German"]
    assert len(found.table.columns) == len(found.table.rows[0].cells) == 1


@pytest.mark.parametrize(
    ("picked", "shown", "unknown"),
    [
        ("german", ["German"], []),
        ("German, english", ["German", "English"], []),
        ("German~German", ["German"], []),
        ("Klingon", ["English", "German"], ["Klingon"]),
        (" , ", ["English", "German"], []),
    ],
)
def test_picked_languages_are_shown_in_their_order(
    service: Service, picked: str, shown: list[str], unknown: list[str]
) -> None:
    found = _shown(service, picked)
    assert (found.shown, found.unknown) == (shown, unknown)


def test_a_page_says_how_many_it_leaves_out(
    browser: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert "languages are shown" not in browser.text(PATH)
    html = browser.text(PATH, "show=German")
    assert "1 of 2 languages are shown" in html
    assert "German</span>" in html
    assert "English</span>" not in html
    assert "per-language" in html
