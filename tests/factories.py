"""Small catalogs, result files and tables, made by hand."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from frontrunner.answers.prepare import prepare
from frontrunner.catalog import Benchmark, Catalog, Languages, Model, Scope, Task
from frontrunner.results.ingest import Ingested, ingest
from frontrunner.results.table import ScoreTable
from frontrunner.snapshot.build import Inputs, build_snapshot
from frontrunner.snapshot.reader import Snapshot
from frontrunner.snapshot.store import Store

LANGUAGES = Languages(
    names={"eng": "English", "deu": "German", "zho": "Chinese"},
    scripts={"Latn": "Latin", "Hans": "Simplified", "Hant": "Traditional"},
    default_script={"eng": "Latn", "deu": "Latn", "zho": "Hans"},
    programming=("python",),
)


def task(name: str, **facts: Any) -> Task:
    """A task with one English subset and a test split, unless `facts` say otherwise."""
    given: dict[str, Any] = {
        "type": "STS",
        "simplified_type": "sts",
        "main_score": "accuracy",
        "splits": ("test",),
        "subsets": {"default": ("eng-Latn",)},
    }
    return Task(name=name, **(given | facts))


def scope(of: Task, splits: Iterable[str] = (), subsets: Iterable[str] = ()) -> Scope:
    """A task as a benchmark uses it; whole unless narrowed."""
    picked = tuple(splits) or of.splits, tuple(subsets) or tuple(of.subsets)
    whole = (set(picked[0]), set(picked[1])) == (set(of.splits), set(of.subsets))
    return Scope(task=of.name, splits=picked[0], subsets=picked[1], whole=whole)


def catalog(
    tasks: Iterable[Task] = (),
    models: Iterable[str | Model] = ("org/a", "org/b"),
    benchmarks: Iterable[Benchmark] | None = None,
    **more: Any,
) -> Catalog:
    """A catalog whose one benchmark, `All`, holds every task, unless others are given."""
    tasks = tuple(tasks) or (task("T1"), task("T2", type="Retrieval", simplified_type="retrieval"))
    if benchmarks is None:
        scopes = tuple(scope(one) for one in tasks)
        benchmarks = [Benchmark(name="All", display_name="All", scopes=scopes, on_menu=True)]
    return Catalog(
        source="by hand",
        tasks=tasks,
        benchmarks=tuple(benchmarks),
        models=tuple(Model(name=m) if isinstance(m, str) else m for m in models),
        menu=(),
        languages=LANGUAGES,
        **more,
    )


def result(
    name: str,
    scores: Mapping[str, Any] | float,
    version: str | None = "2.0.0",
    languages: Iterable[str] = ("eng-Latn",),
) -> dict[str, Any]:
    """Today's result file: a number for the test split, or split -> subset -> number."""
    if not isinstance(scores, Mapping):
        scores = {"test": {"default": scores}}
    return {
        "dataset_revision": "1",
        "task_name": name,
        "mteb_version": version,
        "scores": {
            split: [
                {"hf_subset": subset, "languages": list(languages), "main_score": score}
                for subset, score in subsets.items()
            ]
            for split, subsets in scores.items()
        },
        "evaluation_time": 1.0,
    }


def write(root: Path, path: str, content: Any) -> Path:
    """Write one file below `root`; what is not bytes becomes JSON."""
    target = root / path
    target.parent.mkdir(parents=True, exist_ok=True)
    if not isinstance(content, bytes):
        content = json.dumps(content).encode()
    target.write_bytes(content)
    return target


def write_scores(root: Path, scores: Mapping[str, Mapping[str, Any]], revision: str = "r1") -> Path:
    """Write model -> task -> scores as result files."""
    for model, tasks in scores.items():
        for name, value in tasks.items():
            folder = model.replace("/", "__")
            write(root, f"{folder}/{revision}/{name}.json", result(name, value))
    return root


def table_of(
    root: Path, scores: Mapping[str, Mapping[str, Any]], known: Catalog | None = None
) -> ScoreTable:
    """Scores as a table, by way of files."""
    known = known or catalog(models=sorted(scores))
    return ingest(write_scores(root, scores), known, workers=1).table


def snapshot_of(home: Path, ingested: Ingested, publish: bool = True) -> Snapshot:
    """Build a snapshot in `home`, and publish it."""
    store = Store(home)
    built = build_snapshot(store, Inputs({}, ingested))
    prepare(built)
    if publish:
        store.publish(built.id)
    return built


def small_snapshot(folder: Path, bonus: float = 0.0) -> Snapshot:
    """A published snapshot with two models on two tasks."""
    known = catalog()
    scores = {"org/a": {"T1": 0.9 + bonus, "T2": 0.5}, "org/b": {"T1": 0.8, "T2": 0.7}}
    ingested = ingest(write_scores(folder / "results", scores), known, workers=1)
    return snapshot_of(folder / "home", ingested)
