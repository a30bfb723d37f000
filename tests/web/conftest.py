"""A small board with hostile names, missing scores and everything that a page can show."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from frontrunner.answers.prepare import prepare
from frontrunner.answers.service import Service
from frontrunner.catalog import Benchmark, Catalog, Languages, MenuEntry, Model, Scope, Task
from frontrunner.http.pages import Page, PageRequest
from frontrunner.results.ingest import ingest
from frontrunner.results.layout import folder_name
from frontrunner.snapshot.build import Inputs, build_snapshot
from frontrunner.snapshot.reader import Snapshot
from frontrunner.snapshot.store import Store
from frontrunner.web.site import Site

HOSTILE = "evil/<script>alert(1)</script>"
TASKS = (
    Task(
        name="Search",
        type="Retrieval",
        simplified_type="retrieval",
        main_score="ndcg_at_10",
        splits=("test",),
        subsets={"en": ("eng-Latn",), "de": ("deu-Latn",)},
        description="Find it. [Paper](https://example.org/p) and [bad](javascript:alert(1)).",
        domains=("Legal",),
        reference="javascript:alert(2)",
    ),
    Task(
        name="Pairs",
        type="PairClassification",
        simplified_type="classification",
        main_score="ap",
        splits=("test",),
        subsets={"default": ("eng-Latn",)},
        description="<img src=x onerror=alert(3)>",
    ),
)
MODELS = (
    Model(
        name="org/small",
        parameters=33_000_000,
        embedding_dim=384,
        max_tokens=512,
        release_date="2023-08-01",
        open_weights=True,
        openness={"open weights": True, "paper": False},
        frameworks=("Sentence Transformers",),
        training_datasets=("Pairs",),
        seen_tasks=("Pairs",),
        license="mit",
        url="https://example.org/small",
    ),
    Model(
        name="org/large",
        parameters=7_000_000_000,
        active_parameters=2_000_000_000,
        release_date="2025-02-01",
        url="javascript:alert(4)",
        training_data="javascript:alert(5)",
        citation="</pre><script>alert(6)</script>",
    ),
    Model(name=HOSTILE, parameters=100_000_000, license="</script><script>alert(7)</script>"),
    Model(name="org/unrun"),
)
SCORES: Mapping[str, Mapping[str, Mapping[str, float]]] = {
    "org/small": {"Search": {"en": 0.5, "de": 0.4}, "Pairs": {"default": 0.71239}},
    "org/large": {"Search": {"en": 0.8, "de": 0.6}},
    HOSTILE: {"Search": {"en": 0.3, "de": 0.2}, "Pairs": {"default": 0.0}},
}
NAME = "Mix (eng, v1)"


def make_catalog() -> Catalog:
    """Two tasks, four models, one board and an older one."""
    scopes = tuple(
        Scope(task=t.name, splits=t.splits, subsets=tuple(t.subsets), whole=True) for t in TASKS
    )
    boards = (
        Benchmark(
            name=NAME,
            display_name="Mix & match",
            scopes=scopes,
            on_menu=True,
            description="<b>All</b> of it",
            reference="javascript:alert(8)",
            citation="@article{x}",
        ),
        Benchmark(name="Old", display_name="Old", scopes=scopes[:1], superseded_by=(NAME,)),
    )
    return Catalog(
        source="by hand",
        tasks=TASKS,
        benchmarks=boards,
        models=MODELS,
        menu=(MenuEntry(name="Language", children=(NAME,), description="<i>x</i>"),),
        languages=Languages(
            names={"eng": "English", "deu": "German"},
            scripts={"Latn": "Latin"},
            default_script={"eng": "Latn", "deu": "Latn"},
        ),
    )


def write_results(root: Path, scores: Mapping[str, Any] = SCORES) -> Path:
    """The scores as result files, and one file that is broken."""
    for model, tasks in scores.items():
        folder = root / folder_name(model) / "r1"
        folder.mkdir(parents=True, exist_ok=True)
        for task, subsets in tasks.items():
            known = next(one for one in TASKS if one.name == task)
            rows = [
                {"hf_subset": name, "languages": known.subsets[name], "main_score": score}
                for name, score in subsets.items()
            ]
            body = {"task_name": task, "mteb_version": "2.0.0", "scores": {"test": rows}}
            (folder / f"{task}.json").write_text(json.dumps(body))
    (root / "org__small" / "r1" / "Broken.json").write_text("{")
    return root


def build(home: Path, results: Path) -> Snapshot:
    """A published snapshot."""
    catalog = make_catalog()
    ingested = ingest(results, catalog, workers=1)
    store = Store(home)
    snapshot = build_snapshot(store, Inputs({}, ingested))
    prepare(snapshot)
    store.publish(snapshot.id)
    return snapshot


@pytest.fixture(scope="session")
def snapshot(tmp_path_factory: pytest.TempPathFactory) -> Snapshot:
    """The small board, built once."""
    root = tmp_path_factory.mktemp("board")
    return build(root / "home", write_results(root / "results"))


@pytest.fixture(scope="session")
def service(snapshot: Snapshot) -> Service:
    """Its service."""
    return Service(snapshot)


def plain_commands(html: str) -> str:
    """A page without the marks that keep the options of its commands whole."""
    return re.sub(r'<span class="nobr">(-[^<]*)</span>', r"\1", html)


class Browser:
    """Asks a site for pages as a browser does."""

    def __init__(self, service: Service) -> None:
        self.service = service
        self.site = Site(development=True)

    def page(self, path: str, query: str = "", languages: str = "", html: bool = True) -> Page:
        """The page at a path; fails where there is none."""
        request = PageRequest(path, query.encode(), languages, html, "http://board.example")
        found = self.site.find(self.service, request)
        assert found is not None, path
        return found

    def text(self, path: str, query: str = "", languages: str = "") -> str:
        """The HTML at a path."""
        return self.page(path, query, languages).answer.identity.decode()


@pytest.fixture
def browser(service: Service) -> Browser:
    """A fresh site over the small board."""
    return Browser(service)
