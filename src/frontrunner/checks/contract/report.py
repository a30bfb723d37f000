"""Findings as text, JSON and JUnit XML."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from xml.etree import ElementTree as Xml

from frontrunner.checks.contract.finding import Compatibility, Finding


def broken(findings: Sequence[Finding]) -> list[Finding]:
    """The findings that break programs and that no rule ignores; not those without a verdict."""
    wrong = (Compatibility.CHANGED, Compatibility.MISSING)
    return [one for one in findings if one.verdict in wrong and not one.ignored]


def unchecked(findings: Sequence[Finding]) -> list[Finding]:
    """The findings that are errors and that no rule ignores."""
    return [one for one in findings if one.verdict is Compatibility.ERROR and not one.ignored]


def tally(findings: Sequence[Finding]) -> dict[str, int]:
    """The number of findings by verdict; ignored ones are counted separately."""
    counts = Counter("ignored" if one.ignored else str(one.verdict) for one in findings)
    return dict(sorted(counts.items()))


def lines(findings: Sequence[Finding], *, everything: bool) -> Iterator[str]:
    """One line for each finding; without `everything`, only for those that do not hold."""
    for one in findings:
        if everything or not one.verdict.holds:
            mark = "ignored" if one.ignored else str(one.verdict)
            why = one.ignored or one.reason
            yield printable(f"{mark:>26}  {one.kind:<6}  {one.item}: {why}")


def printable(text: str) -> str:
    """Text from another board, without characters that terminals or XML act on."""
    return "".join(sign if sign.isprintable() else "?" for sign in text)


def junit(findings: Sequence[Finding]) -> str:
    """The findings as a JUnit test suite, for CI."""
    suite = Xml.Element(
        "testsuite",
        name="contract",
        tests=str(len(findings)),
        failures=str(len(broken(findings))),
        errors=str(len(unchecked(findings))),
        skipped=str(sum(bool(one.ignored) for one in findings)),
    )
    for one in findings:
        case = Xml.SubElement(suite, "testcase", classname=one.kind, name=printable(one.item))
        if one.ignored:
            Xml.SubElement(case, "skipped", message=printable(one.ignored))
        elif not one.verdict.holds:
            reason = printable(one.reason)
            outcome = "error" if one.verdict is Compatibility.ERROR else "failure"
            Xml.SubElement(case, outcome, type=str(one.verdict), message=reason)
    Xml.indent(suite)
    return Xml.tostring(suite, encoding="unicode", xml_declaration=True)
