"""The front page: the boards that say most, their leaders, and the way to all others."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from frontrunner.answers import schemas
from frontrunner.answers.service import Service
from frontrunner.catalog import Benchmark, MenuEntry
from frontrunner.web import text
from frontrunner.web.views.newer import is_old
from frontrunner.web.views.rows import ModelName, part_of, partial_mean, spaced
from frontrunner.web.visit import Shown, Visit

BUCKETS: tuple[tuple[float, float | None], ...] = ((0, 150), (150, 600), (600, 4000), (4000, None))
"""Ranges of sizes in millions of parameters; the upper end is exclusive."""
SIZES = ("100M", "300M", "500M", "1B", "4B", "8B")
"""Largest sizes to choose from."""
_MANY_LANGUAGES = 10
_MODALITIES = ("text", "image", "audio", "video")


class Leader(NamedTuple):
    """The best model of a size."""

    bucket: str
    model: ModelName | None
    score: float | None
    part: str
    """How many tasks the score is over, if they are not all."""
    parameters: float | None
    rank: int


class Counts(NamedTuple):
    """A board in numbers."""

    tasks: int
    models: int
    complete: int


class Featured(NamedTuple):
    """A board with its leaders."""

    bench: Benchmark
    tasks: int
    models: int
    complete: int
    leaders: list[Leader]


class Entry(NamedTuple):
    """A board in a list."""

    bench: Benchmark
    tasks: int
    languages: int
    models: int
    complete: int
    icon: str


class Group(NamedTuple):
    """Boards under one heading."""

    name: str
    description: str
    entries: list[Entry]


def home(visit: Visit) -> Shown:
    """The front page."""
    t, counts = visit.t, visit.service.snapshot.manifest.provenance.counts
    groups, counted = menu(visit), _counted(visit.service)
    values = {
        "featured": [_featured(visit.service, bench) for bench in featured(visit.service)],
        "groups": groups,
        "counts": counts,
        "boards": counted,
        "rest": counted - sum(len(group.entries) for group in groups),
        "tongues": tongues(visit.service),
        "kinds": [(one, t.named("types", spaced(one))) for one in task_kinds(visit.service)],
        "sizes": SIZES,
    }
    return Shown("home.html", visit.t("home.title"), values, visit.t("home.lead"))


def _counted(service: Service) -> int:
    """The boards that rank a model; all, while none does, as before the first results."""
    return service.boards_ranked or len(service.snapshot.catalog.benchmarks)


def tongues(service: Service) -> list[str]:
    """The languages of the current boards, those of most boards first."""
    found = Counter(one for bench in _current(service) for one in bench.languages)
    return sorted(found, key=lambda one: (-found[one], one))


def task_kinds(service: Service) -> list[str]:
    """The types of the tasks of the current boards, those of most boards first."""
    found = Counter(one for bench in _current(service) for one in bench.task_types)
    return sorted(found, key=lambda one: (-found[one], one))


def _current(service: Service) -> Iterator[schemas.Benchmark]:
    for bench in service.snapshot.catalog.benchmarks:
        if not is_old(bench):
            yield service.entities.benchmark(bench)


def featured(service: Service) -> list[Benchmark]:
    """For each kind of board the broadest that is current, text first, and of text one language.

    A kind is what else than text is in it, and for text whether there are many languages. Of
    multilingual boards the one with most languages and tasks is taken, of all others the one on
    which most models were run on most tasks.
    """
    best: dict[tuple[str, bool], tuple[int, Benchmark]] = {}
    for bench in service.snapshot.catalog.benchmarks:
        complete = service.numbers.benchmarks.get(bench.name, 0)
        whole = service.entities.benchmark(bench)
        other = max(_other_modalities(service, bench), key=_MODALITIES.index, default="text")
        many = other == "text" and len(whole.languages) > _MANY_LANGUAGES
        weight = len(bench.scopes) * (len(whole.languages) if many else complete)
        kind = (other, not many)
        if complete and not is_old(bench) and weight > best.get(kind, (0, bench))[0]:
            best[kind] = (weight, bench)
    order = sorted(best, key=lambda kind: (_MODALITIES.index(kind[0]), not kind[1]))
    return [best[kind][1] for kind in order]


def flagships(service: Service) -> list[str]:
    """The boards that most readers come for: the broadest of text, first in every list."""
    texts = (bench for bench in featured(service) if not _other_modalities(service, bench))
    return [bench.name for bench in texts]


def _other_modalities(service: Service, bench: Benchmark) -> frozenset[str]:
    return frozenset(service.entities.benchmark(bench).modalities) - {"text"}


def bucket_label(low: float, high: float | None) -> str:
    """A range of sizes."""

    def size(millions: float) -> str:
        return text.parameters(millions / 1000)

    if high is None:
        return f"≥ {size(low)}"
    return f"{size(low)} {text.MISSING} {size(high)}" if low else f"< {size(high)}"


def _featured(service: Service, bench: Benchmark) -> Featured:
    found = service.leaders(bench.name, BUCKETS)
    leaders = []
    for (low, high), bucket in zip(BUCKETS, found.buckets, strict=True):
        best = bucket.leader
        leaders.append(
            Leader(
                bucket_label(low, high),
                ModelName.of(best.model.name) if best else None,
                _score(best),
                part_of(best.completed) if best and best.mean_task is None else "",
                best.total_params_b if best else None,
                best.rank if best else 0,
            )
        )
    return Featured(bench, *board_counts(service, bench), leaders)


def board_counts(service: Service, bench: Benchmark) -> Counts:
    """A board's tasks, models and complete models, as its own page counts them."""
    known = service.numbers.shown.get(bench.name)
    if known is None:  # answers of an earlier version
        complete = service.numbers.benchmarks.get(bench.name, 0)
        return Counts(len(bench.scopes), complete, complete)
    return Counts(known.tasks or len(bench.scopes), known.models, known.complete)


