"""A whole take-over of a made-up Space: real controller, client and ledger, a stand-in of the Hub.

An observer of its own asks the name all the time. The rehearsal holds what it saw, and what the Hub
has at the end, against what a take-over promises.
"""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager, nullcontext
from pathlib import Path

from frontrunner.base.atomic import write_file
from frontrunner.base.config import load_settings
from frontrunner.base.errors import TakeoverError
from frontrunner.base.home import Home
from frontrunner.base.own_variables import without_settings
from frontrunner.gateway.binary import find_envoy
from frontrunner.hub.standin.asgi import StandIn
from frontrunner.hub.standin.containers import Containers
from frontrunner.hub.standin.live_sites import Application
from frontrunner.hub.standin.repos import subdomain_of
from frontrunner.hub.standin.running import running
from frontrunner.hub.standin.stored import Stored
from frontrunner.takeover.fold import State, fold
from frontrunner.takeover.ledger.ledger import Ledger
from frontrunner.takeover.on_hub.killed_controller import KILLED
from frontrunner.takeover.on_hub.made_up import (
    ARCHIVE,
    DEMO,
    SPACE,
    container,
    files_in,
    made_up_board,
    made_up_hub,
)
from frontrunner.takeover.on_hub.name_observer import NameObserver
from frontrunner.takeover.on_hub.rehearsal_report import Ended, Rehearsal, rehearsal_of
from frontrunner.takeover.on_hub.rehearsed_faults import FAULTS, Order, Rehearsed
from frontrunner.takeover.on_hub.rehearsed_visitors import Visitors
from frontrunner.takeover.on_hub.step_journal import BACK
from frontrunner.takeover.plan import PATH
from frontrunner.takeover.records import (
    Acted,
    Commanded,
    Record,
    Refused,
    StepBegun,
    StepEnded,
    Verb,
)
from frontrunner.takeover.stages import Mode, Stage
from frontrunner.takeover.wiring import open_ledger, wired

_STOPPED = frozenset({Mode.PAUSED, Mode.FAILED, Mode.ROLLED_BACK})
_LOOK = 0.05
_LOSSES = ("likes", "discussions", "grant", "subdomain", "storage")
_KILLED_MOST = 400
_AT_LEAST = {Stage.SHIFTING: "1s"}
"""So that the observer sees visitors at each share."""
_FEW_VISITORS = (
    '[[takeover.gate]]\nname = "success"\nkind = "success"\nmargin = 0.99\nminimum_sample = 1\n'
)
"""A gate that a visitor of each board lets pass."""
_REST = 90.0
"""Seconds that Spaces may take to come to rest once the take-over has ended."""
Tell = Callable[[str], None]


def rehearse(
    order: Order,
    folder: Path,
    applications: Mapping[str, Application] | None = None,
    tell: Tell = lambda text: None,
) -> Rehearsal:
    """Rehearse in an empty folder. `applications` are what containers answer, by Space.

    Raises TakeoverError if it does not come to its end in time, and GatewayError if users are to
    move in shares and there is no Envoy.
    """
    if order.shifting:
        find_envoy()
    fault = FAULTS[order.fault]
    stored, token = made_up_hub(order.old)
    app = StandIn(stored)
    board = order.new or made_up_board(folder / "new")
    app.applications |= applications or {"": container((board / "README.md").read_bytes())}
    before = {path: stored.content(e) for path, e in stored.space(SPACE).head.files.items()}
    with running(app) as url, without_settings(), Containers(app) as containers:
        app.containers = containers
        home = _home(order, fault, folder, url, token)
        with ExitStack() as closing:
            ledger = open_ledger(load_settings(home.path))
            closing.callback(ledger.close)
            ledger.append("cli:operator", "", Commanded(verb=Verb.START, reason="a rehearsal"))
            observer = NameObserver(url, SPACE, order.every)
            live = f"{url}/-/live/{subdomain_of(SPACE)}/"
            visitors = Visitors(live) if fault.gate else nullcontext()
            with observer, visitors:
                operator = _Operator(order, fault, ledger, stored, containers, tell)
                _run(order, home, operator)
                _rest(stored)
            new = files_in(order.new or folder / "new", {})
            ended = Ended(stored, observer.result(), ledger, before, new, _killed(home))
            return rehearsal_of(order, fault, ended)


