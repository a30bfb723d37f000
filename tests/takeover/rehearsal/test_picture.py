"""The report is one page: no script, nothing from elsewhere, and no text is taken for markup."""

from __future__ import annotations

import re
from xml.etree import ElementTree

from frontrunner.checks.gates import Verdict
from frontrunner.takeover.records import Reading
from frontrunner.takeover.rehearsal.conductor import Trial
from frontrunner.takeover.rehearsal.findings import Finding
from frontrunner.takeover.rehearsal.picture import duration, picture, rendered
from frontrunner.takeover.rehearsal.story import Decision, Moment, Report, Times, WayBackTold

EVIL = "<script>alert(1)</script>"
READINGS = (Reading(gate="success", verdict=Verdict.FAILED, text=EVIL, sample=9),)
TRIAL = Trial(
    fault="successor-killed", title="The new board is killed", expected="All go back.",
    place="shifting, step 3", start=5.0, end=8.0, held=True, took=3.0, text=EVIL,
    readings=READINGS,
)  # fmt: skip
MOMENTS = [
    Moment(at=float(at), requests=9, old=5, new=4, failed=0, on_new=at, share=100 * at)
    for at in range(20)
]


def report(*, held: bool = True) -> Report:
    return Report(
        held=held, started=1e9, seconds=20.0, requests=1_000_000, per_second=50_000.0, users=7,
        repeated=1, fallbacks=2, controller_kills=50, envoy_kills=3,
        findings=[Finding(name="no flip", held=held, text=EVIL)],
        results={"answered": 9}, kinds={"page": 9}, sides={"old": 9}, causes={EVIL: 1},
        failures=[], changes={"old to new": 1},
        times=[Times(side="old", answers=9, p50=0.001, p99=0.02)], trials=[TRIAL],
        ways_back=[WayBackTold(entry=4, at=8.0, percent=25.0, seconds=0.04, why=EVIL)],
        decisions=[
            Decision(
                entry=4, at=8.0, before="a", after="b", why=EVIL, cause="gate", actor="cli:x",
                readings=READINGS,
            )
        ],
        moments=MOMENTS,
    )  # fmt: skip


def test_the_page_needs_nothing_else() -> None:
    page = rendered(report())
    assert "<script" not in page
    assert "&lt;script&gt;" in page
    assert not re.search(r"(?:src|href)=|url\(|@import", page)
    assert "default-src 'none'" in page
    assert "1,000,000" in page
    assert "everything held" in page
    assert "not everything held" in rendered(report(held=False))


def test_the_picture_is_an_image_with_a_description() -> None:
    root = ElementTree.fromstring(str(picture(MOMENTS, [TRIAL], 20.0)))  # noqa: S314
    assert root.get("role") == "img"
    assert "at most 19" in (root.get("aria-label") or "")
    [line] = [one for one in root if one.tag == "polyline"]
    assert len((line.get("points") or "").split()) == 20
    assert sum(one.tag == "rect" for one in root) == 1


def test_a_picture_of_nothing_is_a_picture() -> None:
    ElementTree.fromstring(str(picture([], [], 0.0)))  # noqa: S314


def test_durations() -> None:
    assert [duration(one) for one in (0, 59.6, 75, 3600)] == ["0:00", "1:00", "1:15", "60:00"]
