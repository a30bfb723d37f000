"""The steps of a take-over on the Hub, as plain data: what each asks, changes and leaves behind.

A step is safe to repeat. Before its changes are made it is read whether they are made already, and
afterwards they are read back; so a controller can journal the intent, be killed, and go on.
"""

from __future__ import annotations

from typing import Literal

import msgspec

from frontrunner.base.config import HubSettings
from frontrunner.base.errors import UsageError
from frontrunner.hub.step_calls import (
    CREATE,
    MOVE,
    WHOAMI,
    Call,
    around_commit,
    delete,
    files_at,
    get,
    guarded_commit,
    people_of,
    post,
)

Strategy = Literal["overwrite", "rename"]


class Step(msgspec.Struct, frozen=True, kw_only=True):
    """One step of the plan."""

    key: str
    """Its name in the journal; never renamed."""
    stage: str
    """The stage of the take-over that it belongs to."""
    title: str
    reads: tuple[Call, ...] = ()
    writes: tuple[Call, ...] = ()
    done_when: str
    """What is read back to know that it is done."""
    undo: str = ""
    """How it is taken back; empty if it changes nothing that users see."""
    undo_writes: tuple[Call, ...] = ()
    no_way_back: str = ""
    """What cannot be brought back after this step; empty if everything can."""
    needs: str = ""
    """What must be so before, and is looked at before anything is changed."""
    if_unpaid: str = ""
    """What to do if the Hub answers 402; empty if it cannot."""


class Loss(msgspec.Struct, frozen=True):
    """What a strategy cannot keep, or not for certain. Each is accepted by its name."""

    name: str
    text: str


class HubPlan(msgspec.Struct, frozen=True, kw_only=True):
    """Everything that will be done on the Hub."""

    strategy: Strategy
    space: str
    steps: tuple[Step, ...]
    losses: tuple[Loss, ...] = ()


class Places(msgspec.Struct, frozen=True, kw_only=True):
    """The repositories of a plan, each `owner/name`."""

    space: str
    demo: str
    archive: str
    archive_kind: Literal["space", "dataset"] = "space"
    """`dataset` if the account's plan does not include another Space with a container."""
    hardware: str = ""
    """Hardware to ask for at the name; empty keeps what the Space has."""
    storage: str = ""
    """Persistent storage that the name is to have; empty keeps what it has."""
    shifting: bool = False
    """Whether users move in shares first, with a gateway at the name."""


def places_of(settings: HubSettings) -> Places:
    """The places that the settings name."""
    return Places(
        space=settings.space,
        demo=settings.demo,
        archive=settings.archive,
        archive_kind=settings.archive_kind,
        hardware=settings.hardware,
        storage=settings.storage,
        shifting=settings.shifting,
    )


def plan_steps(strategy: Strategy, places: Places) -> HubPlan:
    """The plan of a strategy. Raises UsageError if the places are not three repositories."""
    names = (places.space, places.demo, places.archive)
    if any(one.count("/") != 1 or not all(one.split("/")) for one in names):
        raise UsageError("Set space, demo and archive under [hub], each as OWNER/NAME.")
    if len(set(names)) != len(names):
        raise UsageError("space, demo and archive under [hub] must be three different names.")
    if places.shifting and (strategy != "overwrite" or places.archive_kind != "space"):
        raise UsageError(
            "shifting under [hub] needs the old board to run behind the gateway: set strategy = "
            '"overwrite" and archive_kind = "space", or leave shifting out.'
        )
    steps = _overwrite(places) if strategy == "overwrite" else _rename(places)
    losses = _losses(strategy, places)
    return HubPlan(strategy=strategy, space=places.space, steps=steps, losses=losses)


def unaccepted(plan: HubPlan, accepted: tuple[str, ...]) -> tuple[Loss, ...]:
    """Losses not accepted yet. Raises UsageError for a name that the plan does not have."""
    names = {one.name for one in plan.losses}
    for name in accepted:
        if name not in names:
            known = ", ".join(sorted(names)) or "none"
            raise UsageError(f"The plan loses no {name!r}. It can lose: {known}.")
    return tuple(one for one in plan.losses if one.name not in accepted)


