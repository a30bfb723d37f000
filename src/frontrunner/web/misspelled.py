"""Values of a page's filters that nothing has, and the known values closest to them.

`/v1` answers such a value with 422. So do the pages: a list that ignored a misspelled filter would
be read as if it were filtered. A word that mteb's registry uses is known even if this catalog has
nothing of it, so that links to other boards lead on.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from functools import cache
from typing import NamedTuple
from urllib.parse import quote, urlencode

from frontrunner.answers import weights
from frontrunner.answers.service import Service
from frontrunner.base.near import near_names
from frontrunner.catalog import Benchmark
from frontrunner.catalog.vocabulary import standard_words
from frontrunner.web import choices, text
from frontrunner.web.licences import USES
from frontrunner.web.views import board_sort
from frontrunner.web.views.boards import split
from frontrunner.web.views.row_facts import FACETS
from frontrunner.web.views.rows import MEANS
from frontrunner.web.visit import Visit

SEPARATOR = "~"
"""Separates the values of one filter."""
_DATE = re.compile(r"\d{4}(-\d{2}(-\d{2})?)?", re.ASCII)
_PERCENT = re.compile(r"\d{1,3}", re.ASCII)
_YES_NO = ("yes", "no")
_FEW = 6
"""Values that a page can offer all of."""


class Misspelled(NamedTuple):
    """A value of a query that is unknown."""

    parameter: str
    value: str
    near: str | None
    """The known value closest to it."""
    few: tuple[str, ...] = ()
    """All known values, if they are few."""


class Rule(NamedTuple):
    """The values that a filter takes."""

    knows: Callable[[str], bool]
    near: Callable[[str], str | None]
    """The known value closest to one that is unknown. This takes milliseconds."""
    few: tuple[str, ...] = ()
    """All known values, if they are few."""
    is_single: bool = False
    """Whether the parameter takes one value, so that separators are part of it."""

    def values(self, given: str) -> list[str]:
        """The values that a query gives the parameter."""
        return [given.strip()] if self.is_single and given.strip() else _values(given)


Rules = Mapping[str, Rule]
"""Parameter -> the values that it takes. Other parameters take any."""


def find(rules: Rules, query: Mapping[str, str]) -> Misspelled | None:
    """The first value of `query` that is unknown."""
    for parameter, given in query.items():
        rule = rules.get(parameter)
        if rule is None:
            continue
        wrong = next((one for one in rule.values(given) if not rule.knows(one)), None)
        if wrong is not None:
            return Misspelled(parameter, wrong, rule.near(wrong), rule.few)
    return None


def without_unknown(rules: Rules, pairs: Iterable[tuple[str, str]]) -> Iterator[tuple[str, str]]:
    """The query of an older board's link without the values that are unknown.

    The older boards ignored such values, and their links must go on leading somewhere.
    """
    for parameter, given in pairs:
        rule = rules.get(parameter)
        some = [one for one in rule.values(given) if rule.knows(one)] if rule else [given]
        known = SEPARATOR.join(some)
        if known:
            yield parameter, known


def corrected(query: Mapping[str, str], wrong: Misspelled, right: str | None) -> str:
    """The query with another value in place of the unknown one; None leaves the filter out.

    Empty, or beginning with `?`.
    """
    found = dict(query)
    values = [right if one == wrong.value else one for one in _values(found[wrong.parameter])]
    found[wrong.parameter] = SEPARATOR.join(one for one in values if one) if right else ""
    pairs = [(key, value) for key, value in found.items() if value]
    return f"?{urlencode(pairs, safe=SEPARATOR, quote_via=quote)}" if pairs else ""


def _values(given: str) -> list[str]:
    return [one.strip() for one in given.split(SEPARATOR) if one.strip()]


def rules(visit: Visit, path: str) -> Rules:
    """The filters of the page at `path`. Raises UnknownNameError for a board that is not there."""
    if path in ("models", "tasks"):
        return rules_of_list(visit.service, path)
    if path.startswith("benchmark/"):
        return rules_of_board(visit.service, split(visit)[0])
    return {}


# --- what is known ----------------------------------------------------------------------------


def rules_of_list(service: Service, page: str) -> Rules:
    """The filters of the list of `models` or `tasks`."""
    words, known = standard_words(), service.entities.vocabulary
    modalities = {*words.modalities, *known["modalities"], *known["task_modalities"]}
    shared = {
        "modality": _among(modalities),
        "language": _language_names(service),
        "results": _among(_YES_NO),
    }
    if page == "tasks":
        return shared | {
            "type": _among({*words.task_types, *known["types"]}),
            "domain": _among({*words.domains, *known["domains"]}),
            "public": _among(_YES_NO),
        }
    licences = (text.short_licence(model.license) for model in service.snapshot.catalog.models)
    return shared | {
        "kind": _among({*words.model_types, *known["model_types"]}),
        "weights": _among(("open", "closed")),
        "licence": _among({*licences}),
        "instructions": _among(_YES_NO),
        "min": _SIZE,
        "max": _SIZE,
    }


def rules_of_board(service: Service, bench: Benchmark) -> Rules:
    """The filters of a board, and what it can be ranked by."""
    words, known = standard_words(), service.entities.vocabulary
    of_models = rules_of_list(service, "models")
    kept = ("modality", "kind", "weights", "licence", "instructions", "min", "max")
    return {name: of_models[name] for name in kept} | {
        "languages": _languages(service),
        "types": _among({*words.task_types, *known["types"]}),
        "domains": _among({*words.domains, *known["domains"]}),
        "tasks": _among([scope.task for scope in bench.scopes]),
        "subsets": _subsets(bench),
        choices.WEIGH: _weights(service, bench),
        "sort": _columns(service, bench),
        "order": _among(board_sort.ORDERS),
        "policy": _among(("strict", "lenient")),
        "use": _among(USES),
        "zero": _among(("known", "only")),
        "st": _among(_YES_NO),
        "coverage": _one(lambda value: bool(_PERCENT.fullmatch(value))),
        "since": _one(lambda value: bool(_DATE.fullmatch(value))),
        "facets": _among([str(place) for place in range(len(FACETS))]),
    }


def _one(knows: Callable[[str], bool]) -> Rule:
    return Rule(knows, lambda _: None, is_single=True)


_SIZE = _one(lambda value: text.billions(value) is not None)


def _among(known: Collection[str]) -> Rule:
    def near(value: str) -> str | None:
        # Wrong capitals are the most common mistake.
        folded = {one.casefold(): one for one in known}
        found = near_names(value.casefold(), folded, most=1)
        return folded[found[0]] if found else None

    few = tuple(sorted(known)) if len(known) <= _FEW else ()
    return Rule(lambda value: value in known, near, few)


def _languages(service: Service) -> Rule:
    """A language in any of the forms that `/v1/rank` reads, or several between commas."""
    names = service.boards.languages

    def unknown(value: str) -> str | None:
        return names.unknown([one.strip() for one in value.split(",") if one.strip()])

    return Rule(
        lambda value: unknown(value) is None, lambda value: names.near(unknown(value) or "")
    )


def _subsets(bench: Benchmark) -> Rule:
    """Subsets of the board's tasks, between commas."""
    known = _among({name for scope in bench.scopes for name in scope.subsets})

    def unknown(value: str) -> str | None:
        names = (one.strip() for one in value.split(","))
        return next((one for one in names if one and not known.knows(one)), None)

    return Rule(
        lambda value: unknown(value) is None, lambda value: known.near(unknown(value) or "")
    )


