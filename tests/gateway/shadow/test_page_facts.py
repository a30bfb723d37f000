"""What a page says of itself, well-formed or not, in time that grows with its size alone."""

from __future__ import annotations

import re
import subprocess
import sys

import pytest

from frontrunner.gateway.shadow.page_facts import PageFacts, page_facts


@pytest.mark.parametrize(
    ("page", "title", "links"),
    [
        ("<title> A\n board &amp; more</title><a href='/x#top'>x</a><A HREF=/y>", "A board & more",
         {"/x", "/y"}),
        ("<title>a</title><svg><title>b</title></svg>", "a", set()),
        ('<a class="a>b" data-x=\'"\' href = "/x?a=1&amp;b=2" >', "", {"/x?a=1&b=2"}),
        ("<!-- <a href=/x> --><!doctype html><?php <a?><a href=/y>", "", {"/y"}),
        ("<!--><a href=/x>", "", {"/x"}),
        ("<script>'<a href=/x>'</script ><style><a href=/y></style><a href=/z>", "", {"/z"}),
        ("<a href='/__frontrunner/dismiss?to=/'><a href=''><a href><a name=x>", "", set()),
        ("<abbr href=/x></a href=/x><link href=/x>", "", set()),
        ("<![foo[bar]]><a href=/x>", "", {"/x"}),
        ("a < b <a href=/x>", "", {"/x"}),
        ("<a href=/x><a href='/y", "", {"/x"}),
        ("<title>never ended <a href=/x>", "never ended <a href=/x>", set()),
    ],
)  # fmt: skip
def test_title_and_links(page: str, title: str, links: set[str]) -> None:
    assert page_facts(page) == PageFacts(title, frozenset(links))


HOSTILE = ("<a ", "<a b='", "<a href=x ", "<!--", "<![CDATA[", "</", "<?", "<a ='", "<title>")


def test_a_page_that_never_ends_its_tags_takes_no_time() -> None:
    """In a process of its own: a regular expression that goes on for hours cannot be ended."""
    program = (
        "import sys\nfrom frontrunner.gateway.shadow.page_facts import page_facts\n"
        "for part in sys.argv[1:]:\n    page_facts(part * 1_000_000)\n"
        "    page_facts('<a ' + part[1:] * 500_000 + '>')\n"
    )
    subprocess.run([sys.executable, "-c", program, *HOSTILE], check=True, timeout=120)


def test_a_link_is_found_again_in_what_a_page_holds() -> None:
    page = "<html><body>" + "".join(f"<p><a href='/{n}'>{n}</a>" for n in range(1000))
    assert len(page_facts(page).links) == len(re.findall("<a ", page))
