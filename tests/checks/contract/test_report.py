"""Findings as text and JUnit."""

from __future__ import annotations

from xml.etree import ElementTree

from frontrunner.checks.contract.finding import Compatibility, Finding
from frontrunner.checks.contract.report import junit, lines


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
