"""A take-over of the made-up Space: the real controller, plane and client against the stand-in."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import msgspec

from frontrunner.base.home import Home
from frontrunner.base.takeover_settings import StageSettings, TakeoverSettings
from frontrunner.hub import session as opened
from frontrunner.hub.access import Token
from frontrunner.hub.committing import Patience
from frontrunner.hub.standin.repos import Repository
from frontrunner.takeover.clock import Clock
from frontrunner.takeover.controller import Controller
from frontrunner.takeover.fold import State, fold
from frontrunner.takeover.on_hub.hub_plane import HubPlane
from frontrunner.takeover.on_hub.new_board import new_board
from frontrunner.takeover.on_hub.step_journal import StepJournal
from frontrunner.takeover.on_hub.step_parts import Ground
from frontrunner.takeover.plan import HubPart, Plan, plan_of
from frontrunner.takeover.records import Commanded, Entry, Record, StepBegun, StepEnded, Verb
from frontrunner.takeover.stages import Mode, Position, Stage
from frontrunner.takeover.surroundings import Parts
from tests.hub.made_hub import BOARD, Hub
from tests.takeover.fake_book import FakeBook, FakeTime, KilledError
from tests.takeover.sim import FakeJudge, FakeWitness

DEMO, ARCHIVE = "board/leaderboard-demo", "board/leaderboard-old"
LOSSES = ("likes", "discussions", "grant", "subdomain", "storage")
CONTROL, CONTROL_TOKEN = "FRONTRUNNER_CONTROL", "a-token-of-a-control-path-for-tests-alone"
SNAPSHOT = "2026-11-25-abcdef"
NEW_FILES = {
    "README.md": "---\ntitle: New board\nsdk: docker\napp_port: 7860\n---\n# The new board\n",
    "Dockerfile": "FROM scratch\n",
    "served/v1/snapshot": f'{{"id": "{SNAPSHOT}", "builtAt": "2026-11-25T00:00:00Z"}}',
    "data/scores.bin": "0123456789",
}
_STAGE = StageSettings(deadline="1d")
SETTINGS = TakeoverSettings(
    warm="0s", drain="0s", sick="5s",
    parallel=StageSettings(deadline="1d", gates=("links",)), guided=_STAGE, shifting=_STAGE,
    cutover=_STAGE, settled=_STAGE,
)  # fmt: skip
Kill = Callable[[str], None]


def made_content(folder: Path) -> Path:
    """The new board's files."""
    for path, text in NEW_FILES.items():
        file = folder / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text)
    return folder


def point_of(record: Record) -> str:
    """What a record is about, the same when it is written again after a crash."""
    after = getattr(record, "after", None) or getattr(record, "seen", None)
    more = (getattr(record, "step", "") or "", after or "")
    return " ".join([type(record).__name__, *(str(one) for one in more if one)])


class KillingHub(opened.Hub):
    """A client that calls `point` before and after each change that it asks for."""

    def write(self, what: str, ask: Callable[[], Any], *, seconds: float | None = None) -> Any:
        self.point(f"before {what}")  # type: ignore[attr-defined]
        found = super().write(what, ask, seconds=seconds)
        self.point(f"after {what}")  # type: ignore[attr-defined]
        return found


@dataclass
class KillingBook:
    """A ledger that calls `point` before and after each of a controller's entries."""

    book: FakeBook
    point: Kill = lambda name: None

    def append(
        self, actor: str, plan: str, record: Record, *, token: int = 0, at: float | None = None
    ) -> Entry:
        name = point_of(record)
        if token:
            self.point(f"before {name}")
        entry = self.book.append(actor, plan, record, token=token, at=at)
        if token:
            self.point(f"after {name}")
        return entry

    def entries(self, after: int = 0) -> Iterable[Entry]:
        return self.book.entries(after)


