"""A Space on the Hub as the data plane of a take-over.

Everything that it does is a step that the ledger has before and after it. A write goes on with the
first step that is not done, and returns when it has to wait. What users get is read from the Hub,
never remembered. A commit names its parent, and the intent of a step is refused by the ledger if
the lease is over, so an earlier controller cannot act for long.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import replace
from typing import NoReturn

import msgspec

from frontrunner.base.errors import (
    FrontrunnerError,
    GatewayError,
    HubError,
    HubUnavailableError,
    NetworkError,
    TakeoverError,
    UnknownOutcomeError,
)
from frontrunner.gateway.remote_state import RemoteState
from frontrunner.gateway.traffic_rows import Cursor, Traffic
from frontrunner.hub.asking_gateway import ask_gateway, ask_traffic
from frontrunner.hub.saved_tree import saved_settings
from frontrunner.hub.space_facts import SpaceSettings
from frontrunner.takeover.on_hub.boards_asked import BoardsAsked
from frontrunner.takeover.on_hub.new_board import NewBoard, kept_board
from frontrunner.takeover.on_hub.resourcing import Trailing, trailing_steps
from frontrunner.takeover.on_hub.seeing import Eyes, Seen
from frontrunner.takeover.on_hub.sharing import SetShare, last_set, was_started_anew
from frontrunner.takeover.on_hub.step_journal import (
    TRAILING,
    TREE_STEPS,
    Known,
    Open,
    StepJournal,
)
from frontrunner.takeover.on_hub.step_parts import Coming, Ground, Step
from frontrunner.takeover.on_hub.which_steps import goes_back, steps_to
from frontrunner.takeover.plane import Reality, Side
from frontrunner.takeover.stages import FULL, World

log = logging.getLogger("frontrunner.takeover")
_NOWHERE = World()
"""What is asked for if a gateway is only looked at: nothing is set again."""


class HubPlane:
    """Moves the users of a Space."""

    def __init__(
        self,
        ground: Ground,
        journal: StepJournal,
        now: Callable[[], float],
        *,
        find_board: Callable[[], NewBoard | None] = lambda: None,
        deploy_seconds: float = 1800.0,
        hardware_seconds: float = 172_800.0,
    ) -> None:
        """`now` is the time of the journal's entries, `find_board` reads the folder as it is."""
        self._find_board = find_board
        self._first, self._journal, self._now = ground, journal, now
        self._deploy_seconds, self._hardware_seconds = deploy_seconds, hardware_seconds
        self._eyes: dict[str, Eyes] = {}
        self._had: dict[str, SpaceSettings] = {}
        """What the old board had, by the commit that was saved."""
        self._token = 0
        self._doing = ""
        self._live = self._new_live = self._gateway_live = ""
        self._boards = BoardsAsked(ground.hub, ground.grace)
        self._steps_are_left: World | None = None

    # --- reading ------------------------------------------------------------------------------

    def read(self) -> Reality:
        """Ask the Hub and both boards. Raises GatewayError if the Hub does not say."""
        known = self._journal.known()
        ground = self._ground(known)
        try:
            seen = self._look(ground)
            moving = self._moving(known, seen, ground)
            gateway = self._gateway(ground, known, seen, moving)
            known = self._journal.known()
            world = _world(seen, known, ground, gateway)
            is_there = world.share == FULL and world.parallel and moving is None
            if self._token and is_there:
                self._tend(ground, known)
        except HubError as error:
            raise GatewayError(str(error)) from error
        return Reality(
            world=world,
            old=self._boards.old(ground.part, seen, gateway),
            new=self._new(known, seen, gateway),
            streams=gateway.streams if gateway else 0,
            moving=moving,
            doing=self._doing,
        )

    def old_side(self) -> Side:
        """Ask the live address that was known last, without the Hub."""
        return Side(healthy=self._boards.answers(self._live, now=True) if self._live else None)

    def old_is_healthy(self) -> bool | None:
        """Ask the old board, or its archive, just before users go back."""
        known = self._journal.known()
        ground = self._ground(known)
        try:
            return self._boards.old(ground.part, self._look(ground), None, now=True).healthy
        except HubError as error:
            log.warning("the old board cannot be asked: %s", error)
            return None

    def new_url(self) -> str:
        """The live address of the new board, as the last look had it; empty before it runs."""
        return self._new_live

    def traffic(self, cursor: Cursor) -> Traffic | None:
        """What the gateway at the name counted; None if the last look saw none.

        Raises HubError if it does not say.
        """
        if not self._gateway_live:
            return None
        ground = self._ground(self._journal.known())
        return ask_traffic(ground.hub, self._gateway_live, ground.control(), cursor)

    def last_token(self) -> int:
        """That of a gateway at the name; the Hub keeps none, so otherwise the ledger alone does."""
        known = self._journal.known()
        try:
            ground = self._ground(known)
            if not ground.part.shifting:
                return 0
            state = self._gateway(ground, known, self._look(ground), _NOWHERE)
        except (HubError, OSError) as error:
            log.debug("the token of the gateway cannot be read: %s", error)
            return 0
        return state.token if state else 0

    def fence(self, token: int) -> None:
        """Remember the token that steps are written under; the ledger refuses earlier ones."""
        self._token = token

    # --- writing ------------------------------------------------------------------------------

    def write(self, world: World, token: int) -> None:
        """Go on with the first step towards a world that is not done.

        Raises StaleTokenError, LedgerError, and GatewayError if a step has failed.
        """
        self._token = token
        known = self._journal.known()
        ground = self._ground(known)
        self._steps_are_left, self._doing = world, ""
        try:
            self._go(ground, known, world)
        except HubError as error:
            self._steps_are_left = None
            raise GatewayError(str(error)) from error

    def _go(self, ground: Ground, known: Known, world: World) -> None:
        seen = self._look(ground)
        gateway = self._gateway(ground, known, seen, world)
        steps = steps_to(world, ground, known, seen, lease=self._token, gateway=gateway)
        self._abandon(known, {step.key for step in steps}, world)
        for step in steps:
            if not goes_back(step):  # nothing is prepared for a step that is not tried again yet
                self._heed_failure(step, known)
        for step in steps:
            waits = self._make(step, known, world)
            if waits:
                self._doing = waits
                return
            known = self._journal.known()
        self._steps_are_left = None
        seen = self._look(self._ground(known))
        if seen.broken:
            raise HubError(seen.broken)

    def _abandon(self, known: Known, wanted: set[str], world: World) -> None:
        """Steps that lead elsewhere are over; hardware goes with the new board."""
        goes_on = wanted | TRAILING if world.share == FULL else wanted
        for key, begun in list(known.open.items()):
            if key not in goes_on:
                facts, why = self._made(key, begun), "Abandoned for another step."
                self._journal.end(key, begun, self._token, facts=facts, error=why)
        self._journal.known()

    def _make(self, step: Step, known: Known, world: World) -> str:
        """Begin a step or go on with it; what it waits for, or an empty text if it is done."""
        self._heed_failure(step, known)
        begun = known.open.get(step.key)
        if begun is None:
            about = {**step.prepare(known), "world": msgspec.json.encode(world).decode()}
            begun = self._journal.begin(step.key, step.title, about, self._token)
        try:
            result = step.run(known, begun.about)
        except (HubUnavailableError, UnknownOutcomeError, NetworkError) as error:
            result = Coming(str(error))
        except (FrontrunnerError, OSError) as error:
            if isinstance(error, TakeoverError):
                raise
            self._fail(step, begun, str(error))
        if isinstance(result, Coming):
            if self._now() - begun.at > self._deploy_seconds:
                late = f"Not done after {self._deploy_seconds:,.0f} s. {result.text}"
                self._fail(step, begun, late)
            return f"{step.title}. {result.text}"
        self._journal.end(step.key, begun, self._token, facts=result.facts)
        if result.alarm:
            self._journal.alarm(result.alarm, self._token)
        return ""

    def _heed_failure(self, step: Step, known: Known) -> None:
        """Raises HubError if a step has failed and is not to be tried again yet."""
        failure = known.failed.get(step.key)
        if failure is None:
            return
        if not goes_back(step):
            raise HubError(
                f"{step.title}: it failed before. {failure.why} Once the cause is gone, run "
                "`frontrunner takeover retry` or `advance`."
            )
        if self._now() - failure.at < self._first.grace:
            raise HubError(f"{step.title}: it is tried again in a moment. {failure.why}")

    def _fail(self, step: Step, begun: Open, error: str) -> NoReturn:
        """Write down that a step failed, and with which commit. Raises HubError."""
        facts = self._made(step.key, begun)
        self._journal.end(step.key, begun, self._token, facts=facts, error=error)
        self._journal.known()
        raise HubError(f"{step.title}: {error}")

    def _made(self, key: str, begun: Open) -> dict[str, str]:
        """The commit that a step made at the name before it ended without being done."""
        commit = self._first.landed.get((key, begun.about.get("parent", "")))
        return {"at_name": commit} if commit and key in TREE_STEPS else {}

    # --- hardware -----------------------------------------------------------------------------

    def _tend(self, ground: Ground, known: Known) -> None:
        """Ask for hardware and the like once users are on the new board, and look after it.

        A refusal is reported to people and delays nothing.
        """
        for step in self._trailing_steps(ground, known):
            if step.is_done(known) or step.key in known.failed:
                continue
            coming = self._try(step, known)
            known = self._journal.known()
            begun = known.open.get(step.key)
            if coming is None or begun is None:
                continue
            if step.by_hand:
                self._journal.alarm(f"{coming.text} {step.by_hand}", self._token)
            if self._now() - begun.at > self._hardware_seconds and step.late:
                late = f"That is longer than {self._hardware_seconds:,.0f} s."
                self._journal.alarm(f"{coming.text} {late} {step.late}", self._token)

    def _trailing_steps(self, ground: Ground, known: Known) -> tuple[Trailing, ...]:
        saved = known.saved.get("commit", "")
        if saved not in self._had:
            self._had[saved] = saved_settings(ground.saved_folder(known)) or SpaceSettings()
        return trailing_steps(ground, self._had[saved])

    def _try(self, step: Trailing, known: Known) -> Coming | None:
        """What is waited for; None if it is done, was refused, or the Hub does not say."""
        begun = None
        try:
            begun = known.open.get(step.key)
            if begun is None:
                about = step.prepare(known)
                begun = self._journal.begin(step.key, step.title, about, self._token)
            result = step.run(known, begun.about)
        except (HubUnavailableError, UnknownOutcomeError) as error:
            log.debug("%s: %s", step.title, error)
            return None
        except HubError as error:
            if begun is not None:
                self._journal.end(step.key, begun, self._token, facts={}, error=str(error))
            self._journal.alarm(str(error), self._token)
            return None
        if isinstance(result, Coming):
            return result
        self._journal.end(step.key, begun, self._token, facts=result.facts)
        return None

    # --- seeing -------------------------------------------------------------------------------

    def _ground(self, known: Known) -> Ground:
        """The ground of the plan in force, regardless of later edits."""
        if known.part is None:
            return self._first
        board = kept_board(known.part.content, self._first.home)
        if board is None:  # it is copied when its Space is made; an edited folder is refused there
            board = self._find_board() or self._first.board
        return replace(self._first, part=known.part, board=board)

    def _look(self, ground: Ground) -> Seen:
        board: NewBoard = ground.board
        if board.tree not in self._eyes:
            self._eyes[board.tree] = Eyes(ground.hub, board, ground.grace)
        seen = self._eyes[board.tree].look(ground.part.space)
        if seen.is_elsewhere and ground.part.strategy == "overwrite":
            raise HubError(
                f"{ground.part.space} is now {seen.facts.id}. Nothing is written there. Rename it "
                "back, or set the new name in the settings and start over."
            )
        self._live = seen.facts.live
        self._gateway_live = self._live if seen.served == "gateway" and not seen.broken else ""
        return seen

    def _gateway(
        self, ground: Ground, known: Known, seen: Seen, moving: World | None
    ) -> RemoteState | None:
        """What a gateway at the name says of itself; None if there is none.

        While something is under way it need not answer: it may be about to start, or to end. One
        that was restarted has all users on the old board, and gets its share again.
        """
        if seen.served != "gateway" or seen.broken:
            return None
        try:
            state = ask_gateway(ground.hub, seen.facts.live, ground.control())
        except HubError:
            if moving is not None:
                return None
            raise
        last = last_set(known)
        if not self._token or moving or not last or not was_started_anew(known, state):
            return state
        share, banner = last
        again = World(share=share, banner=banner, parallel=True)
        waits = self._make(SetShare(ground, share, banner, self._token), known, again)
        if waits:
            raise HubUnavailableError(waits)
        return ask_gateway(ground.hub, seen.facts.live, ground.control())

    def _new(self, known: Known, seen: Seen, gateway: RemoteState | None) -> Side:
        live = known.done.get("parallel", {}).get("live", "")
        if seen.served == "new" and not seen.broken:
            live = seen.facts.live
        self._new_live = live
        return self._boards.new(live, gateway)

    def _moving(self, known: Known, seen: Seen, ground: Ground) -> World | None:
        """What open steps lead to; also after a crash, since they are in the ledger."""
        if self._steps_are_left is not None:
            return self._steps_are_left
        for key, begun in known.open.items():
            if key not in TRAILING and "world" in begun.about:
                return msgspec.json.decode(begun.about["world"], type=World)
        if seen.deploys and seen.head != seen.served and not seen.broken:
            return _world(replace(seen, served=seen.head), known, ground, None)
        return None


def _world(seen: Seen, known: Known, ground: Ground, gateway: RemoteState | None) -> World:
    """What users get."""
    tree = known.done.get("parallel", {}).get("tree")
    parallel = tree is not None and tree == ground.part.content
    if seen.broken:
        return World(parallel=parallel, broken=True)
    if seen.served == "new" and not seen.is_elsewhere:
        return World(share=FULL, settled="settle" in known.done, parallel=parallel)
    if seen.served == "gateway":
        last = (gateway.share, gateway.banner) if gateway else last_set(known) or (0, False)
        return World(share=last[0], banner=last[1], parallel=parallel)
    return World(banner=seen.served == "banner", parallel=parallel)
