"""What a reader needs, in a form or in words, and the board that answers it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import NamedTuple

from frontrunner.answers.service import Service
from frontrunner.base.near import near_names
from frontrunner.catalog import Benchmark, Scope
from frontrunner.catalog.vocabulary import standard_words
from frontrunner.web.against import Against, ModelNames, against, is_against
from frontrunner.web.choices import written
from frontrunner.web.matching import LONGEST, plain
from frontrunner.web.spoken import kind_words, own_names
from frontrunner.web.text import billions
from frontrunner.web.views.home import board_counts, flagships, task_kinds, tongues
from frontrunner.web.views.newer import is_old
from frontrunner.web.views.rows import spaced
from frontrunner.web.visit import Visit
from frontrunner.web.words import Words

PATH = "find"
"""The page that leads to a board."""
SIZES = ("100M", "300M", "500M", "1B", "4B", "8B")
"""Largest sizes to choose from."""
_FOR_COMMERCE, _OPEN_ONLY = ("both", "commercial"), ("both", "open")
"""What the form's choice `may` asks for."""
_OWN_LANGUAGES, _TASKS, _MODELS = 2, 3, 30
"""A language's own board has at most so many languages, and so many tasks and models that fit."""
_ENOUGH = 8
"""More fitting tasks than these make a board no better."""
_SIZE = re.compile(r"(\d+(?:[.,]\d+)?\s*[kmb])(?![a-z])", re.IGNORECASE)
_COMMERCIAL = re.compile(r"commercial\w*|kommerziell\w*|\u5546\u7528|\u5546\u4e1a", re.IGNORECASE)
_OPEN = re.compile(r"\bopen\b|\u5f00\u6e90|\u5f00\u653e|\boffene?s?\b", re.IGNORECASE)
_CLOSEST = 0.8
"""How much a misspelled word must be like a known one."""
_LETTERS = 4
"""Shorter words are not taken for misspelled ones."""


class Need(NamedTuple):
    """What a model must be good at, and what it may be."""

    language: str = ""
    kind: str = ""
    max: str = ""
    use: str = ""
    weights: str = ""


Phrases = Mapping[str, str]
"""What is written, as it is compared -> what it means."""


def understand(text: str, languages: Phrases, kinds: Phrases) -> Need:
    """The need that a sentence states: `german retrieval under 500M, commercial use`."""
    text = text[:LONGEST]
    size = _SIZE.search(text)
    rest = _SIZE.sub(" ", text)
    use, weights = bool(_COMMERCIAL.search(rest)), bool(_OPEN.search(rest))
    rest = _OPEN.sub(" ", _COMMERCIAL.sub(" ", rest))
    rest = " ".join(re.findall(r"\w+", plain(rest)))
    kind, rest = _take(rest, kinds)
    language, rest = _take(rest, languages)
    kind = kind or _nearest(rest, kinds)
    return Need(
        language or _nearest(rest, languages),
        kind,
        size[1].replace(" ", "").upper() if size else "",
        "yes" if use else "",
        "open" if weights else "",
    )


def _take(text: str, known: Phrases) -> tuple[str, str]:
    """The meaning of the longest phrase in a text, and the text without it."""
    padded = f" {text} "
    for phrase in sorted(known, key=len, reverse=True):
        # Chinese has no spaces between words.
        wanted = phrase if phrase[:1] >= "\u2e80" else f" {phrase} "
        if wanted in padded:
            return known[phrase], padded.replace(wanted, "  ").strip()
    return "", text


def _nearest(text: str, known: Phrases) -> str:
    """The meaning of a phrase that one of the words misspells."""
    for word in text.split():
        close = near_names(word, known, most=1, cutoff=_CLOSEST) if len(word) >= _LETTERS else []
        if close:
            return known[close[0]]
    return ""


# --- what is known ----------------------------------------------------------------------------


def language_phrases(service: Service, t: Words) -> Phrases:
    """The languages of current boards, by all their names."""
    own = own_names(service.snapshot.catalog.languages)
    found: dict[str, str] = {}
    for name in tongues(service):
        for phrase in (name, t.named("tongues", name), *own.get(name, "").split()):
            found.setdefault(plain(phrase), name)
    return found