@dataclass
class Move:
    """One take-over, whose controller can be killed and begun anew."""

    hub: Hub
    folder: Path
    strategy: str = "overwrite"
    hardware: str = ""
    sleep_time: int = 0
    secrets: dict[str, str] = field(default_factory=dict)
    archive: str = ARCHIVE
    archive_kind: str = "space"
    shifting: bool = False
    storage: str = ""
    deploy_seconds: float = 20.0
    hardware_seconds: float = 1000.0
    judge: FakeJudge = field(default_factory=FakeJudge)
    witness: FakeWitness = field(default_factory=FakeWitness)
    settings: TakeoverSettings = SETTINGS
    point: Kill = lambda name: None
    """Called at each point of the journal."""

    def __post_init__(self) -> None:
        self.hub.wait("RUNNING")
        self.time = FakeTime(wall=time.time())
        self.book = FakeBook(self.time)
        self.content = made_content(self.folder / "content")
        self.home = Home(self.folder / "home")
        self.controller = self.begun()

    @property
    def part(self) -> HubPart:
        return HubPart(
            strategy=self.strategy, space=BOARD, demo=DEMO, archive=self.archive,
            archive_kind=self.archive_kind, hardware=self.hardware,
            sleep_time=self.sleep_time, storage=self.storage, secrets=tuple(self.values()),
            accept=LOSSES if self.strategy == "rename" else (),
            content=new_board(str(self.content)).tree, shifting=self.shifting,
            control_secret=CONTROL if self.shifting else "",
        )  # fmt: skip

    def values(self) -> dict[str, str]:
        """The values of secrets by name."""
        return self.secrets | ({CONTROL: CONTROL_TOKEN} if self.shifting else {})

    @property
    def plan(self) -> Plan:
        return plan_of(self.settings, hub=self.part)

    def begun(self) -> Controller:
        """A controller that knows nothing."""
        book = KillingBook(self.book, lambda name: self.point(name))  # noqa: PLW0108 -- set later
        plain = self.hub.opened()
        client = KillingHub(plain.endpoint, plain.api, plain.token, plain.seconds)
        late = lambda name: self.point(name)  # noqa: E731, PLW0108 -- set later
        object.__setattr__(client, "point", late)
        ground = Ground(
            hub=client, part=self.part, home=self.home,
            board=new_board(str(self.content)), grace=0.05,
            secrets=lambda: {one: Token(text) for one, text in self.values().items()},
            patience=Patience(send=5, settle=1, busy=2, look=0.01),
        )  # fmt: skip
        clock = Clock()

        def write(record: Record, token: int) -> Entry:
            plan = controller.state.plan
            return book.append("controller", plan, record, token=token, at=clock.at())

        self.plane = HubPlane(
            ground, StepJournal(book.entries, write), clock.at,
            find_board=lambda: new_board(str(self.content)),
            deploy_seconds=self.deploy_seconds, hardware_seconds=self.hardware_seconds,
        )  # fmt: skip
        parts = Parts(
            book=book, lease=self.book, plane=self.plane, judge=self.judge,
            find_plan=lambda: self.plan, witness=self.witness, clock=clock,
        )  # fmt: skip
        controller = Controller(parts, "test")
        return controller

    def command(self, verb: Verb, **more: Any) -> None:
        self.book.append("cli:me", "", Commanded(verb=verb, reason="a test", **more))

    def tick(self) -> None:
        """One look; a killed controller is replaced by another."""
        try:
            self.controller.tick()
        except KilledError:
            self.begin_anew()

    def begin_anew(self, deploy_seconds: float | None = None) -> None:
        """Go on with another controller, which may have other patience."""
        self.deploy_seconds = deploy_seconds or self.deploy_seconds
        self.book.holder = ""
        self.controller = self.begun()

    @property
    def state(self) -> State:
        return fold(self.book.entries())

    @property
    def position(self) -> Position:
        return self.state.position

    def until(self, holds: Callable[[Position], bool], seconds: float = 60.0) -> Position:
        """Look until a position is reached; fail with the story if it is not."""
        end = time.monotonic() + seconds
        while not holds(self.position):
            if time.monotonic() > end:
                raise AssertionError("\n".join([str(self.position), *self.story()[-40:]]))
            self.tick()
            time.sleep(0.002)
        return self.position

    def to(self, stage: Stage, mode: Mode = Mode.RUNNING, seconds: float = 60.0) -> Position:
        return self.until(lambda one: (one.stage, one.mode) == (stage, mode), seconds)

    def story(self) -> list[str]:
        return [msgspec.json.encode(one.record).decode()[:400] for one in self.book.entries()]

    def steps(self) -> list[str]:
        """The steps that ended, in order; those that failed with their error."""
        found = (one.record for one in self.book.entries())
        return [
            f"{one.step}: {one.error}" if one.error else one.step
            for one in found
            if isinstance(one, StepEnded)
        ]

    def intents(self) -> list[str]:
        records = (one.record for one in self.book.entries())
        return [one.step for one in records if isinstance(one, StepBegun)]

    def space(self, name: str = BOARD) -> Repository:
        return self.hub.stored.space(name)

    def tree(self, name: str = BOARD) -> dict[str, bytes]:
        """The files of the last commit."""
        stored = self.hub.stored
        return {p: stored.content(e) for p, e in self.space(name).head.files.items()}
