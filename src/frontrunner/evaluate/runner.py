"""Plan an evaluation and run it: one worker process inside the evaluation environment.

The worker answers with one JSON event per line; a cell's result file is in place before its event
says so. What the worker's libraries print goes to a log file next to the environment.
"""

from __future__ import annotations

import os
import subprocess
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import IO

import msgspec

from frontrunner.base.errors import EvaluationError
from frontrunner.evaluate.result_paths import result_file
from frontrunner.evaluate.suite import STARTER, Suite, read_revisions

_BOOTSTRAP = Path(__file__).resolve().parent / "bootstrap.py"
_LOG = "worker.log"


class Plan(msgspec.Struct, frozen=True):
    """What a run will do."""

    benchmark: str
    output: Path
    cells: dict[str, list[str]]
    """Model -> tasks to measure."""
    kept: dict[str, list[str]]
    """Model -> tasks whose result on the same data is there already."""

    @property
    def count(self) -> int:
        """How many cells are to be measured."""
        return sum(map(len, self.cells.values()))


class Event(msgspec.Struct, frozen=True):
    """One line of the worker: `loading`, `running`, `measured` or `error`."""

    event: str
    model: str = ""
    task: str = ""
    score: float | None = None
    seconds: float | None = None
    message: str = ""


class _Measured(msgspec.Struct, frozen=True):
    dataset_revision: str


Listen = Callable[[Event], None]


def make_plan(
    benchmark: str, models: Sequence[str], tasks: Sequence[str], output: Path, *, overwrite: bool
) -> Plan:
    """Choose the cells; results on the same data are kept unless `overwrite`. May raise."""
    suite, data = Suite(), read_revisions(STARTER / "datasets.toml")
    names = suite.choose_tasks(benchmark, tasks)
    cells: dict[str, list[str]] = {}
    kept: dict[str, list[str]] = {}
    for model in suite.choose_models(models):
        revision = suite.models[model]["revision"]
        done = [t for t in names if _is_on(data[t], result_file(output, model, revision, t))]
        kept[model] = [] if overwrite else done
        cells[model] = [t for t in names if t not in kept[model]]
    return Plan(benchmark, output, _nonempty(cells), _nonempty(kept))


def _is_on(data: str, path: Path) -> bool:
    """Tell whether a result file is there, whole, and of this data."""
    try:
        return msgspec.json.decode(path.read_bytes(), type=_Measured).dataset_revision == data
    except (FileNotFoundError, msgspec.DecodeError):
        return False


def _nonempty(cells: Mapping[str, list[str]]) -> dict[str, list[str]]:
    return {model: tasks for model, tasks in cells.items() if tasks}


def run(plan: Plan, python: Path, threads: int, listen: Listen) -> list[Event]:
    """Run the plan and return the scores. Raises EvaluationError if the worker fails."""
    log = python.parents[1] / _LOG
    measured: list[Event] = []
    with log.open("wb") as errors, _worker(python, threads, errors) as worker:
        for event in converse(worker, _request(plan)):
            listen(event)
            if event.event == "error":
                raise EvaluationError(event.message)
            if event.event == "measured":
                measured.append(event)
    if len(measured) < plan.count:
        raise EvaluationError(_failure(plan, measured, log))
    return measured


def _request(plan: Plan) -> bytes:
    return msgspec.json.encode(
        {
            "catalog": str(STARTER / "catalog.toml"),
            "datasets": str(STARTER / "datasets.toml"),
            "output": str(plan.output.resolve()),
            "cells": plan.cells,
        }
    )


@contextmanager
def _worker(python: Path, threads: int, errors: IO[bytes]) -> Iterator[subprocess.Popen[bytes]]:
    command = [str(python.absolute()), "-P", str(_BOOTSTRAP)]
    environ = worker_environ(os.environ, threads)
    pipe = subprocess.PIPE
    with subprocess.Popen(command, stdin=pipe, stdout=pipe, stderr=errors, env=environ) as worker:
        try:
            yield worker
        finally:
            worker.terminate()


def worker_environ(environ: Mapping[str, str], threads: int) -> dict[str, str]:
    """The worker's environment variables: its own packages, no hub, a fixed number of threads."""
    kept = {k: v for k, v in environ.items() if k not in ("PYTHONPATH", "PYTHONHOME")}
    return kept | {
        "HF_HUB_OFFLINE": "1",
        "HF_DATASETS_OFFLINE": "1",
        "TOKENIZERS_PARALLELISM": "false",
        "OMP_NUM_THREADS": str(threads),
        "OPENBLAS_NUM_THREADS": str(threads),
    }


def converse(worker: subprocess.Popen[bytes], request: bytes) -> Iterator[Event]:
    """Hand the request over and yield the worker's events until it closes its stdout."""
    if worker.stdin is None or worker.stdout is None:
        raise EvaluationError(
            "The worker was started without pipes; this is a bug; please report it."
        )
    try:
        worker.stdin.write(request)
        worker.stdin.close()
    except BrokenPipeError:
        return
    yield from worker_events(worker.stdout)
    worker.wait()


def worker_events(lines: Iterable[bytes]) -> Iterator[Event]:
    """Decode the worker's lines. Raises EvaluationError where one is not an event."""
    for line in lines:
        try:
            yield msgspec.json.decode(line, type=Event)
        except msgspec.DecodeError as error:
            raise EvaluationError(
                f"The worker printed a line that is not an event: {line!r}"
            ) from error


def _failure(plan: Plan, measured: Sequence[Event], log: Path) -> str:
    done = {(event.model, event.task) for event in measured}
    missing = next((m, t) for m, tasks in plan.cells.items() for t in tasks if (m, t) not in done)
    tail = "\n".join(log.read_text(errors="replace").splitlines()[-8:])
    return (
        f"The worker stopped at {missing[0]} on {missing[1]}; {len(measured)} of {plan.count} "
        f"results are in place and the next run keeps them. Its last output:\n{tail}\n"
        f"The whole output is in {log}."
    )