def _score(best: schemas.Leader | None) -> float | None:
    if best is None or best.mean_task is not None:
        return best.mean_task if best else None
    return partial_mean(best.completed)


def menu(visit: Visit, *, everything: bool = False) -> list[Group]:
    """The boards that rank a model, or all while none does, by the headings of the menu.

    With `everything` also those that rank none yet, and last those on no menu.
    """
    catalog = visit.service.snapshot.catalog
    groups = [
        Group(heading.name, heading.description or "", _entries(visit, _below(heading)))
        for heading in catalog.menu
    ]
    listed = {entry.bench.name for group in groups for entry in group.entries}
    first = [name for name in flagships(visit.service) if name not in listed]
    if everything and groups and first:
        groups.insert(0, Group("General Purpose", "", _entries(visit, first)))
    if everything or not groups:
        listed = {entry.bench.name for group in groups for entry in group.entries}
        others = [bench.name for bench in catalog.benchmarks if bench.name not in listed]
        current = [n for n in others if not is_old(catalog.benchmark_by_name[n])]
        old = [n for n in others if is_old(catalog.benchmark_by_name[n])]
        groups.append(Group(visit.t("boards.more"), "", _entries(visit, current)))
        groups.append(
            Group(visit.t("boards.older"), visit.t("boards.older_lead"), _entries(visit, old))
        )
    order = {name: place for place, name in enumerate(flagships(visit.service))}
    for group in groups:
        group.entries.sort(key=lambda entry: order.get(entry.bench.name, len(order)))
    if not everything and visit.service.boards_ranked:
        groups = [_without_empty(visit.service, group) for group in groups]
    return [group for group in groups if group.entries]


def _without_empty(service: Service, group: Group) -> Group:
    """The boards of a group that rank a model; all, if answers of an earlier version do not say."""
    shown = service.numbers.shown
    empty = {name for name, known in shown.items() if not known.models}
    return group._replace(entries=[one for one in group.entries if one.bench.name not in empty])


def _below(heading: MenuEntry) -> Iterator[str]:
    for child in heading.children:
        if isinstance(child, str):
            yield child
        else:
            yield from _below(child)


def _entries(visit: Visit, names: Iterable[str]) -> list[Entry]:
    service = visit.service
    entries = []
    for name in names:
        bench = service.snapshot.catalog.benchmark_by_name[name]
        whole = service.entities.benchmark(bench)
        icon = bench.icon or ""
        counts = board_counts(service, bench)
        entries.append(
            Entry(
                bench,
                counts.tasks,
                len(whole.languages),
                counts.models,
                counts.complete,
                icon if len(icon) <= 4 else "",
            )
        )
    return entries
