"""The examples of what real use broke, in ../shared/cases: each gives what is right."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType
from typing import NamedTuple

import pytest

from frontrunner.answers.bodies import Bodies
from frontrunner.answers.service import Service
from frontrunner.base.errors import CatalogError, NothingUsableError, SourceError, UsageError
from frontrunner.catalog import Catalog
from frontrunner.catalog.store import load_catalog
from frontrunner.http.pages import PageRequest
from frontrunner.results.aggregates import unmade
from frontrunner.results.fetch import fetch
from frontrunner.results.ingest import Ingested
from frontrunner.results.read import Options
from frontrunner.results.several import read_sources, refuse_unusable
from frontrunner.snapshot.build import Inputs, build_snapshot
from frontrunner.snapshot.reader import Snapshot
from frontrunner.snapshot.store import Store
from frontrunner.web.site import Site
from tests.acceptance.conftest import shared

pytestmark = pytest.mark.acceptance
BGE = "BAAI__bge-small-en-v1.5/5c38ec7c405ec4b44b94cc5a9bb96e735b38267a"
FINCH = "finch-lab/finch-base"


class Case(NamedTuple):
    folder: str
    used: int
    rows: int
    reasons: Mapping[str, int] = MappingProxyType({})
    says: tuple[str, ...] = ()
    """Parts of lines of the report."""
    sources: tuple[str, ...] = ("results",)


CASES = [
    Case("archive-with-readme", 1, 1, sources=("results-main.tar.gz",)),
    Case("archive-with-readme", 1, 1, sources=("results-main",)),
    Case("c-nulls", 4, 4),
    Case(
        "d-times-100",
        2,
        2,
        {"out-of-range": 2},
        ("accuracy is 83.01 (test, default); it ranges from 0 to 1",
         "cosine_spearman is 84.2 (test, default); it ranges from -1 to 1"),
    ),
    Case("data-revisions", 2, 2),
    Case(
        "f-nan",
        1,
        3,
        {"wrong-shape": 4, "no-number": 2},
        (f"{BGE}/STS16.json: no-number: cosine_spearman is wanted; the file has no number at all",
         f"{BGE}/STS14.json: wrong-shape: $.scores.test[0].main_score: expected a number, found"),
    ),
    Case("g-revision-na", 1, 1),
    Case("h-cqadupstack-parts", 13, 13),
    Case("i-languages", 1, 3),
    Case("layout-org-slash-model", 1, 1),
    Case("model-folder-itself", 1, 1, sources=("BAAI__bge-m3",)),
    Case("model-folder-itself", 1, 1, sources=(".",)),
    Case("mteb-cache", 2, 2, sources=(".",)),
    Case(
        "n-file-name",
        1,
        1,
        {"unknown-task": 3, "superseded": 1},
        ("task 'sts12'; did you mean STS12?", "task 'mteb/STS14'; did you mean STS14?",
         f"{BGE}/STSBenchmark.json: superseded: {BGE}/STSBenchmark (1).json"),
    ),
    Case("o-two-checkpoints", 1, 1, {"superseded": 1}),
    Case("tiny-params", 1, 1),
    Case("two-sources", 2, 2, sources=("public", "own")),
]  # fmt: skip


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home that remembers the catalog of mteb-core."""
    return tmp_path_factory.mktemp("home")


def known(home: Path, folder: str) -> Catalog:
    own = shared("cases") / folder / "catalog.toml"
    return load_catalog(home, [own] if own.exists() else [])[0]


def read(home: Path, folder: str, *sources: str, newest: bool = False) -> Ingested:
    local_sources = [fetch(str(shared(f"cases/{folder}") / one), home / "git") for one in sources]
    ingested = read_sources(local_sources, known(home, folder), Options(workers=1), newest=newest)
    refuse_unusable(ingested, local_sources)
    return ingested


def published(home: Path, tmp_path: Path, folder: str, *sources: str) -> Snapshot:
    return build_snapshot(Store(tmp_path), Inputs({}, read(home, folder, *sources)))


