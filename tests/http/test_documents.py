"""Documents that are the same for every snapshot."""

from __future__ import annotations

import msgspec
import pytest

from frontrunner.http import documents
from frontrunner.snapshot.answers import body_tag


@pytest.mark.parametrize("path", sorted(documents.PATHS))
def test_every_document_is_made_once(path: str) -> None:
    found = documents.find(path)
    assert found is not None
    assert documents.find(path) is found
    assert found.tag == body_tag(found.identity)


@pytest.mark.parametrize("path", ["/", "/health", "/robots.txt/", "/docs/x"])
def test_other_paths_have_none(path: str) -> None:
    assert documents.find(path) is None


def test_only_the_page_has_headers_of_its_own() -> None:
    assert [name for name, _ in documents.headers("/docs")] == [
        b"content-security-policy",
        b"referrer-policy",
    ]
    assert documents.headers("/robots.txt") == []


def test_their_content() -> None:
    texts = {path: documents.find(path) for path in documents.PATHS}
    robots, icon = texts["/robots.txt"], texts["/favicon.ico"]
    assert robots is not None
    assert robots.identity == b"User-agent: *\nAllow: /\n"
    assert icon is not None
    assert icon.identity.startswith(b"<svg")
    assert msgspec.json.decode(documents.HEALTH) == {"ok": True}
