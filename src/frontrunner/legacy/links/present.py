"""What the query of a link to the present board asks for, in the words of our own pages.

Its paths are ours, and so are some of its parameters. The others are those of its filters: lists
are separated by commas, each value encoded once more, and sizes are millions of parameters.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple
from urllib.parse import unquote

_TABS = {
    "perf_language": "languages",
    "perf_task": "tasks",
    "perf_size": "size",
    "perf_time": "time",
    "task_info": "list",
}
_OPEN = {"weights": "0", "license": "1", "licence": "1"}
_MEANS = {"meanTask": "mean_task", "meanTaskType": "mean_task_type"}
_LISTS = {
    "types": "types",
    "tt": "types",
    "lang": "languages",
    "langs": "languages",
    "dom": "domains",
    "doms": "domains",
    "tks": "tasks",
    "mtypes": "kind",
    "mmods": "modality",
    "pin": "pin",
}
"""Its lists on a board -> ours."""
_CHOICES = {
    "avail": ("weights", {"open": "open", "proprietary": "closed"}),
    "inst": ("instructions", {"only_instruction": "yes", "only_non_instruction": "no"}),
    "zs": ("zero", {"remove_unknown": "known", "only_zero_shot": "only"}),
    "st": ("st", {"1": "yes", "yes": "yes", "no": "no"}),
}
"""Its choices -> ours, and what each value is called."""
_THEIRS = frozenset({"minSize", "maxSize", "openreq", "tab", "mods", *_LISTS, *_CHOICES})
_ONLY_THEIRS = _THEIRS - {"types", "st", "pin"}
_OF_TASKS = {"types": "type", "langs": "language", "doms": "domain", "mods": "modality"}
_OF_MODELS = {"mtypes": "kind", "mmods": "modality", "mods": "modality", "langs": "language"}
_MILLIONS = 1000.0


class Shown(NamedTuple):
    """A page as a link asked for it."""

    tab: str
    query: tuple[tuple[str, str], ...]
    """Parameters of ours, in their order."""
    modalities: tuple[str, ...] = ()
    """Only tasks of these modalities; our boards narrow by the tasks themselves."""


def shown(query: Mapping[str, str]) -> Shown | None:
    """What a link to a board asks for; None for a link of our own."""
    known = _ONLY_THEIRS & query.keys() or any(_is_order(key) for key in query)
    is_list = any("," in query.get(key, "") for key in ("types", "pin"))
    if not known and not is_list and query.get("st") != "1":
        return None
    modalities = tuple(values(query.get("mods", "")))
    return Shown(_TABS.get(query.get("tab", ""), ""), tuple(_ours(query)), modalities)


def shown_list(page: str, query: Mapping[str, str]) -> Shown | None:
    """The same for the list of `models` or `tasks`."""
    lists = _OF_TASKS if page == "tasks" else _OF_MODELS
    choices = {} if page == "tasks" else {key: _CHOICES[key] for key in ("avail", "inst")}
    sizes = () if page == "tasks" else ("minSize", "maxSize")
    theirs = {*lists, *choices, *sizes}
    if not theirs & query.keys():
        return None
    kept = [(key, value) for key, value in query.items() if key not in theirs]
    narrowed = [*_listed(query, lists), *_chosen(query, choices), *(_sizes(query) if sizes else ())]
    return Shown("", tuple(_unique([*kept, *narrowed])))


def compared(pairs: Sequence[tuple[str, str]]) -> tuple[list[str], list[str]] | None:
    """The models and the boards that a link to its comparison names; None for a link of ours."""
    models = [one for key, value in pairs if key == "model" for one in values(value)]
    boards = [unquote(value) for key, value in pairs if key == "benchmark"]
    return (models, boards) if models or boards else None


def values(text: str) -> Iterator[str]:
    """The values of a list of theirs: separated by commas, each encoded once more."""
    return (unquote(piece.strip()) for piece in text.split(",") if piece.strip())


def _is_order(key: str) -> bool:
    return key.startswith(("s.", "d."))


def _ours(query: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    kept = [(k, v) for k, v in query.items() if k not in _THEIRS and not _is_order(k)]
    yield from _unique(
        [*kept, *_listed(query, _LISTS), *_chosen(query, _CHOICES), *_sizes(query), *_facets(query)]
    )
    column = query.get("s.summary", "").removeprefix("tt:")
    if column:
        down = query.get("d.summary", "desc") != "asc"
        yield "sort", ("-" if down else "") + _MEANS.get(column, column)


def _unique(pairs: Sequence[tuple[str, str]]) -> list[tuple[str, str]]:
    """Each parameter once: the first that is not empty."""
    found: dict[str, str] = {}
    for key, value in pairs:
        if value:
            found.setdefault(key, value)
    return list(found.items())


def _listed(query: Mapping[str, str], lists: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    for theirs, ours in lists.items():
        if theirs in query:
            listed = "~".join(values(query[theirs]))
            # No type and no model has a comma in its name; one that is left would look like theirs.
            yield ours, listed.replace(",", "~") if ours == theirs else listed


def _chosen(
    query: Mapping[str, str], choices: Mapping[str, tuple[str, dict[str, str]]]
) -> Iterator[tuple[str, str]]:
    for theirs, (ours, meaning) in choices.items():
        if query.get(theirs) in meaning:
            yield ours, meaning[query[theirs]]


def _sizes(query: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    """Sizes were millions, and are billions."""
    for ours, theirs in (("min", "minSize"), ("max", "maxSize")):
        size = _number(query.get(theirs, ""))
        if size is not None and size > 1:  # one million was the least, and meant any
            yield ours, f"{size / _MILLIONS:.4g}"


def _facets(query: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    """What must be open."""
    facets = {_OPEN[one] for one in query.get("openreq", "").split(",") if one in _OPEN}
    if facets:
        yield "facets", "~".join(sorted(facets))


def _number(text: str) -> float | None:
    try:
        value = float(text)
    except ValueError:
        return None
    return value if 0 <= value < float("inf") else None
