"""What superseded what: a name that leads back to itself supersedes nothing."""

from __future__ import annotations

from frontrunner.catalog import Benchmark, Catalog


def newer_model(catalog: Catalog, name: str) -> str | None:
    """The model that superseded `name`; None if the chain of successors returns to it."""
    known = catalog.model_by_name
    first = known[name].superseded_by
    followed, step = {name.casefold()}, first
    while step is not None:
        if step.casefold() in followed:
            return None if step.casefold() == name.casefold() else first
        followed.add(step.casefold())
        step = known[step].superseded_by if step in known else None
    return first


def newer_boards(bench: Benchmark) -> tuple[str, ...]:
    """The boards that superseded `bench`."""
    return tuple(one for one in bench.superseded_by if one != bench.name)


def is_old(bench: Benchmark) -> bool:
    """Whether there is a newer version of a board."""
    return bool(newer_boards(bench))
