"""What the comparer of shadows counted since an analysis began, in all and by route."""

from __future__ import annotations

import logging
from pathlib import Path

import msgspec

from frontrunner.takeover.evidence.facts import RouteShadows, Shadows

log = logging.getLogger("frontrunner.takeover")
_SHOWN = 20
"""Routes with differences that are kept as evidence."""


class RouteCounts(msgspec.Struct, frozen=True):
    """A `RouteTally` without its examples, which may be large."""

    same: int = 0
    noisy: int = 0
    ignored: int = 0
    old_failed: int = 0
    different: int = 0

    def less(self, before: RouteCounts) -> RouteCounts:
        """What was counted since."""
        names = self.__struct_fields__
        return RouteCounts(*(getattr(self, name) - getattr(before, name) for name in names))


class ShadowTotals(msgspec.Struct, frozen=True):
    """What the comparer has counted since it began on an empty file."""

    since: float = 0.0
    counted_until: float | None = None
    """All shadows taken before this time are counted; None in the file of an older comparer."""
    routes: dict[str, RouteCounts] = {}
    errors: int = 0
    dropped: int = 0
    crashed: int = 0

    def has_all_before(self, moment: float) -> bool:
        """Whether no shadow that was taken before a moment is still to be counted."""
        return self.counted_until is None or self.counted_until >= moment

    @property
    def unanswered(self) -> int:
        """Reads that could not be compared."""
        return self.errors + self.crashed


def read_shadows(path: Path) -> ShadowTotals | None:
    """What the comparer has counted; None if it has no file, or it cannot be read."""
    try:
        return msgspec.json.decode(path.read_bytes(), type=ShadowTotals)
    except FileNotFoundError:
        return None
    except (OSError, ValueError) as error:
        log.error("the comparer's counts in %s cannot be read: %s", path, error)
        return None


def shadows_since(before: ShadowTotals | None, now: ShadowTotals | None) -> Shadows | None:
    """The difference; all of it if the comparer has begun on an empty file meanwhile."""
    if now is None:
        return None
    if before is None or before.since != now.since:
        before = ShadowTotals()
    nothing = RouteCounts()
    routes = {name: one.less(before.routes.get(name, nothing)) for name, one in now.routes.items()}
    different = [name for name in routes if routes[name].different]
    worst = sorted(different, key=lambda name: -routes[name].different)[:_SHOWN]
    return Shadows(
        same=sum(one.same for one in routes.values()),
        noisy=sum(one.noisy for one in routes.values()),
        ignored=sum(one.ignored for one in routes.values()),
        old_failed=sum(one.old_failed for one in routes.values()),
        different=sum(one.different for one in routes.values()),
        unanswered=now.unanswered - before.unanswered,
        dropped=now.dropped - before.dropped,
        routes=tuple(_route(name, routes[name]) for name in worst),
    )


def _route(name: str, counts: RouteCounts) -> RouteShadows:
    compared = counts.same + counts.different  # as `judge_shadow` counts
    return RouteShadows(route=name, different=counts.different, compared=compared)