def _overwrite(places: Places) -> tuple[Step, ...]:
    space = places.space
    return (
        _save(space),
        _archive(places),
        _parallel(places.demo),
        _guide(space),
        _provide(places),
        *(_shift(places) if places.shifting else ()),
        Step(
            key="cutover",
            stage="cutover",
            title=f"Replace the tree of {space} by one commit",
            reads=(*around_commit(space), *get(space, "runtime")),
            writes=guarded_commit(space),
            done_when="the commit has the name of the change and the new tree, on the saved parent",
            undo="one commit that restores the saved tree; users are back when it runs",
            undo_writes=guarded_commit(space),
        ),
        _hardware(places),
        _sleep(space),
        _storage(places),
        _verify(space),
    )


def _rename(places: Places) -> tuple[Step, ...]:
    space, demo, archive = places.space, places.demo, places.archive
    return (
        _save(space),
        _parallel(demo),
        _guide(space),
        Step(
            key="aside",
            stage="cutover",
            title=f"Rename {space} to {archive}; the old name leads there meanwhile",
            reads=(*get(space, ""), *get(archive, "", "commits/main")),
            writes=(MOVE,),
            done_when=f"{archive} has the saved commit, and {space} leads to it",
            undo=f"rename {archive} back to {space}",
            undo_writes=(MOVE,),
        ),
        Step(
            key="take-name",
            stage="cutover",
            title=f"Rename {demo} to {space}",
            reads=(*get(demo, ""), *get(space, "", "commits/main")),
            writes=(MOVE,),
            done_when=f"{space} has the commit of the new board",
            undo=f"rename {space} back to {demo}, then {archive} back to {space}",
            undo_writes=(MOVE, MOVE),
        ),
        Step(
            key="give-up",
            stage="cutover",
            title=f"Give up the hardware of {archive}",
            reads=get(archive, "runtime"),
            writes=(post(archive, "hardware"),),
            done_when="the runtime names the free hardware as requested",
            no_way_back="only the Hub's staff can restore a community grant that was given up",
        ),
        _hardware(places),
        _sleep(space),
        *([_storage(places)] if places.storage else []),
        _verify(space),
    )


TAKES_ALONG = frozenset({"likes", "discussions"})
"""Losses that are kept at the archive, because the old Space takes them along."""


def _losses(strategy: Strategy, places: Places) -> tuple[Loss, ...]:
    old, space = places.archive, places.space
    if strategy == "rename":
        return (
            Loss("likes", f"The likes at {space} go to {old}; the name starts with the demo's."),
            Loss("discussions", f"The discussions at {space} go to {old}."),
            Loss("grant", "A community grant may have to be given again by the staff of the Hub."),
            Loss("subdomain", "The old board's live address changes; links to it may break."),
            Loss(
                "storage", f"Files in persistent storage and mounted volumes, if any, go to {old}."
            ),
        )
    if places.archive_kind == "dataset":
        text = f"The old board no longer runs after the cutover: {old} has its files, and says so."
        return (Loss("old-board", text),)
    return ()


def _save(space: str) -> Step:
    settings = get(space, "", "runtime", "variables", "secrets")
    return Step(
        key="save",
        stage="planned",
        title=f"Save {space}: files, settings, engagement",
        reads=(WHOAMI, *settings, *people_of(space), *files_at(space)),
        done_when="the saved folder is read back, and every file has its hash",
    )


def _archive(places: Places) -> Step:
    space, archive = places.space, places.archive
    reads = (*around_commit(archive), *get(archive, "runtime", "variables", "secrets"))
    if places.archive_kind == "space":
        return Step(
            key="archive",
            stage="planned",
            title=f"Keep the old board at {archive}",
            reads=reads,
            writes=(post(space, "duplicate"), post(archive, "variables"), post(archive, "secrets")),
            done_when="the copy has the saved tree and runs; secrets that it lacks are named",
            if_unpaid='set archive_kind = "dataset" under [hub]: files, and a page that says so',
        )
    return Step(
        key="archive",
        stage="planned",
        title=f"Keep the files in the data set {archive}, and a static page that says so",
        reads=(*around_commit(archive), *around_commit(archive, "dataset")),
        writes=(
            *(CREATE, *guarded_commit(archive, "dataset")),
            *(CREATE, *guarded_commit(archive)),
        ),
        done_when="the data set has the saved files, and a static Space says where they are",
    )