def kind_phrases(service: Service, t: Words) -> Phrases:
    """The kinds of task of current boards, by all their names."""
    found: dict[str, str] = {}
    for name in task_kinds(service):
        label = spaced(name)
        for phrase in (name, label, t.named("types", label), *kind_words(name)):
            found.setdefault(plain(phrase), name)
    return found


def compared(service: Service, t: Words, text: str) -> tuple[Against, str] | None:
    """The two models that a sentence names, and the kind of task that it names."""
    if not is_against(text):
        return None
    kinds, standard = kind_phrases(service, t), standard_words()
    others = (*kinds, *language_phrases(service, t), *standard.modalities, *standard.domains)
    found = against(text, ModelNames(service.snapshot.catalog.model_by_name, others))
    return None if found is None else (found, understand(found.rest, {}, kinds).kind)


# --- the board --------------------------------------------------------------------------------


def best_board(service: Service, need: Need) -> Benchmark | None:
    """The board of a language itself, else the broadest one, else the one with most results."""
    first = flagships(service)
    codes = _codes(service, need.language)
    found = []
    for bench in service.snapshot.catalog.benchmarks:
        models = 0 if is_old(bench) else board_counts(service, bench).models
        tasks = _fitting(service, bench, codes, need.kind) if models else 0
        if not tasks:
            continue
        few = len(service.entities.benchmark(bench).languages) <= _OWN_LANGUAGES
        own = bool(need.language) and few and tasks >= _TASKS and models >= _MODELS
        broad = first.index(bench.name) + 1 if bench.name in first else 0
        found.append((own, broad, min(tasks, _ENOUGH) * models, bench.name))
    if not found:
        return None
    # Of a language's own boards the one with most results; of the broad ones the broadest.
    _, _, _, name = max(found, key=lambda one: (one[0], 0 if one[0] else one[1], *one[2:]))
    return service.snapshot.catalog.benchmark_by_name[name]


def _codes(service: Service, language: str) -> frozenset[str] | None:
    """The codes of a language; None for any."""
    names = service.entities.task_languages
    return names.codes([language]) if language and names.unknown([language]) is None else None


def _fitting(service: Service, bench: Benchmark, codes: frozenset[str] | None, kind: str) -> int:
    """How many tasks that count are of a kind and in a language."""
    catalog, private = service.snapshot.catalog, service.snapshot.facts.private_tasks

    def fits(scope: Scope) -> bool:
        task = catalog.task_by_name[scope.task]
        if (kind and task.type != kind) or (bench.public_only and task.name in private):
            return False
        return codes is None or any(
            not codes.isdisjoint(task.subsets.get(one, ())) for one in scope.subsets
        )

    return sum(map(fits, bench.scopes))


def address(visit: Visit, query: Mapping[str, str]) -> str:
    """The board for what a reader filled in, narrowed, filtered and ranked again."""
    service, t = visit.service, visit.t
    two = compared(service, t, query.get("say", ""))
    if two is not None:
        return visit.links.compare(two[0][:2], kind=two[1])
    languages, kinds = language_phrases(service, t), kind_phrases(service, t)
    said = understand(query.get("say", ""), languages, kinds)
    typed = query.get("language", "").strip()
    size = query.get("max", "").strip()
    may = query.get("may", "")
    need = Need(
        languages.get(plain(typed), typed) or said.language,
        query.get("kind", "") or said.kind,
        (size if billions(size) is not None else "") or said.max,
        ("yes" if may in _FOR_COMMERCE else query.get("use", "")) or said.use,
        ("open" if may in _OPEN_ONLY else query.get("weights", "")) or said.weights,
    )
    bench = best_board(service, need)
    if bench is None:
        words = " ".join(one for one in (need.language, spaced(need.kind)) if one)
        return visit.links.page("search") + written([("q", words)])
    whole = service.entities.benchmark(bench)
    is_whole = whole.languages == [need.language]
    pairs = {
        "languages": "" if is_whole else need.language,
        "types": "" if whole.task_types == [need.kind] else need.kind,
        "max": need.max,
        "use": need.use,
        "weights": need.weights,
    }
    return visit.links.board(bench.name) + written(pairs.items())
