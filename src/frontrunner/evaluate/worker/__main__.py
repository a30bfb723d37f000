"""Run models on tasks through mteb: a request on stdin, one JSON event per line on stdout."""

from __future__ import annotations

import json
import os
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import mteb
from mteb.cache import ResultCache

from frontrunner.base.errors import FrontrunnerError
from frontrunner.evaluate.result_paths import place, result_file
from frontrunner.evaluate.suite import Suite, read_revisions
from frontrunner.evaluate.worker.models import make_model
from frontrunner.evaluate.worker.tasks import make_task

Emit = Callable[..., None]


def main() -> int:
    """Serve one request; the exit code is 0 when every cell was measured."""
    emit = _event_writer()
    request = json.load(sys.stdin)
    try:
        run(request, emit)
    except FrontrunnerError as error:
        emit(event="error", message=str(error))
        return error.code
    return 0


def run(request: dict[str, Any], emit: Emit) -> None:
    """Measure each asked cell, model by model, and put its result file into the output folder."""
    suite = Suite(Path(request["catalog"]))
    revisions = read_revisions(Path(request["datasets"]))
    for name, task_names in request["cells"].items():
        emit(event="loading", model=name)
        encoder = make_model(suite.models[name])
        for task_name in task_names:
            emit(event="running", model=name, task=task_name)
            task = make_task(suite.tasks[task_name], revisions[task_name])
            started = time.monotonic()
            score = _measure(encoder, task, Path(request["output"]))
            seconds = time.monotonic() - started
            emit(event="measured", model=name, task=task_name, score=score, seconds=seconds)


def _measure(encoder: Any, task: Any, output: Path) -> float:
    meta, name = encoder.mteb_model_meta, task.metadata.name
    with tempfile.TemporaryDirectory() as folder:
        result = mteb.evaluate(
            encoder,
            task,
            cache=ResultCache(folder),
            co2_tracker=False,
            overwrite_strategy="always",
            show_progress_bar=False,
            encode_kwargs={"batch_size": 64},
        )
        written = next(Path(folder).rglob(f"{name}.json"))
        target = result_file(output, meta.name, meta.revision, name)
        place(written.with_name("model_meta.json"), target.with_name("model_meta.json"))
        place(written, target)
    return float(result.task_results[0].get_score())


def _event_writer() -> Emit:
    """Keep stdout for events alone: the output of libraries goes to stderr."""
    stream = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)

    def emit(**fields: Any) -> None:
        stream.write(json.dumps(fields) + "\n")
        stream.flush()

    return emit


if __name__ == "__main__":
    sys.exit(main())
