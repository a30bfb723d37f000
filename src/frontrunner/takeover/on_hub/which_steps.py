"""Which steps lead from what a Space shows to what it has to show, in order."""

from __future__ import annotations

from frontrunner.gateway.remote_state import RemoteState
from frontrunner.takeover.on_hub.preparing import Archive, Parallel, Save, Settle
from frontrunner.takeover.on_hub.renaming import Aside, GiveBack, TakeName
from frontrunner.takeover.on_hub.replacing_tree import ReplaceTree
from frontrunner.takeover.on_hub.resourcing import Provide
from frontrunner.takeover.on_hub.seeing import Seen, Tree
from frontrunner.takeover.on_hub.sharing import SetShare, follows
from frontrunner.takeover.on_hub.step_journal import BACK, SHARE, Known
from frontrunner.takeover.on_hub.step_parts import Ground, Step
from frontrunner.takeover.stages import FULL, World

_WITH_NEW: tuple[Tree, ...] = ("gateway", "new")
"""Trees that run the new board, which needs its variables and secrets."""


def steps_to(
    world: World,
    ground: Ground,
    known: Known,
    seen: Seen,
    *,
    lease: int = 0,
    gateway: RemoteState | None = None,
) -> list[Step]:
    """Everything that is not done on the way to a world.

    `lease` is the token of the controller's, `gateway` what one at the name says of itself.
    """
    steps: list[Step] = []
    if world.parallel:
        steps += _preparing(ground, known, seen)
    if ground.part.strategy == "rename":
        steps += _names(ground, known, seen, world)
    before, after = _shares(ground, known, seen, world, lease, gateway)
    steps += [*before, *_trees(ground, known, seen, world, lease), *after]
    if world.settled and "settle" not in known.done:
        steps.append(Settle(ground))
    return steps


def goes_back(step: Step) -> bool:
    """Whether it takes users back, and so is tried again without being asked."""
    if isinstance(step, ReplaceTree | SetShare):
        return step.is_back
    return isinstance(step, GiveBack)


def _preparing(ground: Ground, known: Known, seen: Seen) -> list[Step]:
    save, archive, parallel = Save(ground), Archive(ground), Parallel(ground)
    steps: list[Step] = []
    if seen.head == "old" and not seen.is_elsewhere and not save.holds(known, seen.facts.sha):
        steps.append(save)
    if ground.part.strategy == "overwrite" and (steps or not archive.holds(known)):
        steps.append(archive)
    if not parallel.holds(known):
        steps.append(parallel)
    return steps


def _names(ground: Ground, known: Known, seen: Seen, world: World) -> list[Step]:
    """The renames that are not done."""
    is_old = seen.head != "new" and not seen.is_elsewhere
    if world.share < FULL:
        return [] if is_old and "give-back" not in known.open else [GiveBack(ground)]
    aside: list[Step] = [Aside(ground)] if is_old or "aside" in known.open else []
    has_new = seen.head == "new" and not seen.is_elsewhere
    return aside if has_new and "take-name" not in known.open else [*aside, TakeName(ground)]


def _shares(
    ground: Ground, known: Known, seen: Seen, world: World, lease: int, gateway: RemoteState | None
) -> tuple[list[Step], list[Step]]:
    """The shares to be set before the commit at the name, and after it.

    Users go back before the old board's files do, and forward once the gateway runs.
    """
    if _wanted(world) == "gateway":
        is_set = gateway is not None and follows(gateway, world) and SHARE not in known.open
        if is_set and seen.head == seen.served == "gateway" and "shift" not in known.open:
            return [], []
        return [], [SetShare(ground, world.share, world.banner, lease)]
    is_back = world.share == 0 and seen.served == "gateway"
    is_clear = gateway is not None and gateway.share == 0 and SHARE not in known.open
    is_tried = bool({BACK, "guide"} & known.open.keys()) and SHARE not in known.open
    if not is_back or is_clear or is_tried:
        return [], []
    return [SetShare(ground, 0, banner=False, lease=lease, is_back=True)], []


def _wanted(world: World) -> Tree:
    """What the name has to have."""
    if world.share == FULL:
        return "new"
    return "gateway" if world.share else "banner" if world.banner else "old"


def _trees(ground: Ground, known: Known, seen: Seen, world: World, lease: int) -> list[Step]:
    """The commit that is not made or not served."""
    wanted = _wanted(world)
    key = {"new": "cutover", "gateway": "shift", "banner": "guide", "old": BACK}[wanted]
    head, served = seen.head, seen.served
    if ground.part.strategy == "rename":
        if wanted == "new":
            return []
        if head == "new" or seen.is_elsewhere:  # the old board comes back to the name first
            head = served = "banner" if "guide" in known.done else "old"
    withdraws = not world.parallel and "parallel" in known.done
    if withdraws or key in known.open or (head, served) != (wanted, wanted):
        provide = Provide(ground)
        needs = wanted in _WITH_NEW and head not in (wanted, "new")
        lacks = needs and not provide.holds(known)
        return [*([provide] if lacks else []), ReplaceTree(ground, key, head, lease)]
    return []
