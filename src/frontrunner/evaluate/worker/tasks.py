"""The starter tasks as mteb tasks: mteb's own classes, with data built on this machine."""

from __future__ import annotations

from typing import Any

from datasets import Dataset, DatasetDict
from mteb.abstasks import (
    AbsTaskBitextMining,
    AbsTaskClassification,
    AbsTaskClustering,
    AbsTaskPairClassification,
    AbsTaskRetrieval,
    AbsTaskSTS,
)
from mteb.abstasks.retrieval_dataset_loaders import RetrievalSplitData
from mteb.abstasks.task_metadata import TaskMetadata

from frontrunner.base.errors import EvaluationError
from frontrunner.evaluate.suite import Entry
from frontrunner.evaluate.worker.datasets import BUILDERS
from frontrunner.evaluate.worker.datasets.kinds import Built, Split, fingerprint

_BASES: dict[str, Any] = {
    "BitextMining": AbsTaskBitextMining,
    "Classification": AbsTaskClassification,
    "Clustering": AbsTaskClustering,
    "PairClassification": AbsTaskPairClassification,
    "Reranking": AbsTaskRetrieval,
    "Retrieval": AbsTaskRetrieval,
    "STS": AbsTaskSTS,
}
_CATEGORIES: dict[str, Any] = {"Classification": "t2c", "Clustering": "t2c"}
_SETTINGS: dict[str, dict[str, Any]] = {
    "StarterDocsClustering": {
        "max_fraction_of_documents_to_embed": None,
        "input_column_name": "sentences",
        "label_column_name": "labels",
    },
    "StarterWordSTS": {"min_score": 0, "max_score": 10},
}


def make_task(entry: Entry, revision: str) -> Any:
    """Make the mteb task that a catalog entry describes; its data is built when mteb loads it."""
    name, base = entry["name"], _BASES[entry["type"]]

    def load_data(self: Any, **_: Any) -> None:
        if not self.data_loaded:
            built = checked(name, BUILDERS[name](), revision)
            self.dataset = _as_mteb(entry["type"], built)
            self.data_loaded = True

    members = {"metadata": _metadata(entry, revision), "load_data": load_data}
    return type(name, (base,), {**members, **_SETTINGS.get(name, {})})()


def checked(name: str, built: Built, revision: str) -> Built:
    """Return the data if it is the one that was measured. Raises EvaluationError if it is not."""
    found = fingerprint(built)
    if found != revision:
        raise EvaluationError(
            f"The data built for {name} is {found}, not {revision}: a package that it is made from "
            "differs from the pinned one. Remove the evaluation environment and run again."
        )
    return built


def _metadata(entry: Entry, revision: str) -> TaskMetadata:
    return TaskMetadata(
        name=entry["name"],
        description=entry["description"],
        type=entry["type"],
        category=_CATEGORIES.get(entry["type"], "t2t"),
        dataset={"path": entry["source"], "revision": revision},
        reference=entry.get("reference"),
        eval_splits=entry["splits"],
        eval_langs=entry.get("subsets") or entry["languages"],
        main_score=entry["main_score"],
        domains=entry.get("domains"),
        modalities=entry.get("modalities", ["text"]),
        bibtex_citation="",
    )


def _as_mteb(kind: str, built: Built) -> Any:
    if kind in ("Retrieval", "Reranking"):
        return {s: {n: _retrieval(c) for n, c in splits.items()} for s, splits in built.items()}
    subsets = {
        subset: DatasetDict({n: Dataset.from_dict(c) for n, c in splits.items()})
        for subset, splits in built.items()
    }
    return subsets if len(subsets) > 1 else subsets["default"]


def _retrieval(content: Split) -> Any:
    return RetrievalSplitData(
        queries=_texts(content["queries"]),
        corpus=_texts(content["corpus"]),
        relevant_docs=content["relevant"],
        top_ranked=content.get("candidates"),
    )


def _texts(texts: dict[str, str]) -> Dataset:
    return Dataset.from_list([{"id": key, "text": text} for key, text in texts.items()])