def _run(order: Order, home: Home, operator: _Operator) -> None:
    until = time.monotonic() + order.seconds
    with _controller(order, home) as look:
        while not operator.is_over():
            if time.monotonic() > until:
                raise TakeoverError(
                    f"The rehearsal did not end within {order.seconds:,.0f} s. It is at "
                    f"{operator.state.position}."
                )
            look()
            operator.heed()
            time.sleep(_LOOK)


def _rest(stored: Stored) -> None:
    """Wait until no Space is built or started: what does not run then has a fault of its own.

    A take-over ends before all is at rest. The archive, for one, starts again on the hardware that
    it was given, and its old container serves meanwhile.
    """
    until = time.monotonic() + _REST
    while stored.under_way() and time.monotonic() < until:
        time.sleep(_LOOK)


class _Operator:
    """Lets the fault happen at its moment, and gives the commands of the rehearsal."""

    def __init__(
        self,
        order: Order,
        fault: Rehearsed,
        ledger: Ledger,
        stored: Stored,
        containers: Containers,
        tell: Tell,
    ) -> None:
        self._containers = containers
        self.state, self._strategy = State(), order.strategy
        self._fault, self._ledger, self._stored, self._tell = fault, ledger, stored, tell
        self._left = list(fault.then)
        self._is_harmed = False
        self._restored = self._given = 0

    def is_over(self) -> bool:
        """Whether the take-over has come to the end that is expected, or to another one."""
        mode = self.state.position.mode
        if self.state.handled < self._given:
            return False
        return mode is Mode.FINISHED or (mode in _STOPPED and not self._left and self._is_at_rest())

    def heed(self) -> None:
        """Look at the ledger, and do what is due."""
        for entry in self._ledger.entries(after=self.state.last):
            before, self.state = self.state.position, fold([entry], self.state)
            if self.state.position != before:
                self._tell(str(self.state.position))
            if isinstance(entry.record, StepEnded):
                self._restored += entry.record.step == BACK and not entry.record.error
            for line in _lines(entry.record):
                self._tell(f"  {line}")
        self._harm()
        stopped = self.state.position.mode in _STOPPED
        if stopped and self._left and self._is_harmed and self.state.handled >= self._given:
            self._give(self._left.pop(0))

    def _harm(self) -> None:
        if self._is_harmed or self.state.position.stage is not self._fault.at:
            return
        self._is_harmed = True
        space = self._stored.space(SPACE).key
        before = self._containers.current(space)
        self._fault.harm(self._stored, self._strategy)
        if self._fault.restarts:
            _wait(lambda: self._containers.current(space) != before)
        if self._fault.ends_back and self._left:
            self._give(self._left.pop(0))

    def _give(self, verb: Verb) -> None:
        command = Commanded(verb=verb, reason="a rehearsal")
        self._given = self._ledger.append("cli:operator", self.state.plan, command).seq

    def _is_at_rest(self) -> bool:
        """A stop at a stage with a fault is an end only if users went back."""
        return self.state.position.mode is not Mode.ROLLED_BACK or self._restored > 0


def _lines(record: Record) -> Iterator[str]:
    """The line printed for an entry, which shows where a rehearsal hangs."""
    match record:
        case StepBegun(title=title):
            yield title
        case StepEnded(step=step, error=error) if error:
            yield f"{step} failed: {error}"
        case Refused(why=why) | Acted(error=why) if why:
            yield why


def _wait(holds: Callable[[], bool]) -> None:
    """Raises TakeoverError if it does not come to hold."""
    until = time.monotonic() + _REST
    while not holds():
        if time.monotonic() > until:
            raise TakeoverError("The gateway's container was not restarted.")
        time.sleep(_LOOK)


