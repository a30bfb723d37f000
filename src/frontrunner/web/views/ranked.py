"""A board as a reader ranks it: which numbers to show, what to say of them, and the form."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from frontrunner.answers.rank_schemas import Ranking
from frontrunner.answers.reranked import board_of
from frontrunner.answers.service import Service
from frontrunner.answers.values import BoardValues
from frontrunner.base.errors import UsageError
from frontrunner.catalog import Benchmark
from frontrunner.web.choices import LISTS, PARAMETERS, WEIGH, Choices, read, without, written
from frontrunner.web.licences import USES
from frontrunner.web.spoken import own_names
from frontrunner.web.views.board_table import CUSTOMIZE, Heading, type_label
from frontrunner.web.visit import Visit
from frontrunner.web.words import Words

_LARGEST = "max"
_PICKED = {
    "weights": {"open": "tools.open", "closed": "tools.closed"},
    "use": {one: f"uses.{one}" for one in USES},
}
"""The filters that the form has, with what their values are called; a script offers all others."""
_TIMES = "\N{MULTIPLICATION SIGN}"
_LONGEST = 4000
"""Characters that the link of each row may repeat; a board has hundreds of rows."""
_MOST_SUBSETS = 500
"""Subsets that a form offers; boards with more have one for each pair of languages."""


class Said(NamedTuple):
    """How a ranking differs from the board's own, above its table."""

    counted: int
    """Tasks that ranks and means are taken over."""
    board_counts: int
    """The same of the board."""
    narrowed: str
    """What leaves tasks out, or parts of them."""
    private: int
    """Tasks that are shown and do not count, as on the board."""
    weights: str
    lenient: bool
    changes: int
    """How many choices make the difference."""
    asked: Mapping[str, str]
    """The parameters that choose it."""
    back: str
    """The address of the board itself."""
    unweighted: str
    """The address of the ranking without weights."""
    has_cards: bool
    """Whether each row can link to its numbers: the links say all that was chosen."""


class Ranked(NamedTuple):
    """A board to show, as it is or ranked again."""

    board: BoardValues
    tasks: int
    """What coverage is out of."""
    said: Said | None
    """None for the board as it is."""
    failed: str = ""
    """Why a choice could not be ranked, so that the board is as it is."""


def ranked(visit: Visit, bench: Benchmark, heading: Heading) -> Ranked:
    """The board, ranked by what the query chooses if that can be."""
    chosen, failed = read(visit.query), ""
    if not chosen.is_board and visit.live:
        try:
            return _again(visit, bench, heading, chosen)
        except UsageError as error:
            failed = str(error)
    return Ranked(visit.service.board(bench.name), heading.tasks, None, failed)


def _again(visit: Visit, bench: Benchmark, heading: Heading, chosen: Choices) -> Ranked:
    found = board_of(visit.service, chosen.request(bench.name))
    said = _said(visit, heading, chosen, found.ranking)
    return Ranked(found.board, found.tasks_total, said)


def _said(visit: Visit, heading: Heading, chosen: Choices, found: Ranking) -> Said:
    t, query, board = visit.t, visit.query, visit.links.board(heading.name)
    names = [_label(t, kind, one) for kind in LISTS for one in getattr(chosen, kind)]
    kinds = visit.service.entities.vocabulary["types"]
    labels = {name: type_label(name, t) if name in kinds else name for name in found.weights}
    weights = [f"{labels[name]} {_TIMES}{number:g}" for name, number in found.weights.items()]
    counted = len(found.counted_tasks)
    return Said(
        counted=counted,
        board_counts=heading.counted,
        narrowed=t("site.list").join(names),
        private=len(found.tasks) - counted,
        weights=t("site.list").join(weights),
        lenient=chosen.lenient,
        changes=len(names) + len(found.weights) + chosen.lenient,
        asked=chosen.asked,
        back=board + without(query, PARAMETERS),
        unweighted=board + without(query, {WEIGH}),
        has_cards=len(written(chosen.asked.items())) <= _LONGEST,
    )


