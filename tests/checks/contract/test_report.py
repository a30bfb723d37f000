"""Findings as text and JUnit."""

from __future__ import annotations

from xml.etree import ElementTree

from frontrunner.checks.contract.finding import Compatibility, Finding
from frontrunner.checks.contract.report import broken, junit, lines, tally, unchecked


def test_junit_counts_what_is_broken() -> None:
    findings = [
        Finding(kind="link", item="/a", verdict=Compatibility.COMPATIBLE, reason="answers"),
        Finding(
            kind="link", item="/<b>\x01", verdict=Compatibility.MISSING, reason='answers "404"\x02'
        ),
        Finding(
            kind="link", item="/c", verdict=Compatibility.MISSING, reason="r", ignored="agreed"
        ),
    ]
    suite = ElementTree.fromstring(junit(findings))  # noqa: S314 -- our own
    assert not any("\x01" in line for line in lines(findings, everything=True))
    assert (suite.get("tests"), suite.get("failures"), suite.get("skipped")) == ("3", "1", "1")


FINDINGS = [
    Finding(kind="link", item="/a", verdict=Compatibility.COMPATIBLE, reason="answers"),
    Finding(kind="link", item="/b", verdict=Compatibility.MISSING, reason="r\x02"),
    Finding(kind="call", item="/c", verdict=Compatibility.CHANGED, reason="r", ignored="agreed"),
    Finding(kind="file", item="/d", verdict=Compatibility.ERROR, reason="no answer"),
    Finding(kind="file", item="/e", verdict=Compatibility.ERROR, reason="r", ignored="agreed"),
]


def test_findings_are_counted_by_verdict() -> None:
    counts = {"compatible": 1, "error": 1, "ignored": 2, "missing": 1}
    assert list(tally(FINDINGS).items()) == list(counts.items())
    assert [one.item for one in broken(FINDINGS)] == ["/b"]
    assert [one.item for one in unchecked(FINDINGS)] == ["/d"]


def test_findings_as_text() -> None:
    assert list(lines(FINDINGS, everything=False)) == [
        "                   missing  link    /b: r?",
        "                   ignored  call    /c: agreed",
        "                     error  file    /d: no answer",
        "                   ignored  file    /e: agreed",
    ]
    assert list(lines(FINDINGS[:1], everything=True)) == [
        "                compatible  link    /a: answers"
    ]


def test_findings_as_junit() -> None:
    assert junit(FINDINGS) == (
        "<?xml version='1.0' encoding='utf-8'?>\n"
        '<testsuite name="contract" tests="5" failures="1" errors="1" skipped="2">\n'
        '  <testcase classname="link" name="/a" />\n'
        '  <testcase classname="link" name="/b">\n'
        '    <failure type="missing" message="r?" />\n'
        "  </testcase>\n"
        '  <testcase classname="call" name="/c">\n'
        '    <skipped message="agreed" />\n'
        "  </testcase>\n"
        '  <testcase classname="file" name="/d">\n'
        '    <error type="error" message="no answer" />\n'
        "  </testcase>\n"
        '  <testcase classname="file" name="/e">\n'
        '    <skipped message="agreed" />\n'
        "  </testcase>\n"
        "</testsuite>"
    )