@contextmanager
def _controller(order: Order, home: Home) -> Iterator[Callable[[], object]]:
    """Something to call again and again, so that a controller works."""
    if order.fault == "kill":
        yield _KilledControllers(home).look
        return
    with wired(load_settings(home.path)) as one:
        yield one.controller.tick


class _KilledControllers:
    """One process after another."""

    def __init__(self, home: Home) -> None:
        self._home, self._starts = home, 0

    def look(self) -> None:
        """Run one until it is killed. Raises TakeoverError if that happens too often."""
        self._starts += 1
        if self._starts > _KILLED_MOST:
            raise TakeoverError(f"{self._starts} controllers were killed. Look at {KILLED}.")
        module = "frontrunner.takeover.on_hub.killed_controller"
        command = [sys.executable, "-m", module, str(self._home.path)]
        try:
            done = subprocess.run(command, capture_output=True, text=True, timeout=120, check=False)
        except subprocess.TimeoutExpired as error:
            raise TakeoverError(f"A controller ran for {error.timeout:.0f} s and hangs.") from None
        if done.returncode not in (0, -9):
            raise TakeoverError(f"A controller ended by itself: {done.stderr[-1500:]}")


def _killed(home: Home) -> int:
    file = home.path / KILLED
    return len(file.read_text("utf-8").splitlines()) if file.exists() else 0


# --- what it works with ---------------------------------------------------------------------------


def _home(order: Order, fault: Rehearsed, folder: Path, url: str, token: str) -> Home:
    """A home with settings for a fast take-over."""
    home = Home(folder / "home")
    home.path.mkdir(parents=True)
    write_file(folder / "token", token.encode(), mode=0o600)
    content = order.new or folder / "new"
    losses = list(_LOSSES) if order.strategy == "rename" else []
    gates, tables = _gates(order)
    judged = 'shares = [20, 100]\nsick = "1h"\n' if fault.gate else 'sick = "5s"\n'
    stages = "".join(
        f'[takeover.{one}]\ndeadline = "1h"\nat_least = "{_AT_LEAST.get(one, "0s")}"\n'
        f"gates = {gates[one]}\nevidence = 0\n"
        for one in PATH
    )
    text = (
        f'[hub]\nendpoint = "{url}"\nspace = "{SPACE}"\ndemo = "{DEMO}"\narchive = "{ARCHIVE}"\n'
        f'strategy = "{order.strategy}"\nshifting = {str(order.shifting).lower()}\n'
        f'accept = {losses}\ncontent = "{content}"\n'
        f'hardware = "{fault.hardware}"\nhardware_seconds = 1\ndeploy_seconds = 120\n'
        f'token_file = "{folder / "token"}"\ncall_seconds = 20\n'
        "[gateway]\ncontrol_window = 1\n"
        '[takeover]\nplane = "hub"\nwarm = "0s"\ndrain = "0s"\ntick = "50ms"\nwindow = "1s"\n'
        f"{judged}{stages}{tables}"
    )
    write_file(home.settings, text.encode())
    return home


def _gates(order: Order) -> tuple[dict[str, list[str]], str]:
    """Gates of the stages, and tables of those that need a folder."""
    stages: dict[str, list[str]] = {one: [] for one in Stage}
    tables = '[[takeover.gate]]\nname = "quota"\nkind = "quota"\nevery = 1\n'
    if order.shifting:
        stages["shifting"] = ["success", "slowness"] if FAULTS[order.fault].gate else ["success"]
        tables += _FEW_VISITORS
    if order.record is None:
        return stages, tables
    stages |= {"parallel": ["contract", "links"], "cutover": ["contract", "links"]}
    ignore = f'ignore = "{order.ignore}"\n' if order.ignore else ""
    for name in ("contract", "links"):
        tables += f'[[takeover.gate]]\nname = "{name}"\nkind = "{name}"\n'
        tables += f'record = "{order.record}"\n{ignore}'
    return stages, tables