def _parallel(demo: str) -> Step:
    return Step(
        key="parallel",
        stage="parallel",
        title=f"Run the new board in {demo}",
        reads=(*around_commit(demo), *get(demo, "runtime"), *files_at(demo)),
        writes=(CREATE, *guarded_commit(demo)),
        done_when="what it had is saved, it runs the commit, and its live address shows it",
        if_unpaid=f"make {demo} under an account with a paid plan, or with a Space that exists",
    )


def _guide(space: str) -> Step:
    return Step(
        key="guide",
        stage="guided",
        title=f"Show a banner on {space} by one commit",
        reads=(*around_commit(space), *get(space, "runtime")),
        writes=guarded_commit(space),
        done_when="the commit has the name of the change, runs, and the page has the banner",
        undo="one commit that brings every changed byte back",
        undo_writes=guarded_commit(space),
    )


def _shift(places: Places) -> tuple[Step, Step]:
    space, control = places.space, "{live}/__frontrunner/control"
    asked = Call("GET", control)
    return (
        Step(
            key="shift",
            stage="shifting",
            title=f"Make {space} a gateway before {places.archive} and the new board",
            needs=f"{space} and {places.archive} must be public: live addresses are requested "
            "without the Hub's token, which a private Space does not answer",
            reads=(*around_commit(space), *get(space, "runtime"), *get(places.archive, ""), asked),
            writes=guarded_commit(space),
            done_when="the commit runs, and its gateway reaches both boards; all users get the old",
            undo="the share is set to 0, then one commit restores the saved tree",
            undo_writes=(Call("POST", control), *guarded_commit(space)),
        ),
        Step(
            key="share",
            stage="shifting",
            title=f"Set the share of the visitors of {space}, without a commit",
            reads=(*get(space, ""), asked),
            writes=(Call("POST", control),),
            done_when="Envoy itself reports the share",
            undo="the share is set to 0",
            undo_writes=(Call("POST", control),),
        ),
    )


def _provide(places: Places) -> Step:
    space, demo = places.space, places.demo
    both = ("variables", "secrets")
    return Step(
        key="provide",
        stage="cutover",
        title=f"Give {space} the variables and secrets that {demo} has",
        reads=(*get(space, "", "runtime", *both), *get(demo, "", "runtime", *both)),
        writes=tuple(post(space, one) for one in both),
        done_when="the Space has them, and runs; a secret whose value is not given stops here",
        undo="the old board gets its variables back, and loses the secrets of the new one",
        undo_writes=(*(post(space, one) for one in both), *(delete(space, one) for one in both)),
    )


def _hardware(places: Places) -> Step:
    wanted = places.hardware or "the hardware of the old board"
    return Step(
        key="hardware",
        stage="cutover",
        title=f"Ask for {wanted} at {places.space}",
        reads=get(places.space, "", "runtime"),
        writes=(post(places.space, "hardware"),),
        done_when="the runtime names it as current; until then the board runs on what it has",
        undo="the hardware of the old board is asked for again",
        undo_writes=(post(places.space, "hardware"),),
        if_unpaid="the board goes on with the hardware that it has; ask the Hub's staff",
    )


def _sleep(space: str) -> Step:
    return Step(
        key="sleep",
        stage="cutover",
        title=f"Set the sleep time of {space}",
        reads=get(space, "", "runtime"),
        writes=(post(space, "sleeptime"),),
        done_when="the runtime names it; free hardware has one that nobody can change",
        undo="the old board gets its sleep time back",
        undo_writes=(post(space, "sleeptime"),),
    )


def _storage(places: Places) -> Step:
    wanted = places.storage or "what the old board had"
    return Step(
        key="storage",
        stage="cutover",
        title=f"See that {places.space} has its persistent storage: {wanted}",
        reads=get(places.space, "", "runtime"),
        done_when="the runtime names it; the Hub's client cannot ask for it, so people are told to",
    )


def _verify(space: str) -> Step:
    return Step(
        key="verify",
        stage="cutover",
        title="Compare the live board with what was promised",
        reads=(*get(space, "runtime", ""), *people_of(space)),
        done_when="stage, commit and live address agree, and every gate on the live URL passes",
    )
