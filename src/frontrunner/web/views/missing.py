"""The tasks that a model lacks on each of its boards, and the command that runs them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from frontrunner.answers import schemas
from frontrunner.answers.commands import run_command
from frontrunner.answers.service import Service


class Missing(NamedTuple):
    """What a model lacks on one board."""

    benchmark: str
    display_name: str
    total: int
    tasks: list[str]
    """Tasks without a complete result that anyone can run."""
    private: list[str]
    """Tasks without a complete result whose data is private."""
    command: str
    """Runs the public ones; empty if there are none."""


def missing(service: Service, rows: Sequence[schemas.ModelScoreRow], model: str) -> list[Missing]:
    """The boards of `rows` on which a model lacks tasks, in their order."""
    known = service.snapshot.catalog.task_by_name
    found = []
    for row in rows:
        covered = service.coverage(row.benchmark_name)
        had = frozenset(covered.of_model.get(model, ()))
        lacking = [name for name in covered.tasks if name not in had]
        public = [name for name in lacking if known[name].public]
        private = [name for name in lacking if not known[name].public]
        title, total = row.benchmark_display_name, len(covered.tasks)
        if lacking:
            run = run_command(model, public)
            found.append(Missing(row.benchmark_name, title, total, public, private, run))
    return found
