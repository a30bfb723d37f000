"""One rehearsal from an empty folder to its report."""

from __future__ import annotations

import subprocess
import time
from collections.abc import Callable, Sequence
from contextlib import closing
from pathlib import Path

from frontrunner.base.config import load_settings
from frontrunner.base.errors import FrontrunnerError, TakeoverError
from frontrunner.base.home import Home
from frontrunner.base.own_variables import without_settings
from frontrunner.takeover.plan import parse_plan
from frontrunner.takeover.records import PlanChanged
from frontrunner.takeover.rehearsal import findings
from frontrunner.takeover.rehearsal.book import Result
from frontrunner.takeover.rehearsal.conductor import Conductor, Trial, Wishes
from frontrunner.takeover.rehearsal.crew import Crew
from frontrunner.takeover.rehearsal.fast_plan import SALT
from frontrunner.takeover.rehearsal.faults import CASES, Case, Fault
from frontrunner.takeover.rehearsal.findings import Finding
from frontrunner.takeover.rehearsal.flips import Why, Window
from frontrunner.takeover.rehearsal.installation import Installation
from frontrunner.takeover.rehearsal.observer import Observer
from frontrunner.takeover.rehearsal.processes import frontrunner
from frontrunner.takeover.rehearsal.story import Report, told
from frontrunner.takeover.rehearsal.throng import Throng
from frontrunner.takeover.wiring import open_ledger

_RATES = 600.0, 2500.0
"""Requests in a second that the crowd sends at most, in the shortest and the longest rehearsal.
More than a small machine can serve would make its boards look slow and its comparer miss reads."""
_LASTS = 400.0
"""Seconds in which all requests are sent, if the rate may be so high."""
_A_KILL_EACH = 20_000
"""Requests for each kill of the controller, and for each of Envoy below."""
_AN_ENVOY_EACH = 333_000
_FEWEST_KILLS = 3
_WEARS_OFF = 6.0
"""Seconds until streams and POSTs no longer suffer from a fault that was lifted."""
_LAST_LOOK = 1.5
_NEW_FAILS = (
    Fault.SUCCESSOR_SLOW, Fault.SUCCESSOR_ERRORS, Fault.SUCCESSOR_RESETS, Fault.SUCCESSOR_KILLED,
)  # fmt: skip
"""Faults in which the new board fails what only it can answer."""


def wishes(requests: int, names: Sequence[Fault]) -> Wishes:
    """What a rehearsal of so many requests has in it; without names, every fault once."""
    cases: tuple[Case, ...] = tuple(one for one in CASES if not names or one.fault in names)
    envoy = max(1, requests // _AN_ENVOY_EACH) if _has(cases, Fault.ENVOY_KILLED) else 0
    controller = (
        max(_FEWEST_KILLS, requests // _A_KILL_EACH) if _has(cases, Fault.CONTROLLER_KILLED) else 0
    )
    return Wishes(requests, cases, controller, envoy)


def rate(requests: int) -> float:
    """Requests in a second for a rehearsal of so many."""
    slowest, fastest = _RATES
    return min(max(slowest, requests / _LASTS), fastest)


def _has(cases: Sequence[Case], fault: Fault) -> bool:
    return any(one.fault is fault for one in cases)


def build_starter(home: Path) -> None:
    """Build the starter board, unless the home has a snapshot. Raises TakeoverError."""
    if Home(home).current.exists():
        return
    command = frontrunner("demo", "--no-serve", "--home", str(home))
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        raise TakeoverError(f"The starter board could not be built: {done.stderr.strip()}")


def rehearse(installation: Installation, wanted: Wishes, say: Callable[[str], None]) -> Report:
    """Run everything, and report. Raises TakeoverError or UsageError if it cannot begin.

    No variable of the environment is a setting of it.
    """
    with without_settings():
        return _rehearsed(installation, wanted, say)


def _rehearsed(installation: Installation, wanted: Wishes, say: Callable[[str], None]) -> Report:
    build_starter(installation.home)
    installation.write_settings()
    say("Starting the old board, the new board and the gateway ...")
    start = time.time()
    with installation.running():
        throng = Throng(installation.grounds, SALT, rate(wanted.requests))
        observer = Observer(installation.control(), throng.book, throng.seen)
        crew = Crew(installation)
        conductor = Conductor(installation, crew, throng, wanted, say)
        problem = ""
        observer.start()
        throng.start()
        try:
            conductor.run()
        except FrontrunnerError as error:
            problem = str(error)
            say(f"The rehearsal was aborted: {problem}")
        finally:
            throng.stop()
            time.sleep(_LAST_LOOK)
            observer.stop()
            crew.close()
    found = _findings(installation, conductor, crew, throng, wanted, problem)
    return told(start, time.time(), conductor, crew, throng, found)


def _findings(
    installation: Installation,
    conductor: Conductor,
    crew: Crew,
    throng: Throng,
    wanted: Wishes,
    problem: str,
) -> list[Finding]:
    """Everything that must hold."""
    book, seen, entries = throng.book, throng.seen, crew.story.entries
    kills = [Window(at - 1.0, at + _WEARS_OFF) for at in conductor.harms.envoy_kills]
    down = [_window(one) for one in conductor.trials if one.fault is Fault.LEGACY_DOWN]
    failing = [_window(one) for one in conductor.trials if one.fault in _NEW_FAILS]
    edits = [_window(one) for one in conductor.trials if one.fault is Fault.PLAN_EDITED]
    flips = seen.flips(kills)
    planned = {
        share
        for one in entries
        if isinstance(one.record, PlanChanged) and one.record.plan
        for share in parse_plan(one.record.plan).shares
    }
    with closing(open_ledger(load_settings(installation.home))) as ledger:
        chain = ledger.verify()
    text = f"{chain.entries:,} entries, each with the hash of the one before. {chain.text}".strip()
    found = [
        *findings.of_requests(
            book.requests,
            wanted.requests,
            book.failures,
            book.results[Result.FAILED],
            findings.Down(down, failing),
        ),
        findings.of_once(book.failures, [*kills, *down, *edits]),
        findings.of_flips(len(flips), seen.counted[Why.FALLBACK], len(seen.side_of)),
        findings.of_ways_back([one.seconds for one in conductor.ways_back]),
        findings.of_chain(chain.holds, text),
        findings.of_ledger_tale(entries),
        findings.of_shares(seen.shares.changes, entries, planned),
        findings.of_path(entries),
        findings.of_kills(
            crew.kills,
            wanted.controller_kills,
            len(conductor.harms.envoy_kills),
            wanted.envoy_kills,
        ),
        *(_of_trial(one) for one in conductor.trials),
    ]
    if problem:
        found.append(Finding(name="walked to its end", held=False, text=problem))
    return found


def _window(trial: Trial) -> Window:
    return Window(trial.start - 1.0, trial.end + _WEARS_OFF)


def _of_trial(trial: Trial) -> Finding:
    return Finding(name=f"fault {trial.fault}", held=trial.held, text=trial.text)
