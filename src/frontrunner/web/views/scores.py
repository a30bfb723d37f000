"""Where a number comes from: a score on a task, a mean of a board, or a whole row."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple
from urllib.parse import urlencode

from frontrunner.answers.filters import TiesRequest
from frontrunner.answers.provenance import is_run, score_source
from frontrunner.answers.reranked import board_of
from frontrunner.answers.source_schemas import SourceRequest
from frontrunner.answers.ties import ties
from frontrunner.answers.values import BoardRow, BoardValues
from frontrunner.base.errors import UnknownNameError
from frontrunner.catalog import Benchmark, Model
from frontrunner.web import choices, text
from frontrunner.web.script import as_json
from frontrunner.web.views.averages import KINDS, averaged
from frontrunner.web.views.rows import ModelName
from frontrunner.web.visit import Shown, Visit

_TIMES = "\N{MULTIPLICATION SIGN}"
PARAMETERS = frozenset({"board", "task", "run", *KINDS, *choices.PARAMETERS})
"""What the page reads of a query: which number, of which experiment, of a board ranked how."""


class Tied(NamedTuple):
    """A model that is tied with the one whose row is shown."""

    rank: int
    name: ModelName


def scores(visit: Visit) -> Shown:
    """The source of a score on a task, or of a number on a board."""
    model = visit.service.find_model(visit.name)
    board = visit.query.get("board")
    bench = visit.service.find_benchmark_or_alias(board) if board else None
    if "task" in visit.query:
        return _task(visit, model, bench)
    if bench is None:
        raise UnknownNameError(f"/scores/{visit.name}")
    return _board(visit, model, bench)


def _task(visit: Visit, model: Model, bench: Benchmark | None) -> Shown:
    service, run = visit.service, visit.query.get("run")
    name = service.find_task(visit.query["task"]).name
    wanted = SourceRequest(model.name, name, bench.name if bench else None, run)
    chosen = _chosen(visit, bench)
    narrowed = [*chosen.languages, *chosen.subsets]
    found = score_source(service, wanted, chosen.languages, chosen.subsets)
    label = service.snapshot.catalog.languages.label
    values = _shared(visit, model, bench, found.experiments) | {
        "found": found,
        "score": text.score(found.score),
        "what": name,
        "languages_of": [list(dict.fromkeys(map(label, one.languages))) for one in found.parts],
        "one_file": found.files[0] if len(found.files) == 1 else None,
        "model_url": _on_hub(model.url),
        "data_url": _on_hub(text.dataset_url(found.dataset)),
        "narrowed": visit.t("site.list").join(narrowed),
        "task": service.find_task(name),
        "api": visit.links.data(f"source?{urlencode(_api(wanted))}"),
    }
    return _shown(visit, "source_task.html", values, model)


def _board(visit: Visit, model: Model, bench: Benchmark) -> Shown:
    query = visit.query
    board, weights = _values(visit, bench)
    row = _row(board, model.name, query.get("run"))
    kind = next((kind for kind in KINDS if kind in query), "")
    found = averaged(visit, bench, board, row, (kind, query.get(kind, "")))
    values = _shared(visit, model, bench, row.experiments) | {
        "found": found,
        "score": found.value if kind else "",
        "what": found.label,
        "row": row,
        "kind": kind,
        "ties": None if kind else _ties(visit, bench, row),
        "weights": _weights(visit, board, weights),
    }
    return _shown(visit, "source_mean.html", values, model)


def _values(visit: Visit, bench: Benchmark) -> tuple[BoardValues, Mapping[str, float]]:
    """A board as the query ranks it, and the weights that the query gives."""
    chosen = _chosen(visit, bench)
    if chosen.is_board:
        return visit.service.board(bench.name), {}
    found = board_of(visit.service, chosen.request(bench.name))
    return found.board, found.ranking.weights


def _ties(visit: Visit, bench: Benchmark, row: BoardRow) -> list[Tied] | None:
    """The models that are tied with a row; None if that is not known."""
    if not row.tied_with:
        return None if row.tied_with is None else []
    # A board's rows say their ties too, but not with which models.
    ranking = choices.read(visit.query).request(bench.name)
    wanted = TiesRequest(model=row.model.name, ranking=ranking, run=visit.query.get("run"))
    return [
        Tied(one.rank, ModelName.of(one.model, one.experiments))
        for one in ties(visit.service, wanted).rows
    ]


def _chosen(visit: Visit, bench: Benchmark | None) -> choices.Choices:
    """How the query ranks a board; means of languages are of the board itself."""
    is_ranked = bench is not None and "language" not in visit.query
    return choices.read(visit.query) if is_ranked else choices.Choices()


def _weights(visit: Visit, board: BoardValues, given: Mapping[str, float]) -> dict[str, str]:
    """Task -> its weight as it is shown: its own, else that of its type."""
    known = ((one.name, given.get(one.name, given.get(one.type, 1))) for one in board.tasks_meta)
    return {name: f"{_TIMES}{weight:g}" for name, weight in known if weight != 1}


def _row(board: BoardValues, model: str, run: str | None) -> BoardRow:
    """A model's row on a board; of an experiment, its own."""
    for row in board.rows:
        if row.model.name == model and is_run(row.experiments, run):
            return row
    raise UnknownNameError(f"{board.benchmark_name} has no row of {model}")


def _shared(
    visit: Visit, model: Model, bench: Benchmark | None, experiments: Mapping[str, Any] | None
) -> dict[str, Any]:
    info = visit.service.info()
    asked = _chosen(visit, bench).asked
    return {
        "asked": asked,
        "asked_query": choices.written(asked.items()),
        "name": ModelName.of(model.name, dict(experiments) if experiments else None),
        "run": as_json(experiments) if experiments else "",
        "board": bench,
        "source": info.source.name,
    }


def _shown(visit: Visit, template: str, values: Mapping[str, Any], model: Model) -> Shown:
    board = values["board"]
    where = visit.t.named("titles", board.display_name) if board else values["what"]
    title = " · ".join(filter(None, (values["score"], values["what"], model.name)))
    about = visit.t("source.about", what=values["what"], model=model.name, where=where)
    return Shown(template, title, values, about, f"model/{model.name}")


def _on_hub(url: str | None) -> str:
    """The page of a repository on the Hugging Face Hub; empty if it is elsewhere."""
    return url.rstrip("/") if url and url.startswith("https://huggingface.co/") else ""


def _api(wanted: SourceRequest) -> dict[str, str]:
    """The same question for programs."""
    named = {
        "model": wanted.model,
        "task": wanted.task,
        "benchmark": wanted.benchmark,
        "experiments": wanted.run,
    }
    return {key: value for key, value in named.items() if value}
