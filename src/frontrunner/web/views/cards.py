"""What the pictures show that go with links in chats; `web.cards` draws them.

A picture is the same for readers of all languages: its words are those of the default language,
because the font has no other letters. The title, the description and the alternative text of the
link are in the page's language.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from frontrunner.answers import schemas
from frontrunner.answers.service import Service
from frontrunner.answers.values import BoardRow
from frontrunner.catalog import Benchmark, Model, Task
from frontrunner.web import text
from frontrunner.web.views.home import featured
from frontrunner.web.views.models import broadest, summary_facts
from frontrunner.web.views.rows import ModelName, partial_mean, spaced
from frontrunner.web.words import DEFAULT, Words, words

_ROWS = 5


class Line(NamedTuple):
    """One line of a card."""

    place: str
    name: str
    detail: str
    """How much of the board is covered; empty if all of it."""
    score: str
    """Of a model that lacks tasks, the mean over those that it has: the detail says how many."""


class Card(NamedTuple):
    """A card before it is drawn."""

    titles: tuple[str, ...]
    """What it may be called; the first one that the font can write is taken."""
    facts: str
    lines: tuple[Line, ...]


def board_card(service: Service, bench: Benchmark) -> Card:
    """A board: how large it is, and its first five."""
    board = service.board(bench.name)
    t = words(DEFAULT)
    facts = [
        bench.name if bench.name != bench.display_name else "",
        t("board.tasks", n=len(board.tasks)),
        t("card.models", n=len(board.rows)),
        t("card.complete", n=sum(len(r.scores_by_task) >= len(board.tasks) for r in board.rows)),
    ]
    lines = tuple(_ranked(row, len(board.tasks)) for row in board.rows[:_ROWS])
    return Card((bench.display_name, bench.name), _joined(facts), lines)


def _ranked(row: BoardRow, tasks: int) -> Line:
    mean = _mean(row)
    had = len(row.scores_by_task)
    name = ModelName.of(row.model.name, row.experiments)
    shown = f"{name.short} {name.variant}".strip()
    return Line(str(row.rank), shown, _part(had, tasks), "" if mean is None else text.score(mean))


def _mean(row: BoardRow | schemas.ModelScoreRow) -> float | None:
    """A row's mean, or the one over the tasks that the model has: the line says how many."""
    means = (row.mean_task, row.mean_task_type, partial_mean(row.completed))
    return next((mean for mean in means if mean is not None), None)


def _part(had: int, tasks: int) -> str:
    return "" if had >= tasks else words(DEFAULT)("card.part", had=had, total=tasks)


def model_card(service: Service, model: Model) -> Card:
    """A model: its facts, and its ranks on its five broadest boards."""
    t = words(DEFAULT)
    rows = service.model_scores(model.name).rows
    facts = [model.name.rpartition("/")[0], *summary_facts(t, model, len(rows))]
    lines = tuple(_place_line(service, model.name, row) for row in broadest(service, rows)[:_ROWS])
    return Card((ModelName.of(model.name).short,), _joined(facts), lines)


def _place_line(service: Service, model: str, row: schemas.ModelScoreRow) -> Line:
    covered = service.coverage(row.benchmark_name)
    mean = _mean(row)
    shown = "" if mean is None else text.score(mean)
    return Line(
        f"#{row.rank}",
        row.benchmark_display_name,
        _part(covered.count(model), len(covered.tasks)),
        shown,
    )


def task_card(service: Service, task: Task) -> Card:
    """A task: its type, and the five models with the best scores."""
    found = service.task_results(task.name)
    t = words(DEFAULT)
    facts = [t.named("types", spaced(task.type)), t("card.models", n=len(found.rows))]
    lines = [
        Line(str(row.rank), ModelName.of(row.model).short, "", text.score(row.score))
        for row in found.rows[:_ROWS]
    ]
    return Card((task.name,), _joined(facts), tuple(lines))


def site_card(service: Service, t: Words) -> Card:
    """The whole site: its counts, and who leads on the featured boards."""
    counts = service.snapshot.manifest.provenance.counts
    facts = [
        f"{text.whole(n)} {t(f'home.{what}', n=n)}"
        for what, n in (
            ("boards", service.boards_ranked),
            ("models", counts.models),
            ("tasks", counts.tasks),
            ("scores", counts.rows),
        )
    ]
    leaders = [_leader(service, bench) for bench in featured(service)[:_ROWS]]
    plain = words(DEFAULT)("home.title")
    return Card((t("home.title"), plain), _joined(facts), tuple(line for line in leaders if line))


def _leader(service: Service, bench: Benchmark) -> Line | None:
    board = service.board(bench.name)
    first = next(iter(board.rows), None)
    if first is None:
        return None
    line = _ranked(first, len(board.tasks))
    return line._replace(place="", name=f"{bench.display_name}: {line.name}")


def _joined(facts: Sequence[str]) -> str:
    return " · ".join(fact for fact in facts if fact)
