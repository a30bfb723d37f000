"""The organisations that make models: the list of them, and the models of one."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import NamedTuple

from frontrunner.answers.service import Service
from frontrunner.base.errors import UnknownNameError
from frontrunner.catalog import Benchmark, Catalog, Model
from frontrunner.web import text
from frontrunner.web.licences import commercial_use
from frontrunner.web.views.home import featured
from frontrunner.web.views.newer import is_old
from frontrunner.web.views.rows import ModelName
from frontrunner.web.visit import Shown, Visit

_OTHERS = 5
"""Boards that are shown of an organisation that is on none of the featured ones."""
Ranks = Mapping[str, int]
"""Model -> its best rank on a board."""


class Row(NamedTuple):
    """A model of an organisation."""

    name: ModelName
    model: Model
    licence: str
    use: str
    boards: int
    ranks: list[int | None]
    """[boards that are shown]"""


class Listed(NamedTuple):
    """An organisation in the list."""

    name: str
    models: int
    run: int
    """How many of its models have results."""
    best: list[int | None]
    """[featured boards] The best rank of its models."""


def organizations(visit: Visit) -> Shown:
    """The list, or one organisation."""
    if not visit.name:
        return _index(visit)
    own = by_owner(visit.service.snapshot.catalog).get(visit.name)
    if own is None:
        raise UnknownNameError(f"Unknown organization: {visit.name}")
    boards = _boards_of(visit.service, own)
    ranks = [visit.service.ranks(bench.name) for bench in boards]
    rows = [_row(visit.service, model, ranks) for model in own]
    rows.sort(key=_order)
    values = {
        "name": visit.name,
        "models": rows,
        "boards": boards,
        "rows_on": _rows_on(visit.service, boards),
        "run": sum(row.boards > 0 for row in rows),
    }
    lead = visit.t("organizations.summary", models=len(rows), run=values["run"])
    return Shown("organization.html", visit.name, values, lead)


def _boards_of(service: Service, models: Sequence[Model]) -> list[Benchmark]:
    """The featured boards that some of the models are on; if there is none, other boards of theirs.

    Of these, those with most of them come first.
    """
    rows = (row for model in models for row in service.model_scores(model.name).rows)
    counts = Counter(row.benchmark_name for row in rows)
    found = [bench for bench in featured(service) if counts[bench.name]]
    if found:
        return found
    known = service.snapshot.catalog.benchmark_by_name
    others = (known[name] for name, _ in counts.most_common())
    return [bench for bench in others if not is_old(bench)][:_OTHERS]


def by_owner(catalog: Catalog) -> dict[str, list[Model]]:
    """Organisation -> its models, in the catalog's order; names without a slash have none."""
    found: dict[str, list[Model]] = {}
    for model in catalog.models:
        owner = model.name.rpartition("/")[0]
        if owner:
            found.setdefault(owner, []).append(model)
    return found


def _index(visit: Visit) -> Shown:
    service = visit.service
    boards = featured(service)
    ranks = [service.ranks(bench.name) for bench in boards]
    counts = service.boards_of_model
    listed = [
        Listed(
            owner,
            len(models),
            sum(counts[model.name] > 0 for model in models),
            [_best(one, models) for one in ranks],
        )
        for owner, models in by_owner(service.snapshot.catalog).items()
    ]
    listed.sort(key=lambda one: (-one.run, -one.models, one.name.lower()))
    values = {"organizations": listed, "boards": boards}
    title, lead = visit.t("organizations.title"), visit.t("organizations.lead")
    return Shown("organizations.html", title, values, lead)


def _best(ranks: Ranks, models: list[Model]) -> int | None:
    return min((ranks[model.name] for model in models if model.name in ranks), default=None)


def _row(service: Service, model: Model, ranks: Sequence[Ranks]) -> Row:
    return Row(
        name=ModelName.of(model.name),
        model=model,
        licence=text.short_licence(model.license),
        use=commercial_use(model.license),
        boards=service.boards_of_model[model.name],
        ranks=[one.get(model.name) for one in ranks],
    )


def _order(row: Row) -> tuple[list[float], str]:
    """By rank on the first board, then on the next; models without a rank by name."""
    return [math.inf if rank is None else rank for rank in row.ranks], row.name.name.lower()


def _rows_on(service: Service, boards: list[Benchmark]) -> list[int]:
    return [len(service.ranks(bench.name)) for bench in boards]
