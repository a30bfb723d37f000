"""`frontrunner evaluate`: run models on tasks through mteb, in an environment of its own."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from frontrunner.base.config import DEFAULT_HOME, load_settings
from frontrunner.base.errors import UsageError
from frontrunner.base.home import Home as HomePaths
from frontrunner.cli.app import app
from frontrunner.cli.interrupts import interruptible
from frontrunner.cli.options import Home
from frontrunner.cli.output import counted, print_json, say, stderr
from frontrunner.evaluate import environment as environments
from frontrunner.evaluate.runner import Event, Plan, make_plan, run


@app.command()
def evaluate(
    benchmark: Annotated[str, typer.Option(help="The benchmark to run.")] = "starter",
    model: Annotated[list[str] | None, typer.Option(help="Only this model; repeatable.")] = None,
    task: Annotated[list[str] | None, typer.Option(help="Only this task; repeatable.")] = None,
    output: Annotated[Path | None, typer.Option(help="Folder for the result files.")] = None,
    environment: Annotated[
        Path | None,
        typer.Option(
            help="The evaluation's virtual environment; created if it does not exist. "
            "[default: .venv-evaluate, in the home if --home is given]",
            show_default=False,
        ),
    ] = None,
    threads: Annotated[int, typer.Option(min=1, help="Threads for the models.")] = 1,
    overwrite: Annotated[
        bool, typer.Option("--overwrite", help="Measure existing results again.")
    ] = False,
    prepare: Annotated[
        bool, typer.Option("--prepare", help="Only create the environment.")
    ] = False,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Only print what would be done.")
    ] = False,
    json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
    *,
    home: Home = None,
) -> None:
    """Measure packaged models on packaged tasks; write result files in the public layout.

    Existing result files are kept, so an interrupted run continues where it stopped.
    """
    environment = environment or _environment_of(load_settings(home).home)
    if prepare:
        with interruptible(lambda: "The environment is not ready. Run the same command again."):
            _prepare(environment, dry_run)
        return
    if output is None:
        raise UsageError("Name a folder for the result files: --output DIR.")
    plan = make_plan(benchmark, model or [], task or [], output, overwrite=overwrite)
    if dry_run:
        _print_plan(plan, environment, json)
        return
    measured = _run_with_progress(plan, environment, threads) if plan.cells else []
    _print_results(plan, measured, json)


def _environment_of(home: Path) -> Path:
    """The folder of the environment: next to the default home, or inside any other home."""
    return environments.DEFAULT_FOLDER if home == DEFAULT_HOME else HomePaths(home).environment


def _prepare(environment: Path, dry_run: bool) -> None:
    if dry_run:
        say(f"{environment} {_state(environment)}.")
    else:
        environments.ensure(environment, say)


def _state(environment: Path) -> str:
    return "is ready" if environments.is_ready(environment) else "would be made"


def _run_with_progress(plan: Plan, environment: Path, threads: int) -> list[Event]:
    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
    )
    done = 0

    def left() -> str:
        return (
            f"{counted(done, 'result')} of {plan.count} measured and kept. The same command "
            "without --overwrite measures the others."
        )

    with interruptible(left):
        python = environments.ensure(environment, say)
        with Progress(*columns, console=stderr, transient=True) as progress:
            bar = progress.add_task("starting", total=plan.count)

            def listen(event: Event) -> None:
                nonlocal done
                about = f"{event.event} {event.model} {event.task}".strip()
                progress.update(bar, description=about)
                if event.event == "measured":
                    done += 1
                    progress.advance(bar)
                    if not stderr.is_terminal:  # a log shows no bar: a line per result instead
                        say(f"{event.model} {event.task}: {_percent(event)}")

            return run(plan, python, threads, listen)


def _percent(event: Event) -> str:
    return "?" if event.score is None else f"{event.score * 100:.2f}"


def _summary(plan: Plan) -> dict[str, object]:
    return {
        "benchmark": plan.benchmark,
        "output": str(plan.output),
        "cells": plan.cells,
        "kept": plan.kept,
    }


def _print_plan(plan: Plan, environment: Path, as_json: bool) -> None:
    if as_json:
        ready = environments.is_ready(environment)
        print_json({**_summary(plan), "environment": str(environment), "ready": ready})
        return
    for model, tasks in plan.cells.items():
        for task in tasks:
            sys.stdout.write(f"{model}\t{task}\n")
    kept = sum(map(len, plan.kept.values()))
    say(f"{plan.count} results to measure, {kept} kept; {environment} {_state(environment)}.")


def _print_results(plan: Plan, measured: list[Event], as_json: bool) -> None:
    if as_json:
        print_json({**_summary(plan), "measured": measured})
        return
    for event in measured:
        sys.stdout.write(f"{event.model}\t{event.task}\t{_percent(event)}\n")
    kept = sum(map(len, plan.kept.values()))
    say(f"{len(measured)} results measured, {kept} kept, in {plan.output}.")
