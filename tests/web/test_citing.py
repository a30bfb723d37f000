"""Citations."""

from __future__ import annotations

import pytest

from frontrunner.web.citing import citation, with_snapshot

MOMENT = 1_764_115_200.0  # 26 November 2025


def test_a_citation_names_the_snapshot_its_date_and_the_address() -> None:
    found = citation(
        "Board & Co", "English, MTEB_{x}", "https://b.example/x?sort=-a", "c0ffee", MOMENT
    )
    assert found.url == "https://b.example/x?sort=-a&snapshot=c0ffee"
    assert found.plain == (
        "Board & Co: English, MTEB_{x}. Snapshot c0ffee of 2025-11-26. " + found.url
    )
    assert found.bibtex.splitlines() == [
        "@misc{boardcoc0ffee,",
        r"  title = {{English, MTEB\_\{x\}}},",
        r"  author = {{Board \& Co}},",
        "  year = {2025},",
        "  month = {11},",
        "  note = {Snapshot c0ffee of 2025-11-26},",
        rf"  howpublished = {{\url{{{found.url}}}}}",
        "}",
    ]


@pytest.mark.parametrize(
    ("url", "wanted"),
    [
        ("/a", "/a?snapshot=s"),
        ("/a?snapshot=old&q=x", "/a?q=x&snapshot=s"),
        ("/a b?q=x y#part", "/a%20b?q=x%20y&snapshot=s"),
        ("/MTEB(eng%2C%20v2)", "/MTEB%28eng%2C%20v2%29?snapshot=s"),
        ("/x?a=}{", "/x?a=%7D%7B&snapshot=s"),
    ],
)
def test_the_snapshot_replaces_another_and_braces_are_written_as_codes(
    url: str, wanted: str
) -> None:
    assert with_snapshot(url, "s") == wanted
