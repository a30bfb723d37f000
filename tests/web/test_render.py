"""How much the first view of a board takes over the wire: no clock, only bytes."""

from __future__ import annotations

import random
import re
from importlib.resources import as_file, files
from pathlib import Path
from typing import Any

import pytest

from frontrunner.answers.prepare import prepare
from frontrunner.answers.service import Service
from frontrunner.catalog import Model
from frontrunner.catalog.store import load_catalog
from frontrunner.http.pages import PageRequest
from frontrunner.results.ingest import ingest
from frontrunner.snapshot.build import Inputs, build_snapshot
from frontrunner.snapshot.reader import Snapshot
from frontrunner.snapshot.store import Store
from frontrunner.web.site import Site
from tests import factories

BUDGET = 60 * 1024
HEADERS = 500
"""Bytes of the headers of an answer, of which a page in a browser has some more."""
_LINKED = re.compile(r'(?:href|src)="(/_assets/[^"]+)"')
_SAID = ("mini", "large", "base", "instruct", "embed", "text", "multi", "v2", "8B", "0.6b", "retro")
_TYPES = (
    "Retrieval", "Clustering", "Reranking", "STS", "Classification", "PairClassification",
    "Summarization",
)  # fmt: skip


def starter(home: Path) -> Snapshot:
    with as_file(files("frontrunner.starter")) as folder:
        catalog, statistics = load_catalog(home, [folder / "catalog.toml"], mteb=False)
        found = ingest(folder / "results", catalog, workers=1)
    store = Store(home)
    snapshot = build_snapshot(store, Inputs(statistics, found))
    store.publish(snapshot.id)
    prepare(snapshot)
    return snapshot


def large(home: Path) -> Snapshot:
    """300 models with names of their own on tasks of seven types."""
    draw = random.Random(7)
    tasks = [
        factories.task(f"{kind}{number}", type=kind, simplified_type=kind.lower())
        for kind in _TYPES
        for number in range(3)
    ]
    models, scores = [], {}
    for number in range(300):
        name = f"org-{draw.randrange(10**6):x}/{'-'.join(draw.sample(_SAID, 3))}-{number}"
        size = draw.randrange(10**7, 10**10)
        models.append(
            Model(
                name=name,
                parameters=size,
                embedding_dim=draw.choice((384, 768, 1024, 4096)),
                max_tokens=draw.choice((512, 8192, 32768)),
                release_date=f"202{draw.randrange(6)}-0{draw.randrange(1, 10)}-01",
                license=draw.choice(("mit", "apache-2.0", "cc-by-4.0")),
            )
        )
        scores[name] = {task.name: round(draw.random(), 5) for task in tasks}
    results = factories.write_scores(home / "results", scores)
    found = ingest(results, factories.catalog(tasks, models), workers=1)
    return factories.snapshot_of(home, found)


@pytest.mark.parametrize("make", [starter, large])
def test_the_first_view_of_a_board_is_within_its_bytes(make: Any, tmp_path: Path) -> None:
    snapshot = make(tmp_path)
    board = snapshot.catalog.benchmarks[0].name
    site, service = Site(), Service(snapshot)

    def sent(path: str) -> bytes:
        page = site.find(service, PageRequest(path, b"", "en", True, "https://board.example"))
        assert page is not None
        answer = page.answer
        sizes.append(len(answer.gzip or answer.identity) + HEADERS)
        return answer.identity

    sizes: list[int] = []
    html = sent(f"/benchmark/{board}").decode()
    linked = set(_LINKED.findall(html))
    assert any(path.endswith(".woff2") for path in linked)
    for path in linked:
        sent(path)
    assert sum(sizes) < BUDGET, sizes
