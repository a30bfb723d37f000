"""How alike two rankings are: Spearman, Kendall's tau-b, overlap at the top, largest moves."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import msgspec
import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

ENOUGH = 15
"""With fewer shared models two rankings are not compared."""
TOP = (1, 3, 5, 10)


class RankMove(msgspec.Struct, frozen=True):
    """A model whose place changed. Places are counted among the shared models."""

    model: str
    before: int
    after: int


class Agreement(msgspec.Struct, frozen=True):
    """How alike the old order of the shared models is to the new one."""

    models: int
    conclusive: bool
    """False if there are too few models to compare."""
    spearman: float | None = None
    kendall: float | None = None
    """Tau-b, which allows for ties."""
    top: dict[int, float] = {}
    """k -> the share of the old top k that is in the new top k."""
    moves: tuple[RankMove, ...] = ()
    """The largest, largest first."""


def ranks(values: Floats) -> Floats:
    """Ranks from 1, the highest value first; equal values share the mean of their ranks."""
    order = np.argsort(-values, kind="stable")
    _, first, inverse, counts = np.unique(
        -values[order], return_index=True, return_inverse=True, return_counts=True
    )
    found = np.empty(len(values))
    found[order] = (first + (counts + 1) / 2)[inverse]
    return found


def spearman(old: Floats, new: Floats) -> float | None:
    """Spearman's correlation; None if one side is all ties."""
    a, b = ranks(old), ranks(new)
    if len(a) < 2 or a.std() == 0 or b.std() == 0:
        return None
    return float(np.corrcoef(a, b)[0, 1])


def kendall(old: Floats, new: Floats) -> float | None:
    """Kendall's tau-b; None if one side is all ties."""
    a = np.sign(old[:, None] - old[None, :])
    b = np.sign(new[:, None] - new[None, :])
    norm = float(np.sqrt((a * a).sum() * (b * b).sum()))
    return float((a * b).sum() / norm) if norm else None


def agree(old: Mapping[str, float], new: Mapping[str, float]) -> Agreement:
    """Compare two scorings by the models that both have; higher is better in both."""
    shared = sorted(old.keys() & new.keys())
    if len(shared) < ENOUGH:
        return Agreement(len(shared), conclusive=False)
    before = np.array([old[name] for name in shared])
    after = np.array([new[name] for name in shared])
    return Agreement(
        models=len(shared),
        conclusive=True,
        spearman=spearman(before, after),
        kendall=kendall(before, after),
        top=_overlap(shared, before, after),
        moves=_moves(shared, before, after),
    )


def _overlap(names: Sequence[str], before: Floats, after: Floats) -> dict[int, float]:
    order_before = [names[i] for i in np.argsort(-before, kind="stable")]
    order_after = [names[i] for i in np.argsort(-after, kind="stable")]
    return {
        k: len(set(order_before[:k]) & set(order_after[:k])) / k for k in TOP if k <= len(names)
    }


def _moves(
    names: Sequence[str], before: Floats, after: Floats, most: int = 5
) -> tuple[RankMove, ...]:
    old, new = (ranks(values).round().astype(int) for values in (before, after))
    places = zip(names, old, new, strict=True)
    moved = [RankMove(name, int(a), int(b)) for name, a, b in places if a != b]
    return tuple(sorted(moved, key=lambda one: (-abs(one.before - one.after), one.model))[:most])
