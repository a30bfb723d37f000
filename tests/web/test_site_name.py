"""A board with a name of its own uses it everywhere, and one without is as it was."""

from __future__ import annotations

from pathlib import Path

import pytest

from frontrunner.answers.service import Service
from frontrunner.base.config import SiteSettings
from frontrunner.http.pages import PageRequest
from frontrunner.web import cards, export
from frontrunner.web.site import Site
from frontrunner.web.words import words
from tests.factories import small_snapshot

OWN = SiteSettings(name="Acme <Embeddings>", tagline="Our own tickets & tasks.")


@pytest.fixture
def service(tmp_path: Path) -> Service:
    return Service(small_snapshot(tmp_path))


def page(service: Service, path: str, site: SiteSettings = OWN) -> str:
    request = PageRequest(path, b"", "en", True, "https://board.example")
    found = Site(site=site).find(service, request)
    assert found is not None
    return found.answer.identity.decode()


def test_header_titles_and_first_page(service: Service) -> None:
    home = page(service, "/")
    assert "<h1>Acme &lt;Embeddings&gt;</h1>" in home
    assert "Our own tickets &amp; tasks." in home
    models = page(service, "/models")
    assert "Models · Acme &lt;Embeddings&gt;</title>" in models
    assert 'og:site_name" content="Acme &lt;Embeddings&gt;"' in models
    assert "Frontrunner" not in models
    assert "Acme &lt;Embeddings&gt;" in page(service, "/zh/models")


def test_feeds_and_cards(service: Service) -> None:
    feed = page(service, "/changes.atom")
    assert "<name>Acme &lt;Embeddings&gt;</name>" in feed
    plain = cards.find(service, "site.png")
    own = cards.find(service, "site.png", OWN)
    assert plain is not None
    assert own is not None
    assert plain.identity != own.identity
    assert cards.find(service, "model/org/a.png") != cards.find(service, "model/org/a.png", OWN)


def test_the_footer_links_to_what_is_set(service: Service) -> None:
    site = SiteSettings(source="https://a.example/source", report="https://a.example/<issues>")
    footer = page(service, "/models", site).partition("<footer")[2]
    assert '<a href="https://a.example/source" rel="noopener">Source<svg' in footer
    assert '<a href="https://a.example/&lt;issues&gt;" rel="noopener">Report an error<svg' in footer
    assert ">Submit a model<" not in footer
    assert "#take-part" in footer
    assert "Source" not in page(service, "/models").partition("<footer")[2]


def test_without_links_of_its_own_the_footer_leads_to_how_to_take_part(service: Service) -> None:
    for prefix in ("", "/zh"):
        assert f'"{prefix}/data#take-part"' in page(service, f"{prefix}/models")
        assert 'id="take-part"' in page(service, f"{prefix}/data")
    own = SiteSettings(submit="https://a.example/add", report="https://a.example/issues")
    assert "#take-part" not in page(service, "/models", own).partition("<footer")[2]
    about = page(service, "/data", own).partition("<footer")[0]
    assert '<a href="https://a.example/add" rel="noopener">Submit a model</a>' in about


def test_a_static_copy(service: Service, tmp_path: Path) -> None:
    export.export(service.snapshot, tmp_path / "copy", "https://board.example", OWN)
    for name in ("index.html", "models/index.html", "404.html", "changes.atom"):
        text = (tmp_path / "copy" / name).read_text()
        assert "Acme &lt;Embeddings&gt;" in text
        assert "Frontrunner" not in text


def test_without_a_name_nothing_changes() -> None:
    assert words("en") is words("en", SiteSettings())
    assert words("zh")("site.name") == "Frontrunner"
    assert words("en", SiteSettings(tagline="x"))("home.title") == words("en")("home.title")