def _columns(service: Service, bench: Benchmark) -> Rule:
    """A column of one of the board's tables; `-` before it turns the order round."""

    @cache
    def known() -> Rule:
        board = service.board(bench.name)
        groups = [
            f"{one.name}:{group.label}" for one in board.custom_groupings for group in one.groups
        ]
        kinds, languages = board.task_types, service.entities.benchmark(bench).languages
        return _among([*board_sort.FACTS, *MEANS, *kinds, *groups, *board.tasks, *languages])

    def near(value: str) -> str | None:
        found = known().near(value.removeprefix("-"))
        return f"{'-' * value.startswith('-')}{found}" if found else None

    return Rule(lambda value: known().knows(value.removeprefix("-")), near)


def _weights(service: Service, bench: Benchmark) -> Rule:
    """A weight of one of the board's tasks or of their types."""
    kinds = service.snapshot.facts.task_type
    tasks = [scope.task for scope in bench.scopes]
    known = _among([*dict.fromkeys(kinds[task] for task in tasks), *tasks])

    def knows(value: str) -> bool:
        name, weight = weights.split(value)
        return known.knows(name) and weights.number(weight) is not None

    def near(value: str) -> str | None:
        name, weight = weights.split(value)
        found = name if known.knows(name) else known.near(name)
        return f"{found}:{weight}" if found and weights.number(weight) is not None else None

    return Rule(knows, near)


def _language_names(service: Service) -> Rule:
    """A language by the name that lists use for it; a code is close to its name."""
    catalog = service.snapshot.catalog
    languages = catalog.languages

    @cache
    def used() -> frozenset[str]:
        """The names in use. A code that has no name is its own."""
        of_tasks = (code for task in catalog.tasks for code in task.language_codes)
        of_models = (code for model in catalog.models for code in model.languages or ())
        return frozenset(languages.label(code) for code in {*of_tasks, *of_models})

    def knows(value: str) -> bool:
        return languages.knows_label(value) or value in used()

    def near(value: str) -> str | None:
        if languages.knows_code(value):
            return languages.label(value)
        return service.entities.task_languages.near(value)

    return Rule(knows, near)
