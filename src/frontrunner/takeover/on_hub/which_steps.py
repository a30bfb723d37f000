"""Which steps lead from what a Space shows to what it has to show, in order."""

from __future__ import annotations

from frontrunner.takeover.on_hub.preparing import Archive, Parallel, Save, Settle
from frontrunner.takeover.on_hub.renaming import Aside, GiveBack, TakeName
from frontrunner.takeover.on_hub.replacing_tree import ReplaceTree
from frontrunner.takeover.on_hub.resourcing import Provide
from frontrunner.takeover.on_hub.seeing import Seen, Tree
from frontrunner.takeover.on_hub.step_journal import BACK, Known
from frontrunner.takeover.on_hub.step_parts import Ground, Step
from frontrunner.takeover.stages import FULL, World


def steps_to(world: World, ground: Ground, known: Known, seen: Seen) -> list[Step]:
    """Everything that is not done on the way to a world."""
    steps: list[Step] = []
    if world.parallel:
        steps += _preparing(ground, known, seen)
    if ground.part.strategy == "rename":
        steps += _names(ground, known, seen, world)
    steps += _trees(ground, known, seen, world)
    if world.settled and "settle" not in known.done:
        steps.append(Settle(ground))
    return steps


def goes_back(step: Step) -> bool:
    """Whether it takes users back, and so is tried again without being asked."""
    if isinstance(step, ReplaceTree):
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


def _trees(ground: Ground, known: Known, seen: Seen, world: World) -> list[Step]:
    """The commit that is not made or not served."""
    wanted: Tree = "new" if world.share == FULL else "banner" if world.banner else "old"
    key = {"new": "cutover", "banner": "guide", "old": BACK}[wanted]
    head, served = seen.head, seen.served
    if ground.part.strategy == "rename":
        if wanted == "new":
            return []
        if head == "new" or seen.is_elsewhere:  # the old board comes back to the name first
            head = served = "banner" if "guide" in known.done else "old"
    withdraws = not world.parallel and "parallel" in known.done
    if withdraws or key in known.open or (head, served) != (wanted, wanted):
        provide = Provide(ground)
        lacks = wanted == "new" != head and not provide.holds(known)
        return [*([provide] if lacks else []), ReplaceTree(ground, key, head)]
    return []
