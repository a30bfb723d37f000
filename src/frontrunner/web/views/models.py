"""The models: the list of them, and whether to use one."""

from __future__ import annotations

import statistics
from collections.abc import Callable, Sequence
from functools import partial
from typing import Any, NamedTuple

from frontrunner.answers import schemas
from frontrunner.answers.entities import billions, whole_tokens
from frontrunner.answers.service import Service
from frontrunner.base.errors import UnknownNameError
from frontrunner.catalog import Model
from frontrunner.web import text
from frontrunner.web.licences import commercial_use
from frontrunner.web.views.board_table import type_label
from frontrunner.web.views.finder import Facts, find
from frontrunner.web.views.missing import missing
from frontrunner.web.views.model_history import broadest_past, over_time
from frontrunner.web.views.moved import former_names, old_names
from frontrunner.web.views.newer import is_old, newer_model
from frontrunner.web.views.row_facts import FACETS
from frontrunner.web.views.rows import ModelName
from frontrunner.web.views.sources import differing, evaluation_time, origins, shared_folder
from frontrunner.web.visit import Shown, Visit
from frontrunner.web.words import Words

_WEIGHTS = {True: "open", False: "closed"}
_SIMILAR = 2.0
"""Models of a size: with at most this many times more or fewer parameters."""
_FEW_BOARDS = 5
"""The list of so many boards is shorter than what stands beside it."""
_ENOUGH = 5
"""Fewer models than this say nothing about what is usual."""


FILTERS = ("kind", "weights", "licence", "modality", "language", "instructions", "results")
"""What the list of models can be filtered by, beside its size."""


class Listed(NamedTuple):
    """A model in the list."""

    name: ModelName
    parameters: float | None
    active: float | None
    dimensions: int | None
    tokens: int | None
    memory: float | None
    released: str
    licence: str
    kind: str
    open_weights: bool | None
    """None if it is not known."""
    instructions: bool | None
    modalities: tuple[str, ...]
    languages: tuple[str, ...]
    boards: int

    def facts(self, former: str) -> Facts:
        """What filters need to know; a search looks at the model's names alone."""
        values = {
            "kind": (self.kind,),
            "weights": () if self.open_weights is None else (_WEIGHTS[self.open_weights],),
            "licence": (self.licence,) if self.licence else (),
            "modality": self.modalities,
            "language": self.languages,
            "instructions": ()
            if self.instructions is None
            else ("yes" if self.instructions else "no",),
            "results": ("yes" if self.boards else "no",),
        }
        return Facts(self.name.name, values, self.parameters, former)


class Strength(NamedTuple):
    """How a model does on one task type against models of its size."""

    label: str
    own: float
    usual: float
    """The median of the others."""
    others: int

    @property
    def difference(self) -> float:
        """In points of the scale of 100."""
        return (self.own - self.usual) * 100

    @property
    def width(self) -> float:
        """The length of the bar, at most 50 on either side of the middle."""
        return min(50.0, abs(self.difference) * 2.5)


class Strengths(NamedTuple):
    """A model against models of its size, on one board."""

    board: str
    title: str
    low: float
    high: float
    rows: list[Strength]


def models(visit: Visit) -> Shown:
    """The list, one model, or the sources of a model's numbers."""
    if not visit.name:
        return _index(visit)
    try:
        return _model(visit, visit.service.find_model(visit.name))
    except UnknownNameError:
        name, _, tab = visit.name.rpartition("/")
        views = {"results": _origins, "history": over_time}
        if tab not in views or not name:
            raise
        return views[tab](visit, visit.service.find_model(name))


def _index(visit: Visit) -> Shown:
    service = visit.service
    catalog = service.snapshot.catalog
    label = catalog.languages.label
    boards = service.boards_of_model
    listed = [_listed(model, boards[model.name], label) for model in catalog.models]
    # Who chooses a model needs its results, and many of the newest models have none.
    listed.sort(key=lambda one: (one.boards > 0, one.released or "0", one.name.name), reverse=True)
    former = former_names(service)
    facts = [one.facts(former.get(one.name.name, "")) for one in listed]
    values = {
        "models": listed,
        "finder": find(visit.query, FILTERS, facts, partial(_label, visit.t), sized=True),
        "moved": bool(old_names(service)),
    }
    counts = service.snapshot.manifest.provenance.counts
    lead = visit.t("models.lead", n=counts.models)
    return Shown("models.html", visit.t("models.title"), values, lead)


def _label(t: Words, name: str, value: str) -> str:
    if name == "kind":
        return t.named("kinds", value)
    if name in ("modality", "language"):
        return t.named("modalities" if name == "modality" else "tongues", value)
    return value if name == "licence" else t(f"tools.{value}")


def _listed(model: Model, boards: int, label: Callable[[str], str]) -> Listed:
    return Listed(
        ModelName.of(model.name),
        model.parameters / 1e9 if model.parameters is not None else None,
        billions(model.active_parameters),
        model.embedding_dim,
        whole_tokens(model.max_tokens),
        model.memory_mb,
        (model.release_date or "")[:10],
        text.short_licence(model.license),
        model.types[0],
        model.openness.get("open weights"),
        model.instruction_tuned,
        tuple(model.modalities),
        tuple(sorted({label(code) for code in model.languages or ()})),
        boards,
    )