def page(snapshot: Snapshot, path: str) -> str:
    bare, _, query = path.partition("?")
    found = Site().find(Service(snapshot), PageRequest(bare, query.encode(), "en", True))
    assert found is not None
    return found.answer.identity.decode()


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case.folder} {case.sources[0]}")
def test_each_example_gives_rows_and_lines(home: Path, case: Case) -> None:
    found = read(home, case.folder, *case.sources)
    assert (found.files_used, found.table.rows) == (case.used, case.rows)
    assert Counter(one.reason.value for one in found.rejects) == dict(case.reasons)
    lines = "\n".join(f"{one.path}: {one.reason}: {one.detail}" for one in found.rejects)
    for part in case.says:
        assert part in lines


@pytest.mark.parametrize(
    ("folder", "says"),
    [
        ("a-old-no-main-score", "the file has "),
        ("nothing-used", FINCH),
        ("renamed-org", "probably mongodb/voyage-3.5 under a former name"),
    ],
)
def test_a_folder_without_a_usable_file_is_refused(home: Path, folder: str, says: str) -> None:
    with pytest.raises(NothingUsableError, match="Nothing was built or published") as refused:
        read(home, folder, "results")
    assert says in str(refused.value)
    assert refused.value.code == 4


def test_an_empty_folder_is_refused(home: Path, tmp_path: Path) -> None:
    near = fetch(str(tmp_path), home / "git")
    with pytest.raises(SourceError, match="no result files in") as refused:
        read_sources([near], known(home, "c-nulls"), Options(workers=1))
    assert refused.value.code == 3


@pytest.mark.parametrize(
    ("folder", "says"),
    [
        ("fix-metadata", "to correct what it says of the model, use [[override]]"),
        ("typo-type", "did you mean 'Classification'?"),
    ],
)
def test_a_mistake_in_a_catalog_is_named(home: Path, folder: str, says: str) -> None:
    with pytest.raises(CatalogError) as refused:
        known(home, folder)
    assert says in str(refused.value)


def test_an_aggregate_with_all_parts_is_announced(home: Path) -> None:
    found = read(home, "h-cqadupstack-parts", "results")
    (one,) = unmade(found.table, found.catalog)
    assert (one.task, one.parts) == ("CQADupstackRetrieval", 12)


def test_runs_that_differ_are_named_and_the_newest_can_win(home: Path, tmp_path: Path) -> None:
    for newest, score in ((False, 0.7), (True, 0.8)):
        found = read(home, "o-two-checkpoints", "results", newest=newest)
        assert found.table.score.tolist() == [score]
        assert [one.model for one in found.differences] == [FINCH]
    snapshot = published(home, tmp_path, "o-two-checkpoints", "results")
    assert "1 score differs between runs" in page(snapshot, f"/models/{FINCH}")


def test_scores_on_another_revision_of_the_data_are_marked(home: Path, tmp_path: Path) -> None:
    snapshot = published(home, tmp_path, "data-revisions", "results")
    shown = page(snapshot, "/tasks/HagridRetrieval")
    assert "2 models were measured on another revision of the dataset" in shown
    assert shown.count('class="other-data"') == shown.count(">other revision<") == 2


def test_few_parameters_and_a_model_that_nothing_is_known_of(home: Path, tmp_path: Path) -> None:
    snapshot = published(home, tmp_path, "tiny-params", "results")
    shown = page(snapshot, "/models/a/tiny")
    assert "<dd>100K" in shown
    assert "✗" not in shown


@pytest.mark.parametrize(
    ("languages", "mean"),
    [
        (["eng"], 0.65),
        (["eng-Latn"], 0.65),
        (["English"], 0.65),
        (["eng", "deu-Latn"], 0.65),
        (["ara"], 0.6),
        (["eng", "ara-Arab"], 0.7),
        (["deu-Latn"], None),
    ],
)
def test_a_language_is_each_of_its_scripts(
    home: Path, tmp_path: Path, languages: list[str], mean: float | None
) -> None:
    snapshot = published(home, tmp_path, "i-languages", "results")
    body = Bodies(Service(snapshot)).scores("MTEB(Multilingual, v2)", languages)
    means = [row["meanTask"] for row in json.loads(body.identity)["rows"]]
    assert means == pytest.approx([] if mean is None else [mean])


def test_an_unknown_language_is_refused(home: Path, tmp_path: Path) -> None:
    snapshot = published(home, tmp_path, "i-languages", "results")
    with pytest.raises(UsageError, match="Unknown language: 'xyz'"):
        Bodies(Service(snapshot)).scores("MTEB(Multilingual, v2)", ["xyz"])
