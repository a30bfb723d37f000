"""A board as a request ranks it again, in the form in which pages show the board itself."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, NamedTuple

import msgspec

from frontrunner.answers.filters import RankRequest
from frontrunner.answers.rank_schemas import RankedRow, Ranking
from frontrunner.answers.rerank import answer
from frontrunner.answers.values import BoardRow, BoardValues, ModelFacts

if TYPE_CHECKING:
    from frontrunner.answers.service import Service


class Reranked(NamedTuple):
    """A board that was ranked again."""

    board: BoardValues
    ranking: Ranking

    @property
    def tasks_total(self) -> int:
        """Tasks asked for, including those without any score: what coverage is out of."""
        return len(self.ranking.tasks) + len(self.ranking.missing_tasks)


def board_of(service: Service, request: RankRequest) -> Reranked:
    """The benchmark that `request` names, ranked as it asks.

    Raises UsageError for what `/v1/rank` refuses.
    """
    whole, found = service.board(request.benchmark or ""), answer(service, request)
    before = {_key(row.model.name, row.experiments): row for row in whole.rows}
    by_types = any(row.mean_task_type is not None for row in whole.rows)
    rows = [
        _row(before.get(_key(one.model, one.experiments)) or _new_row(service, one), one, by_types)
        for one in found.rows
    ]
    kept = set(found.tasks)
    board = BoardValues(
        benchmark_name=whole.benchmark_name,
        task_types=found.task_types,
        tasks=found.tasks,
        tasks_meta=[task for task in whole.tasks_meta if task.name in kept],
        rows=rows,
        aggregations=["mean_task"],
        custom_groupings=[],
        show_zero_shot=whole.show_zero_shot,
    )
    return Reranked(board, found)


def _key(model: str, experiment: Mapping[str, Any] | None) -> tuple[str, bytes]:
    return model, msgspec.json.encode(experiment, order="sorted")


def _known(number: int | msgspec.UnsetType | None) -> int | None:
    return None if isinstance(number, msgspec.UnsetType) else number


def _row(board: BoardRow, ranked: RankedRow, by_types: bool) -> BoardRow:
    """A row of the board with the numbers of the ranking; only means that the board shows."""
    by_subset = ranked.mean_subset is not None
    return msgspec.structs.replace(
        board,
        rank=ranked.rank,
        zero_shot_pct=ranked.zero_shot_pct,
        mean_task=ranked.mean_subset if by_subset else ranked.mean_task,
        mean_task_type=ranked.mean_task_type if by_types else None,
        mean_public=None,
        mean_private=None,
        scores_by_task_type=ranked.scores_by_task_type,
        scores_by_task=ranked.scores_by_task,
        scores_by_custom_group={},
        completed=ranked.completed,
        rank_low=_known(ranked.rank_low),
        rank_high=_known(ranked.rank_high),
        tied_with=_known(ranked.tied_with),
    )


def _new_row(service: Service, ranked: RankedRow) -> BoardRow:
    """A row for a model that the whole board lacks: it completed a task in these parts alone."""
    model = service.find_model(ranked.model)
    facts = service.entities.model(model, experiment=ranked.experiments)
    tasks = list(ranked.scores_by_task)
    seen = service.snapshot.facts.seen([ranked.model], tasks)[0].tolist()
    return BoardRow(
        rank=ranked.rank,
        model=msgspec.json.decode(msgspec.json.encode(facts), type=ModelFacts),
        zero_shot_pct=ranked.zero_shot_pct,
        active_params_b=facts.active_params_b,
        total_params_b=facts.total_params_b,
        embedding_dim=facts.embedding_dim,
        max_tokens=None if facts.max_tokens is None else int(facts.max_tokens),
        mean_task=None,
        mean_task_type=None,
        mean_public=None,
        mean_private=None,
        scores_by_task_type={},
        scores_by_task={},
        scores_by_custom_group={},
        trained_on_tasks=[task for task, is_seen in zip(tasks, seen, strict=True) if is_seen],
        experiments=ranked.experiments,
    )