def _model(visit: Visit, model: Model) -> Shown:
    service = visit.service
    scores = service.model_scores(model.name)
    boards = broadest(service, scores.rows)
    lacking = missing(service, boards, model.name)
    values: dict[str, Any] = {
        "model": service.entities.model(model),
        "entry": model,
        "billions": None if model.parameters is None else model.parameters / 1e9,
        "known_facets": [(name, model.openness.get(name)) for name in _facets(model)],
        "former": [
            one for one in service.snapshot.catalog.probably_renamed if one.model == model.name
        ],
        "name": ModelName.of(model.name),
        "newer": newer_model(service.snapshot.catalog, model.name),
        "boards": boards,
        "few": _FEW_BOARDS,
        "took": evaluation_time(service, model.name),
        "use": commercial_use(model.license),
        "missing": lacking,
        "anchors": {one.benchmark: number for number, one in enumerate(lacking, start=1)},
        "results_source": service.info().source.name,
        "tasks": service.snapshot.catalog.task_by_name,
        "known": service.snapshot.catalog.model_by_name,
        "coverage": _coverage(service, scores.rows, model.name),
        "strengths": strengths(visit, model, scores.rows),
        "differing": len(differing(service, model.name)),
        "past": broadest_past(visit, model.name),
    }
    about = _about(visit, model, len(scores.rows))
    return Shown("model.html", model.name, values, about, f"model/{model.name}")


def _facets(model: Model) -> tuple[str, ...]:
    """The facets of openness to show: all of them, with those that are not known."""
    return tuple(dict.fromkeys((*model.openness, *FACETS)))


def broadest(
    service: Service, rows: Sequence[schemas.ModelScoreRow]
) -> list[schemas.ModelScoreRow]:
    """A model's boards: current ones first, then by their number of tasks."""
    known = service.snapshot.catalog.benchmark_by_name

    def order(row: schemas.ModelScoreRow) -> tuple[bool, int, str]:
        bench = known[row.benchmark_name]
        return is_old(bench), -len(bench.scopes), bench.name

    return sorted(rows, key=order)


def _about(visit: Visit, model: Model, boards: int) -> str:
    """A model in a sentence, for search engines and chats."""
    return visit.t("site.comma").join(summary_facts(visit.t, model, boards))


def summary_facts(t: Words, model: Model, boards: int) -> list[str]:
    """What there is to say of a model in a line."""
    size = model.parameters / 1e9 if model.parameters is not None else None
    facts = [
        t("card.parameters", n=text.parameters(size)) if size else "",
        t("card.dims", n=text.whole(model.embedding_dim)) if model.embedding_dim else "",
        text.short_licence(model.license),
        t("model.summary", boards=boards),
    ]
    return [fact for fact in facts if fact]


def _coverage(
    service: Service, rows: list[schemas.ModelScoreRow], name: str
) -> dict[str, tuple[int, int]]:
    """Board -> tasks that the model has a score of, and tasks of the board."""
    found = {}
    for row in rows:
        covered = service.coverage(row.benchmark_name)
        found[row.benchmark_name] = (covered.count(name), len(covered.tasks))
    return found


def strengths(visit: Visit, model: Model, rows: list[schemas.ModelScoreRow]) -> Strengths | None:
    """The model against others of its size, on the board where most of its types are scored."""
    service = visit.service
    if model.parameters is None or not rows:
        return None
    known = service.snapshot.catalog.benchmark_by_name
    widest = max(
        rows,
        key=lambda row: (
            not is_old(known[row.benchmark_name]),
            len(row.scores_by_task_type),
            row.total_models,
        ),
    )
    board = service.board(widest.benchmark_name)
    size = model.parameters / 1e9
    low, high = size / _SIMILAR, size * _SIMILAR
    others = [
        row
        for row in board.rows
        if row.total_params_b is not None
        and low <= row.total_params_b <= high
        and row.model.name != model.name
    ]
    found = []
    for kind, own in widest.scores_by_task_type.items():
        theirs = [s for row in others if (s := row.scores_by_task_type.get(kind)) is not None]
        if len(theirs) >= _ENOUGH:
            usual = statistics.median(theirs)
            found.append(Strength(type_label(kind, visit.t), own, usual, len(theirs)))
    found.sort(key=lambda one: -one.difference)
    if not found:
        return None
    return Strengths(widest.benchmark_name, widest.benchmark_display_name, low, high, found)


def _origins(visit: Visit, model: Model) -> Shown:
    found = origins(visit.service, model.name)
    values = {
        "name": ModelName.of(model.name),
        "origins": found,
        "folder": shared_folder(one.path for one in found),
        "differing": differing(visit.service, model.name),
    }
    title = f"{model.name} · {visit.t('model.results')}"
    about = visit.t("model.results_lead")
    return Shown("model_results.html", title, values, about, f"model/{model.name}")