def _label(t: Words, kind: str, value: str) -> str:
    if kind == "types":
        return type_label(value, t)
    return t.named({"languages": "tongues", "domains": "domains"}.get(kind, ""), value)


# --- the form -------------------------------------------------------------------------------------


class Option(NamedTuple):
    """Something that can be picked or weighed."""

    value: str
    label: str
    picked: bool
    weight: str = ""
    """As it was written; empty for 1."""
    is_private: bool = False
    """Shown on the board without counting."""


class Filter(NamedTuple):
    """A filter of models, with the values to pick one from."""

    name: str
    label: str
    options: Sequence[Option]


class Form(NamedTuple):
    """What a board can be ranked by, and which of its models are shown."""

    action: str
    back: str
    chosen: Choices
    languages: Sequence[tuple[str, str]]
    """Name, and what else it is called."""
    subsets: Sequence[tuple[str, str]]
    types: Sequence[Option]
    domains: Sequence[Option]
    tasks: Sequence[Option]
    largest: str
    """The largest size of a model, as it was written."""
    filters: Sequence[Filter]
    kept: Sequence[tuple[str, str]]
    """What else the address says: name and value."""


def form(visit: Visit, bench: Benchmark) -> Form:
    """The form of a board, filled in with what the query chooses."""
    service, t, links = visit.service, visit.t, visit.links
    chosen, whole = read(visit.query), visit.service.entities.benchmark(bench)
    weights = chosen.weights
    private = _uncounted(service, bench)
    asked = {*PARAMETERS, *_PICKED, _LARGEST}
    return Form(
        action=links.board(bench.name, CUSTOMIZE),
        back=links.board(bench.name) + without(visit.query, PARAMETERS),
        chosen=chosen,
        languages=[(one, _called(service, t, one)) for one in whole.languages],
        subsets=_subsets(bench),
        types=[
            Option(one, type_label(one, t), one in chosen.types, weights.get(one, ""))
            for one in whole.task_types
        ],
        domains=[
            Option(one, t.named("domains", one), one in chosen.domains) for one in whole.domains
        ],
        tasks=[
            Option(one, one, one in chosen.tasks, weights.get(one, ""), one in private)
            for one in whole.tasks
        ],
        largest=visit.query.get(_LARGEST, ""),
        filters=[_filter(visit, name, values) for name, values in _PICKED.items()],
        kept=[(key, value) for key, value in visit.query.items() if key not in asked],
    )


def _filter(visit: Visit, name: str, values: Mapping[str, str]) -> Filter:
    """A filter; what the address says stays, also if it is several values."""
    t, given = visit.t, visit.query.get(name, "")
    options = [("", t("tools.any")), *((value, t(words)) for value, words in values.items())]
    if given and given not in values:
        options.append((given, given))
    picked = [Option(value, label, value == given) for value, label in options]
    # Beside the weights of tasks, "weights" alone would be one of them.
    label = "need.may_open" if name == "weights" else f"tools.{name}"
    return Filter(name, t(label), picked)


def _called(service: Service, t: Words, language: str) -> str:
    """What else readers call a language: in the language of the page, and in itself."""
    own = own_names(service.snapshot.catalog.languages).get(language.partition(" (")[0], "")
    there = t.named("tongues", language)
    return " ".join(dict.fromkeys(one for one in (there, own) if one and one != language))


def _uncounted(service: Service, bench: Benchmark) -> frozenset[str]:
    return service.snapshot.facts.private_tasks if bench.public_only else frozenset()


def _subsets(bench: Benchmark) -> Sequence[tuple[str, str]]:
    """The subsets of a board's tasks; none if they are too many to choose from a list."""
    found = dict.fromkeys(one for scope in bench.scopes for one in scope.subsets)
    return [(one, "") for one in found] if 1 < len(found) <= _MOST_SUBSETS else ()
