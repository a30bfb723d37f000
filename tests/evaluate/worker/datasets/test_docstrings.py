"""The tasks from documentation strings, on a package of three files."""

from pathlib import Path

import pytest

from frontrunner.evaluate.worker.datasets import docstrings
from frontrunner.evaluate.worker.datasets.docstrings import Documented

_LONG = "It says much more about what it does and how it does it. " * 12

_SOURCE = f'''
def fit(x):
    """Fit a straight line through `x` and its ranks.

    {_LONG}

    Examples
    --------
    >>> fit(SECRET)
    """

def _hidden(x):
    """Fit a hidden line that nobody may call directly.

    {_LONG}
    """

def short(x):
    """Too short."""
'''


@pytest.fixture(name="root")
def _root(tmp_path: Path) -> Path:
    for folder in ("stats", "tests", "_lib"):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / "module.py").write_text(_SOURCE)
    (tmp_path / "top.py").write_text(_SOURCE)
    return tmp_path


def test_only_public_documented_functions_of_subpackages_are_read(root: Path) -> None:
    (entry,) = docstrings.read_documented({"pkg": root})
    assert (entry.name, entry.area) == ("fit", "pkg.stats")
    assert entry.summary == "Fit a straight line through x and its ranks."
    assert "SECRET" not in entry.body
    assert 200 <= len(entry.body) <= 300


def _entries(count: int = 30) -> list[Documented]:
    return [
        Documented(f"f{i}", f"pkg.area{i % 2}", f"summary number {i}", f"body number {i} " * 5)
        for i in range(count)
    ]


def test_clusters_are_the_areas_that_are_large_enough() -> None:
    entries = [*_entries(), Documented("g", "pkg.tiny", "a lonely summary", "a lonely body")]
    columns = docstrings.docs_clustering(entries, smallest=10, largest=12)["default"]["test"]
    assert sorted(columns["labels"]) == [0] * 12 + [1] * 12
    assert not any("lonely" in text for text in columns["sentences"])


def test_each_query_has_its_own_body_in_the_corpus() -> None:
    content = docstrings.docs_retrieval(_entries(), queries=7, documents=20)["default"]["test"]
    assert len(content["queries"]) == 7
    assert len(content["corpus"]) == 20
    for query, relevant in content["relevant"].items():
        assert relevant == {query: 1}
        assert content["queries"][query].split()[-1] in content["corpus"][query].split()
